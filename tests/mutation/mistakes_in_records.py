"""Mistakes where a workflow builds records: constructors of dataclasses, models, named tuples, typed dicts; and in their definitions."""

from __future__ import annotations

import ast
from typing import NamedTuple

from mutation.kinds import KEYED, OPTIONAL_FIELDS, RECORDS, constructed, element, literal, misfits
from mutation.sites import CallSite, Planted, View, misspelt

WRONG_VALUES = {
    **dict.fromkeys(("int", "float", "datetime", "Level", "list[int]", "list[float]", "dict[str, int]", "Settings"), '"text"'),
    **dict.fromkeys(("str", "File[csv]", "Directory", "list[str]", "list[Settings]", "list[File[png]]"), "3.5"),
    **dict.fromkeys(("tuple[int, str]",), '("t", 1)'),
    "Optional[str]": "[1]",
}
"""Constants that fit no field of a kind."""
CALLED = tuple(kind for kind in RECORDS if kind not in KEYED)


class Place(NamedTuple):
    """An argument where a record is due, and the texts of fields that fit."""

    site: CallSite
    value: ast.expr
    kind: str
    fields: dict[str, str]
    imports: str


def _places(view: View, kinds: tuple[str, ...]) -> list[Place]:
    found = []
    for site in view.calls():
        for each in site.callee.inputs:
            if each.name in site.given and each.kind in kinds:
                fields, imports = {}, {}
                for name, kind in RECORDS[each.kind].items():
                    fields[name], needed = view.spelled(literal(kind, view.chance).text)
                    imports |= needed
                _, needed = view.spelled(constructed(each.kind, {}, view.chance) + " $" + each.kind.partition("[")[0])
                found.append(Place(site, site.given[each.name], each.kind, fields, "; ".join({**imports, **needed})))
    return found


def _planted(view: View, place: Place, arguments: list[str], code: str) -> Planted:
    call = f"{place.kind.partition('[')[0]}_of_it({', '.join(arguments)})"
    return view.importing(view.swapped(place.site.body.path, place.value, call, code), place.imports)


def _named(fields: dict[str, str]) -> list[str]:
    return [f"{name}={text}" for name, text in fields.items()]


def _result(view: View, place: Place, wanted: str = "", unwanted: str = "") -> str | None:
    """A result that fits no input of a kind, or one of a kind."""
    found = view.promises(place.site.body, place.site.statement)
    return next((text for text, kind in found if (kind == wanted if wanted else misfits(kind, unwanted))), None)


def unknown_field(view: View) -> Planted | None:
    for place in _places(view, (*CALLED, *KEYED)):
        return _planted(view, place, [*_named(place.fields), "nothing_like_it=1"], "DW305" if place.kind in KEYED else "DW402")
    return None


def absent_field(view: View) -> Planted | None:
    for place in _places(view, (*CALLED, *KEYED)):
        gone = view.chance.choice([name for name in place.fields if name not in OPTIONAL_FIELDS])
        rest = {name: text for name, text in place.fields.items() if name != gone}
        return _planted(view, place, _named(rest), "DW305" if place.kind in KEYED else "DW401")
    return None


def field_given_twice(view: View) -> Planted | None:
    for place in _places(view, ("Settings", "Plan", "Box[int]", "Bundle")):
        first = next(iter(place.fields.values()))
        return _planted(view, place, [first, *_named(place.fields)], "DW403")
    return None


def too_many_fields(view: View) -> Planted | None:
    for place in _places(view, ("Settings", "Report", "Box[str]")):
        return _planted(view, place, [*place.fields.values(), "1"], "DW404")
    return None


def fields_by_position_of_a_model(view: View) -> Planted | None:
    for place in _places(view, ("Model",)):
        return _planted(view, place, list(place.fields.values()), "DW410")
    return None


def wrong_value_in_a_record(view: View) -> Planted | None:
    for place in _places(view, (*CALLED, *KEYED)):
        name = view.chance.choice(list(place.fields))
        code = "DW410" if place.kind == "Model" else "DW305"  # a model may have ways of its own to take it
        return _planted(view, place, _named({**place.fields, name: WRONG_VALUES[RECORDS[place.kind][name]]}), code)
    return None


def wrong_value_two_records_deep(view: View) -> Planted | None:
    for place in _places(view, ("Plan",)):
        inner, imports = view.spelled('$Settings(rate="x", label="y", sizes=[1])')
        fields = {**place.fields, "settings": inner}
        return _planted(view, place._replace(imports="; ".join({place.imports: None, **imports})), _named(fields), "DW305")
    return None


def wrong_result_in_a_record(view: View) -> Planted | None:
    for place in _places(view, (*CALLED, *KEYED)):
        for name, kind in view.chance.sample(list(RECORDS[place.kind].items()), len(place.fields)):
            text = _result(view, place, unwanted=kind)
            if text is not None:
                return _planted(view, place, _named({**place.fields, name: text}), "DW304")
    return None


def wrong_result_in_a_list_of_a_record(view: View) -> Planted | None:
    for place in _places(view, (*CALLED, *KEYED)):
        for name, kind in RECORDS[place.kind].items():
            text = _result(view, place, unwanted=element(kind)) if element(kind) else None
            if text is not None:
                return _planted(view, place, _named({**place.fields, name: f"[{text}]"}), "DW304")
    return None


