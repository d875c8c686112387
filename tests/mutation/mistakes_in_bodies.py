"""Mistakes in the statements of a workflow: Python that needs a value, order, what is returned, what is never used."""

from __future__ import annotations

import ast

from mutation.flows import Body
from mutation.kinds import misfits
from mutation.mistakes_in_calls import UNCERTAIN
from mutation.sites import CallSite, Planted, View

NUMBERS = ("int", "float")


def _result(view: View, body: Body, before: ast.stmt, *kinds: str) -> str | None:
    """A result or input of one of some kinds (of any, without)."""
    return next((text for text, kind in view.promises(body, before) if not kinds or kind in kinds), None)


def _argument(view: View, kinds: tuple[str, ...], template: str, code: str, *, of: tuple[str, ...] = ()) -> Planted | None:
    """Put an expression over a result into an argument of certain kinds."""
    for site in view.calls():
        for each in site.callee.inputs:
            text = _result(view, site.body, site.statement, *(of or kinds)) if each.name in site.given else None
            if text is not None and each.kind in kinds:
                return view.swapped(site.body.path, site.given[each.name], template.format(text), code)
    return None


def format_string_over_a_result(view: View) -> Planted | None:
    return _argument(view, ("str", "Optional[str]"), "f'is {{{}}}'", "DW408", of=("int", "str", "float", "bool"))


def arithmetic_on_a_result(view: View) -> Planted | None:
    return _argument(view, NUMBERS, view.chance.choice(["{} + 1", "2 * {}", "-{}", "{} ** 2", "{} // 3"]), "DW408")


def comparison_of_a_result(view: View) -> Planted | None:
    return _argument(view, ("bool",), view.chance.choice(["{} > 3", "{} == 3", "not {}", "{} in [1, 2]"]), "DW408", of=NUMBERS)


def length_of_a_result(view: View) -> Planted | None:
    return _argument(view, ("int",), "len({})", "DW408", of=("list[int]", "list[str]", "list[float]", "dict[str, int]", "str"))


def conversion_of_a_result(view: View) -> Planted | None:
    return _argument(view, ("str",), "str({})", "DW408", of=("int", "float", "bool"))


def choice_by_a_result(view: View) -> Planted | None:
    return _argument(view, ("int",), "1 if {} else 2", "DW408", of=("int", "bool", "str"))


def comprehension_over_a_result(view: View) -> Planted | None:
    return _argument(view, ("list[int]",), "[each for each in {}]", "DW408")


def method_of_a_result(view: View) -> Planted | None:
    return _argument(view, ("str",), "{}.upper()", "DW408")


def lambda_as_an_argument(view: View) -> Planted | None:
    for site in view.calls():
        for value in site.given.values():
            return view.swapped(site.body.path, value, "lambda: 1", "DW407")
    return None


def _statement(view: View, code: str, *lines: str, kinds: tuple[str, ...] = (), at: int = 0) -> Planted | None:
    """Add statements about a result somewhere in a body."""
    for body in view.bodies():
        statements = view.function(body).body
        for statement in view.chance.sample(statements, len(statements)):
            text = _result(view, body, statement, *kinds)
            if text is not None and not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                return view.added(body.path, statement.lineno, code, *(f"    {line.format(text)}" for line in lines), at=at)
    return None


def condition_on_a_result(view: View) -> Planted | None:
    return _statement(view, "DW406", "if {}:", "    pass")


def loop_over_a_result(view: View) -> Planted | None:
    return _statement(view, "DW406", "for each in {}:", "    pass", kinds=("list[int]", "list[str]", "list[float]"))


def endless_loop(view: View) -> Planted | None:
    return _statement(view, "DW406", "while {}:", "    break")


def caught_failure(view: View) -> Planted | None:
    return _statement(view, "DW406", "try:", "    kept = {}", "except ValueError:", "    kept = 1")


def other_statement(view: View) -> Planted | None:
    line = view.chance.choice(["assert {}", "{}.part = 1", "raise ValueError({})", "global LATER", "with {}: pass", "{}[0] = 1"])
    return _statement(view, "DW406", line)


def printed_result(view: View) -> Planted | None:
    return _statement(view, "DW409", "print({})")


def _fresh(view: View) -> tuple[CallSite, str] | None:
    """A task's call like one that stands there already, with one argument that nothing else has."""
    for site in view.calls():
        for each in site.callee.inputs:
            if not site.is_alone:
                continue  # its arguments may be names of the comprehension
            if site.callee.is_task and site.callee.outputs and each.name in site.given and each.kind in ("int", "float", "str"):
                value = '"nowhere else"' if each.kind == "str" else "-123456"
                given = {**{name: view.cut(site.body.path, node) for name, node in site.given.items()}, each.name: value}
                call = (
                    f"{view.cut(site.body.path, site.call.func)}({', '.join(f'{name}={text}' for name, text in given.items())})"
                )
                return site, call
    return None


def unused_result(view: View) -> Planted | None:
    found = _fresh(view)
    return view.added(found[0].body.path, found[0].statement.lineno, "DW493", f"    {found[1]}") if found else None


