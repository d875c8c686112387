"""Mistakes in what is read of results and inputs: positions, keys, slices, fields of fields, files that are read too early."""

from __future__ import annotations

import ast

from mutation.flows import Body
from mutation.kinds import FILES, KEYED, LISTS, RECORDS, arguments, element, fits
from mutation.sites import CallSite, Planted, View, misspelt

PLAIN = ("int", "float", "bool", "datetime", "Level", "set[int]", "Optional[str]", "Optional[int]", "Frame")
"""Kinds that have neither fields, nor positions, nor keys."""


def _values(view: View, wanted: tuple[str, ...] = (), *, form: str = "") -> list[tuple[CallSite, ast.expr, str, str]]:
    """Arguments, each with the text and kind of a result that could stand there instead: of some kinds, or of a form (``list``)."""
    found = []
    for site in view.calls():
        for value in site.given.values():
            fitting = [
                (text, kind)
                for text, kind in view.promises(site.body, site.statement)
                if kind in wanted or (form and arguments(kind, form))
            ]
            if fitting:
                text, kind = view.chance.choice(fitting)
                found.append((site, value, text, kind))
    return found


def _read(view: View, template: str, wanted: tuple[str, ...] = (), *, form: str = "", code: str = "DW312") -> Planted | None:
    """Read something of a result in the place of an argument."""
    for site, value, text, _ in _values(view, wanted, form=form):
        return view.swapped(site.body.path, value, template.format(text), code)
    return None


def item_of_what_has_none(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}[0]", "{}['low']", "{}[-1]"]), PLAIN)


def item_of_a_text(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}[0]", "{}['low']", "{}[-1]"]), ("str",))


def slice_of_what_has_no_order(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}[1:]", "{}[:2]"]), (*PLAIN, "dict[str, int]", "Settings", "File"))


def key_of_a_list(view: View) -> Planted | None:
    return _read(view, "{}['low']", form="list")


def position_in_a_dict(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}[0]", "{}[-1]", "{}[2.5]"]), form="dict")


def position_beyond_a_tuple(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}[2]", "{}[-3]", "{}[9]"]), form="tuple")


def bound_of_a_slice_that_is_a_text(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}['a':]", "{}[:'b']", "{}[0.5:]"]), form="list")


def index_that_only_a_run_knows(view: View) -> Planted | None:
    for site, value, text, _ in _values(view, form="list"):
        for index, kind in view.promises(site.body, site.statement):
            if kind == "int":
                template = view.chance.choice(["{}[{}]", "{}[{}:]", "{}[:{}]"])
                return view.swapped(site.body.path, value, template.format(text, index), "DW408")
    return None


def position_beyond_a_written_list(view: View) -> Planted | None:
    for site, value, text, _ in _values(view, ("int", "float", "str")):
        return view.swapped(site.body.path, value, f"[{text}, {text}][{view.chance.choice([2, -3])}]", "DW312")
    return None


def misspelt_key(view: View) -> Planted | None:
    for site, value, text, kind in _values(view, KEYED):
        wrong = misspelt(view.chance.choice(list(RECORDS[kind])), view.chance)
        return view.swapped(site.body.path, value, f"{text}[{wrong!r}]", "DW312")
    return None


def key_read_as_an_attribute(view: View) -> Planted | None:
    for site, value, text, kind in _values(view, KEYED):
        return view.swapped(site.body.path, value, f"{text}.{view.chance.choice(list(RECORDS[kind]))}", "DW312")
    return None


def attribute_read_as_a_key(view: View) -> Planted | None:
    for site, value, text, kind in _values(view, tuple(kind for kind in RECORDS if kind not in (*KEYED, "Report"))):
        return view.swapped(site.body.path, value, f"{text}[{view.chance.choice(list(RECORDS[kind]))!r}]", "DW312")
    return None


def misspelt_field(view: View) -> Planted | None:
    for site, value, text, kind in _values(view, tuple(kind for kind in RECORDS if kind not in KEYED)):
        wrong = misspelt(view.chance.choice([name for name in RECORDS[kind] if len(name) > 3]), view.chance)
        return view.swapped(site.body.path, value, f"{text}.{wrong}", "DW312")
    return None


def field_of_what_has_none(view: View) -> Planted | None:
    """``x.rate.value``: what a field holds has no fields itself."""
    name = view.chance.choice(["value", "name", "shape", "item", "real"])
    return _read(view, f"{{}}.{name}", (*PLAIN, "str", *LISTS, *FILES))