def _with_a_result(view: View, kinds: tuple[str, ...] = (*CALLED, *KEYED)) -> tuple[Place, str] | None:
    """A record with a result in one of its fields, which is named."""
    for place in _places(view, kinds):
        for name, kind in RECORDS[place.kind].items():
            text = _result(view, place, wanted=kind)
            if text is not None:
                return place._replace(fields={**place.fields, name: text}), name
    return None


def unknown_field_beside_results(view: View) -> Planted | None:
    found = _with_a_result(view)
    return _planted(view, found[0], [*_named(found[0].fields), "nothing_like_it=1"], "DW402") if found else None


def absent_field_beside_results(view: View) -> Planted | None:
    found = _with_a_result(view)
    if found is None:
        return None
    place, kept = found
    gone = [name for name in place.fields if name not in (*OPTIONAL_FIELDS, kept)]
    fields = {name: text for name, text in place.fields.items() if name not in gone[:1]}
    return _planted(view, place, _named(fields), "DW401") if gone else None


def field_given_twice_beside_results(view: View) -> Planted | None:
    found = _with_a_result(view, ("Settings", "Plan", "Box[int]", "Bundle"))
    if found is None:
        return None
    return _planted(view, found[0], [next(iter(found[0].fields.values())), *_named(found[0].fields)], "DW403")


def dict_in_place_of_a_record(view: View) -> Planted | None:
    for place in _places(view, tuple(kind for kind in CALLED if kind != "Report")):
        text = "{" + ", ".join(f'"{name}": {text}' for name, text in place.fields.items()) + "}"
        return view.importing(view.swapped(place.site.body.path, place.value, text, "DW305"), place.imports)
    return None


def record_of_another_class(view: View) -> Planted | None:
    for place in _places(view, (*CALLED, *KEYED)):
        other = view.chance.choice([kind for kind in ("Settings", "Model", "Report", "Level") if kind != place.kind])
        text, imports = view.spelled(literal(other, view.chance).text)
        return view.importing(view.swapped(place.site.body.path, place.value, text, "DW305"), "; ".join(imports))
    return None


def _class_bodies(view: View) -> list[tuple[str, ast.ClassDef]]:
    """Classes with fields that some task takes or gives, in random order."""
    used = {
        kind for each in view.project.callables if each.is_task for kind in (*each.outputs, *(one.kind for one in each.inputs))
    }
    names = {kind.partition("[")[0] for kind in used}
    found = [
        (path, node)
        for path, tree in view.trees.items()
        for node in tree.body
        if path.endswith("records.py") and isinstance(node, ast.ClassDef) and node.name in names
    ]
    return view.chance.sample(found, len(found))


def _annotated(node: ast.ClassDef) -> list[ast.AnnAssign]:
    return [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]


def misspelt_type_of_a_field(view: View) -> Planted | None:
    for path, node in _class_bodies(view):
        for field in _annotated(node):
            if isinstance(field.annotation, ast.Name) and len(field.annotation.id) > 3:
                return view.swapped(path, field.annotation, misspelt(field.annotation.id, view.chance), "DW201")
    return None


def computed_type_of_a_field(view: View) -> Planted | None:
    for path, node in _class_bodies(view):
        if node.name != "Model" and _annotated(node):  # models may hold what nobody can read
            return view.swapped(path, view.chance.choice(_annotated(node)).annotation, "print()", "DW302")
    return None


def list_that_all_instances_share(view: View) -> Planted | None:
    for path, node in _class_bodies(view):
        for field in _annotated(node):
            call = field.value
            if isinstance(call, ast.Call) and call.keywords and call.keywords[0].arg == "default_factory":
                return view.swapped(path, call, "[]" if "list" in ast.unparse(call) else "{}", "DW313")
    return None


def field_behind_a_default(view: View) -> Planted | None:
    for path, node in _class_bodies(view):
        fields = _annotated(node)
        if node.decorator_list and fields:
            after = (fields[-1].end_lineno or 0) + 1
            if any(field.value for field in fields):
                return view.added(path, after, "DW313", "    late: int")
            if node.name != "Box":
                lines = ("    early: int = 1", "    late: int")
                return view.added(path, after, "DW313", *lines, at=1)
    return None


def member_defined_twice(view: View) -> Planted | None:
    for path, node in _class_bodies(view):
        if node.name == "Level":
            return view.added(path, (node.end_lineno or 0) + 1, "DW313", '    LOW = "lowest"')
    return None


MISTAKES = (
    unknown_field,
    absent_field,
    field_given_twice,
    too_many_fields,
    fields_by_position_of_a_model,
    wrong_value_in_a_record,
    wrong_value_two_records_deep,
    wrong_result_in_a_record,
    wrong_result_in_a_list_of_a_record,
    unknown_field_beside_results,
    absent_field_beside_results,
    field_given_twice_beside_results,
    dict_in_place_of_a_record,
    record_of_another_class,
    misspelt_type_of_a_field,
    computed_type_of_a_field,
    list_that_all_instances_share,
    field_behind_a_default,
    member_defined_twice,
)