def unreachable_call(view: View) -> Planted | None:
    found = _fresh(view)
    if found is None:
        return None
    last = view.function(found[0].body).body[-1]
    if not isinstance(last, ast.Return):
        return None
    return view.added(found[0].body.path, (last.end_lineno or 0) + 1, "DW417", f"    {found[1]}")


def repeated_call(view: View) -> Planted | None:
    """A second call of a cached task; what took the result of the first takes the second one's, and waits for the first."""
    cached = {site.task.name for site in view.tasks() if "cache=" in view.cut(site.path, site.node.decorator_list[0])}
    for site in view.calls():
        path, first = site.body.path, site.statement
        if not site.is_alone or site.holds_calls or site.callee.name not in cached:
            continue  # a call in an argument is made twice, too, and so gives two values
        if not isinstance(first, ast.Assign) or not isinstance(first.targets[0], ast.Name):
            continue
        name = first.targets[0].id
        if any(order in view.project.sources[path] for order in (f">> {name}", f"runs_before({name})")):
            continue  # it waits for something, which the second call does not
        for user in view.calls():
            later = user.statement
            used = [value for value in user.given.values() if isinstance(value, ast.Name) and value.id == name]
            if user.body is site.body and used and isinstance(later, ast.Assign) and isinstance(later.targets[0], ast.Name):
                lines = view.replaced(path, used[0], "again").split("\n")
                after = len(lines) - view.project.sources[path].count("\n") - 1 + (later.end_lineno or 0)
                lines.insert(after, f"    {name} >> {later.targets[0].id}")
                lines.insert(first.end_lineno or 0, f"    again = {view.cut(path, first.value)}")
                return Planted(view.with_file(path, "\n".join(lines)), path, (first.end_lineno or 0) + 1, "DW494")
    return None


def circle_of_waits(view: View) -> Planted | None:
    for site in view.calls():
        target = site.statement.targets[0] if isinstance(site.statement, ast.Assign) else None
        made = {name.id for node in view.function(site.body).body if isinstance(node, ast.Assign) for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)}  # fmt: skip
        if isinstance(target, ast.Name):
            for value in site.given.values():
                root = ast.unparse(value).partition(".")[0]
                if root in made:
                    return view.added(site.body.path, (site.statement.end_lineno or 0) + 1, "DW491", f"    {target.id} >> {root}")
    return None


def order_of_a_constant(view: View) -> Planted | None:
    for site in view.calls():
        target = site.statement.targets[0] if isinstance(site.statement, ast.Assign) else None
        if isinstance(target, ast.Name):
            return view.added(site.body.path, (site.statement.end_lineno or 0) + 1, "DW414", f"    {target.id} >> 3")
    return None


def workflow_that_calls_itself(view: View) -> Planted | None:
    for body in view.bodies():
        last = view.function(body).body[-1]
        arguments = ", ".join(f"{each.name}={each.name}" for each in body.workflow.inputs)
        for statement in view.function(body).body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if isinstance(target, ast.Name):
                return view.added(body.path, last.lineno, "DW490", f"    {target.id} >> {body.workflow.name}({arguments})")
    return None


def call_of_a_plain_function(view: View) -> Planted | None:
    planted = _statement(view, "DW207", "plainly({})")
    if planted is None:
        return None
    text = planted.sources[planted.path]
    assert isinstance(text, str)
    return planted._replace(sources={**planted.sources, planted.path: f"{text}\n\ndef plainly(x):\n    return [x + 1]\n"})


def _returned(view: View) -> list[tuple[Body, ast.Return, list[ast.expr]]]:
    found = []
    for body in view.bodies():
        last = view.function(body).body[-1]
        if isinstance(last, ast.Return) and last.value is not None:
            found.append((body, last, last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]))
    return found


def wrong_return(view: View) -> Planted | None:
    for body, statement, items in _returned(view):
        for item, wanted in zip(items, body.workflow.outputs, strict=True):
            for text, kind in view.promises(body, statement):
                if misfits(kind, wanted) and (kind, wanted) not in UNCERTAIN:
                    return view.swapped(body.path, item, text, "DW307")
    return None


def too_few_returned(view: View) -> Planted | None:
    for body, statement, items in _returned(view):
        if len(items) > 2:
            kept = ", ".join(view.cut(body.path, item) for item in items[1:])
            return view.swapped(body.path, statement, f"return {kept}", "DW307")
    return None


def nothing_returned(view: View) -> Planted | None:
    for body, statement, _ in _returned(view):
        if body.workflow.outputs == ("Optional[str]",):
            continue
        return view.swapped(body.path, statement, "return", "DW307")
    return None


MISTAKES = (
    format_string_over_a_result,
    arithmetic_on_a_result,
    comparison_of_a_result,
    length_of_a_result,
    conversion_of_a_result,
    choice_by_a_result,
    comprehension_over_a_result,
    method_of_a_result,
    lambda_as_an_argument,
    condition_on_a_result,
    loop_over_a_result,
    endless_loop,
    caught_failure,
    other_statement,
    printed_result,
    unused_result,
    unreachable_call,
    repeated_call,
    circle_of_waits,
    order_of_a_constant,
    workflow_that_calls_itself,
    call_of_a_plain_function,
    wrong_return,
    too_few_returned,
    nothing_returned,
)