def field_of_what_may_be_absent(view: View) -> Planted | None:
    return _read(view, view.chance.choice(["{}.settings", "{}[0]", "{}['low']"]), form="Optional")


def field_of_a_wrong_kind(view: View) -> Planted | None:
    """A field that exists, where another type is due."""
    for site in view.calls():
        for each in site.callee.inputs:
            for text, kind in view.promises(site.body, site.statement):
                reads = text.endswith("]") or "." in text
                if each.name in site.given and reads and not fits(kind, each.kind):
                    return view.swapped(site.body.path, site.given[each.name], text, "DW304")
    return None


def changed_part(view: View) -> Planted | None:
    """A statement that would change what a task has returned."""
    for body, statement, text, kind in _before(view):
        change = {
            "Settings": ["{}.rate = 1.5", "{}.sizes[0] = 3", "del {}.label"],
            "list[int]": ["{}[0] = 3", "del {}[1]", "{}[1:] = [4]"],
            "dict[str, int]": ["{}['low'] = 3", "del {}['low']"],
            "Row": ["{}['amount'] = 3.5"],
            "Model": ["{}.depth = 3", "{}.layers[0] += 1"],
        }.get(kind)
        if change:
            line = view.chance.choice(change).format(text)
            return view.added(body.path, statement.lineno, "DW408" if "+=" in line else "DW406", f"    {line}")
    return None


def method_that_would_change_a_result(view: View) -> Planted | None:
    for body, statement, text, kind in _before(view):
        calls = ["append(3)", "extend([4])", "sort()", "pop()"] if element(kind) else ["update(low=3)", "pop('low')"]
        if element(kind) or arguments(kind, "dict"):
            return view.added(body.path, statement.lineno, "DW408", f"    {text}.{view.chance.choice(calls)}")
    return None


def file_read_too_early(view: View) -> Planted | None:
    for body, statement, text, kind in _before(view):
        if kind in FILES:
            line = view.chance.choice(["open({})", "pd.read_csv({})", "{}.download()", "Path({}).read_text()", "os.listdir({})"])
            planted = view.added(body.path, statement.lineno, "DW408", f"    {line.format(text)}")
            imports = {"pd.": "import pandas as pd", "Path(": "from pathlib import Path", "os.": "import os"}
            statements = [imported for start, imported in imports.items() if line.startswith(start)]
            return view.importing(planted, statements[0]) if statements else planted
    return None


def file_in_a_text(view: View) -> Planted | None:
    for site in view.calls():
        for each in site.callee.inputs:
            for text, kind in view.promises(site.body, site.statement):
                if each.kind == "str" and each.name in site.given and kind in FILES:
                    template = view.chance.choice(["f'{{{}}}'", "str({})", "{}.path", "{} + '/part'"])
                    code = "DW312" if template.endswith(".path") else "DW408"
                    return view.swapped(site.body.path, site.given[each.name], template.format(text), code)
    return None


def frame_used_as_a_frame(view: View) -> Planted | None:
    for site, value, text, _ in _values(view, ("Frame",)):
        template, code = view.chance.choice(
            [("{}.head()", "DW408"), ("{}['price']", "DW312"), ("{}.price", "DW312"), ("len({})", "DW408")]
        )
        return view.swapped(site.body.path, value, template.format(text), code)
    return None


def _before(view: View) -> list[tuple[Body, ast.stmt, str, str]]:
    """Statements of bodies, each with a result or input that stands before it, and its kind."""
    found = []
    for body in view.bodies():
        for statement in view.function(body).body:
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                found += [(body, statement, text, kind) for text, kind in view.promises(body, statement)]
    return view.chance.sample(found, len(found))


MISTAKES = (
    item_of_what_has_none,
    item_of_a_text,
    slice_of_what_has_no_order,
    key_of_a_list,
    position_in_a_dict,
    position_beyond_a_tuple,
    bound_of_a_slice_that_is_a_text,
    index_that_only_a_run_knows,
    position_beyond_a_written_list,
    misspelt_key,
    key_read_as_an_attribute,
    attribute_read_as_a_key,
    misspelt_field,
    field_of_what_has_none,
    field_of_what_may_be_absent,
    field_of_a_wrong_kind,
    changed_part,
    method_that_would_change_a_result,
    file_read_too_early,
    file_in_a_text,
    frame_used_as_a_frame,
)
