"""Mistakes in the calls of a workflow: names, arguments, types of edges, maps, overrides."""

from __future__ import annotations

import ast

from mutation.kinds import LISTS, misfits
from mutation.sites import CallSite, Planted, View, misspelt

UNCERTAIN = {("bool", "int"), ("bool", "float"), ("list[int]", "Settings")}
"""Edges that are wrong in spirit, but that Python itself takes."""
WRONG = {
    **dict.fromkeys(("str", "Optional[str]"), "3.5"),
    **dict.fromkeys(("list[int]", "list[float]"), '[1, "two"]'),
    "list[str]": '["one", 2]',
    "dict[str, int]": '{"low": "x"}',
}
"""Constants that do not fit; a text does not fit any other kind."""


def _rebuilt(view: View, site: CallSite, arguments: list[str]) -> str:
    return f"{view.cut(site.body.path, site.call.func)}({', '.join(arguments)})"


def _arguments(view: View, site: CallSite) -> list[str]:
    keywords = [f"{keyword.arg}={view.cut(site.body.path, keyword.value)}" for keyword in site.call.keywords]
    return [*(view.cut(site.body.path, value) for value in site.call.args), *keywords]


def misspelt_callee(view: View) -> Planted | None:
    for site in view.calls():
        name = view.cut(site.body.path, site.call.func)
        wrong = name.removesuffix(site.callee.name) + misspelt(site.callee.name, view.chance)
        if wrong != name:
            return view.swapped(site.body.path, site.call.func, wrong, "DW201")
    return None


def misspelt_variable(view: View) -> Planted | None:
    for site in view.calls():
        for value in site.given.values():
            if isinstance(value, ast.Name) and value.id in site.body.kinds and value.id.endswith("_in"):
                return view.swapped(site.body.path, value, misspelt(value.id[:-3], view.chance) + "_in", "DW201")
    return None


def dropped_argument(view: View) -> Planted | None:
    for site in view.calls():
        needed = {each.name for each in site.callee.inputs if each.default is None}
        for keyword in site.call.keywords:
            if keyword.arg in needed:
                rest = [text for text in _arguments(view, site) if not text.startswith(f"{keyword.arg}=")]
                return view.swapped(site.body.path, site.call, _rebuilt(view, site, rest), "DW401")
    return None


def unknown_argument(view: View) -> Planted | None:
    for site in view.calls():
        for keyword in site.call.keywords:
            text = f"{keyword.arg}_of_it={view.cut(site.body.path, keyword.value)}"
            return view.swapped(site.body.path, keyword, text, "DW402")
    return None


def repeated_argument(view: View) -> Planted | None:
    for site in view.calls():
        if site.call.keywords and not site.call.args and site.call.keywords[0].arg == site.callee.inputs[0].name:
            values = _arguments(view, site)
            return view.swapped(site.body.path, site.call, _rebuilt(view, site, [values[0].partition("=")[2], *values]), "DW403")
    return None


def too_many_arguments(view: View) -> Planted | None:
    for site in view.calls():
        if not site.call.keywords and len(site.call.args) == len(site.callee.inputs):
            return view.swapped(site.body.path, site.call, _rebuilt(view, site, [*_arguments(view, site), "1"]), "DW404")
    return None


def unpacked_keywords(view: View) -> Planted | None:
    for site in view.calls():
        for keyword in site.call.keywords:
            text = f"**{view.cut(site.body.path, keyword.value)}"
            if not isinstance(keyword.value, ast.Dict):
                return view.swapped(site.body.path, keyword, text, "DW407")
    return None


def wrong_edge(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            for text, kind in view.promises(site.body, site.statement):
                if each.name in site.given and misfits(kind, each.kind) and (kind, each.kind) not in UNCERTAIN:
                    return view.swapped(site.body.path, site.given[each.name], text, "DW304")
    return None


def wrong_edge_in_a_list(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            if each.name in site.given and each.kind in LISTS:
                for text, kind in view.promises(site.body, site.statement):
                    if misfits(kind, each.kind[5:-1]) and (kind, each.kind[5:-1]) not in UNCERTAIN:
                        return view.swapped(site.body.path, site.given[each.name], f"[{text}]", "DW304")
    return None


def wrong_constant(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            if each.name in site.given:
                return view.swapped(site.body.path, site.given[each.name], WRONG.get(each.kind, '"text"'), "DW305")
    return None


def unknown_part(view: View) -> Planted | None:
    for site in view.calls():
        for value in site.given.values():
            if isinstance(value, ast.Attribute) and ast.unparse(value) in site.body.kinds:
                wrong = f"{view.cut(site.body.path, value.value)}.{misspelt(value.attr, view.chance)}"
                return view.swapped(site.body.path, value, wrong, "DW312")
    return None


def wrong_unpacking(view: View) -> Planted | None:
    for site in view.calls():
        if isinstance(site.statement, ast.Assign) and isinstance(target := site.statement.targets[0], ast.Tuple):
            return view.swapped(site.body.path, target, f"{view.cut(site.body.path, target)}, one_more", "DW405")
    return None


def unpacked_scalar(view: View) -> Planted | None:
    for site in view.calls():
        outputs = site.callee.outputs
        if site.is_alone and isinstance(site.statement, ast.Assign) and len(outputs) == 1 and outputs != ("Report",):
            target = site.statement.targets[0]
            return view.swapped(site.body.path, target, f"{view.cut(site.body.path, target)}, one_more", "DW405")
    return None


def used_before_it_is_made(view: View) -> Planted | None:
    for site in view.calls():
        before = {text for text, _ in view.promises(site.body, site.statement)}
        later = [text for text, _ in view.promises(site.body, site.statement, at_end=True) if text not in before]
        if later and site.given:
            value = view.chance.choice(list(site.given.values()))
            return view.swapped(site.body.path, value, view.chance.choice(later), "DW209")
    return None


def result_of_nothing(view: View) -> Planted | None:
    for site in view.calls():
        if site.callee.outputs or not isinstance(site.statement, ast.Expr):
            continue
        for user in view.calls():
            if user.body is site.body and user.statement.lineno > (site.statement.end_lineno or 0) and user.given:
                text = view.replaced(site.body.path, view.chance.choice(list(user.given.values())), "nothing").split("\n")
                start = site.statement.lineno - 1
                text[start] = text[start].replace("    ", "    nothing = ", 1)
                value = next(node for node in ast.walk(ast.parse("\n".join(text))) if isinstance(node, ast.Name) and node.id == "nothing" and isinstance(node.ctx, ast.Load))  # fmt: skip
                return Planted(view.with_file(site.body.path, "\n".join(text)), site.body.path, value.lineno, "DW311")
    return None


def map_over_no_list(view: View) -> Planted | None:
    for site in view.maps():
        for text, kind in view.promises(site.body, site.statement):
            if not kind.startswith("list[") and kind != "dict[str, int]":
                return view.swapped(site.body.path, site.source, text, "DW308")
    return None


def map_over_wrong_elements(view: View) -> Planted | None:
    for site in view.maps():
        wanted = next(each.kind for each in site.callee.inputs if each.name == site.over)
        for text, kind in view.promises(site.body, site.statement):
            element = kind[5:-1]
            if kind.startswith("list[") and misfits(element, wanted) and (element, wanted) not in UNCERTAIN and "." not in text:
                return view.swapped(site.body.path, site.source, text, "DW304")
    return None


def map_without_an_input(view: View) -> Planted | None:
    for site in view.maps():
        if isinstance(site.function, ast.Call):
            for keyword in site.function.keywords:
                each = next(each for each in site.callee.inputs if each.name == keyword.arg)
                if each.default is None:
                    name = view.cut(site.body.path, site.function.args[0])
                    return view.swapped(site.body.path, site.function, name, "DW413")
    return None


def map_of_no_task(view: View) -> Planted | None:
    for site in view.maps():
        return view.swapped(site.body.path, site.function, "len", "DW413")
    return None


def wrong_bound_value(view: View) -> Planted | None:
    for site in view.maps():
        if isinstance(site.function, ast.Call):
            for keyword in site.function.keywords:
                kind = next(each.kind for each in site.callee.inputs if each.name == keyword.arg)
                return view.swapped(site.body.path, keyword.value, WRONG.get(kind, '"text"'), "DW305")
    return None


def _overridden(view: View, keyword: str, code: str, *, task: bool = True) -> Planted | None:
    for site in view.calls():
        if site.callee.is_task == task and "with_overrides" not in view.cut(site.body.path, site.statement):
            return view.swapped(
                site.body.path, site.call, f"{view.cut(site.body.path, site.call)}.with_overrides({keyword})", code
            )
    return None


def unknown_override(view: View) -> Planted | None:
    return _overridden(view, "retrys=2", "DW501")


def override_out_of_range(view: View) -> Planted | None:
    return _overridden(view, "retries=11", "DW506")


def override_of_a_workflow(view: View) -> Planted | None:
    return _overridden(view, "retries=2", "DW412", task=False)


def unusable_node_name(view: View) -> Planted | None:
    return _overridden(view, 'node_name="---"', "DW415")


def override_with_a_result(view: View) -> Planted | None:
    for site in view.calls():
        if site.callee.is_task and "with_overrides" not in view.cut(site.body.path, site.statement):
            for text, kind in view.promises(site.body, site.statement):
                if kind == "int":
                    call = view.cut(site.body.path, site.call)
                    return view.swapped(site.body.path, site.call, f"{call}.with_overrides(retries={text})", "DW410")
    return None


def static_value_of_the_environment(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            if each.kind == "str" and each.name in site.given:
                value = view.chance.choice(["os.environ['NAME']", "os.getenv('NAME')", "os.environ.get('NAME', 'x')"])
                return view.importing(view.swapped(site.body.path, site.given[each.name], value, "DW410"), "import os")
    return None


def static_value_of_chance(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            if each.kind in ("int", "float") and each.name in site.given:
                value = view.chance.choice(["random.randint(1, 6)", "random.choice([1, 2])"])
                return view.importing(view.swapped(site.body.path, site.given[each.name], value, "DW410"), "import random")
    return None


def static_value_of_the_clock(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            if each.kind == "datetime" and each.name in site.given:
                value = view.chance.choice(["dt.datetime.now()", "dt.datetime.utcnow()", "dt.datetime.now(dt.timezone.utc)"])
                planted = view.swapped(site.body.path, site.given[each.name], value, "DW410")
                return view.importing(planted, "import datetime as dt")
    return None


MISTAKES = (
    misspelt_callee,
    misspelt_variable,
    dropped_argument,
    unknown_argument,
    repeated_argument,
    too_many_arguments,
    unpacked_keywords,
    wrong_edge,
    wrong_edge_in_a_list,
    wrong_constant,
    unknown_part,
    wrong_unpacking,
    unpacked_scalar,
    used_before_it_is_made,
    result_of_nothing,
    map_over_no_list,
    map_over_wrong_elements,
    map_without_an_input,
    map_of_no_task,
    wrong_bound_value,
    unknown_override,
    override_out_of_range,
    override_of_a_workflow,
    unusable_node_name,
    override_with_a_result,
    static_value_of_the_environment,
    static_value_of_chance,
    static_value_of_the_clock,
)
