"""Rewriting bindings: what is left of ``x.attr[0]`` once it is known what ``x`` is bound to; leaves of what a workflow builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright.contract.paths import NoSuchPart, follow_wire
from dagwright.contract.types import UNKNOWN, Type, union_of
from dagwright_compiler.ir.codec import class_data
from dagwright_compiler.ir.program import (
    Binding,
    BuiltBinding,
    DictBinding,
    InputBinding,
    ListBinding,
    LiteralBinding,
    OutputBinding,
    StructBinding,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.ir.program import ClassDef, Field, LeafBinding, Path, Slice


def part_of(binding: Binding, path: Path, classes: Mapping[str, ClassDef]) -> Binding:
    """Bind to the part of a binding's value where ``path`` leads.

    Raises:
        NoSuchPart: The value is known and has no such part.
    """
    if not path:
        return binding
    # What the whole crosses, its parts cross.
    through = tuple(type_of_part(declared, path, classes) for declared in binding.through)
    if isinstance(binding, LiteralBinding):
        declared, data = follow_wire(binding.type, binding.value, path, class_data(classes))
        return LiteralBinding(type=declared, value=data, through=through)
    if isinstance(binding, StructBinding) and binding.constructs:
        return replace(binding, path=(*binding.path, *path), through=through)
    if isinstance(binding, ListBinding) and isinstance(path[0], tuple):
        return part_of(_cut(binding, path[0]), path[1:], classes)
    if isinstance(binding, BuiltBinding):
        item, place = _item(binding, path[0]), type_of_part(binding.type, path[:1], classes)
        if isinstance(item, InputBinding | OutputBinding):
            item = replace(item, through=(*item.through, place))
        item = part_of(item, path[1:], classes)
        return replace(item, through=(*item.through, *through))
    return replace(binding, path=(*binding.path, *path), through=through)


def default_of(field: Field) -> LiteralBinding:
    """What an input is bound to where a call leaves it out; what is deferred in it, its classes fill in in the attempt."""
    return LiteralBinding(type=field.type, value=field.default, through=(field.type,) if field.deferred else ())


def type_of_part(declared: Type, path: Path, classes: Mapping[str, ClassDef]) -> Type:
    """The type that is declared for a part; what has no such part has no type for it."""
    for number, step in enumerate(path):
        if declared.kind == "union":
            members = [member for member in declared.args if member.kind != "none"]
            return union_of([type_of_part(member, path[number:], classes) for member in members])
        if isinstance(step, tuple):
            declared = Type("tuple", declared.args[slice(*step)]) if declared.kind == "tuple" else declared
        elif declared.kind in ("list", "vartuple"):
            declared = declared.args[0]
        elif declared.kind == "dict":
            declared = declared.args[1]
        elif declared.kind == "tuple" and isinstance(step, int) and -len(declared.args) <= step < len(declared.args):
            declared = declared.args[step]
        elif declared.kind == "class" and declared.name in classes:
            fields = {field.name: field.type for field in classes[declared.name].fields}
            declared = fields.get(str(step), UNKNOWN)
        else:
            return UNKNOWN
    return declared


def map_leaves(binding: Binding, change: Callable[[LeafBinding], Binding]) -> Binding:
    """The binding with every leaf replaced."""
    if isinstance(binding, ListBinding):
        return replace(binding, items=tuple(map_leaves(item, change) for item in binding.items))
    if isinstance(binding, DictBinding | StructBinding):
        return replace(binding, items=tuple((key, map_leaves(item, change)) for key, item in binding.items))
    return change(binding)


def _cut(binding: ListBinding, step: Slice) -> ListBinding:
    """A slice of a list or tuple that the workflow writes out."""
    declared = type_of_part(binding.type, (step,), {})
    through = tuple(type_of_part(crossed, (step,), {}) for crossed in binding.through)
    return ListBinding(type=declared, items=binding.items[slice(*step)], through=through)


def _item(binding: BuiltBinding, step: int | str | Slice) -> Binding:
    if isinstance(binding, ListBinding):
        if isinstance(step, int) and -len(binding.items) <= step < len(binding.items):
            return binding.items[step]
    else:
        for key, item in binding.items:
            if type(key) is type(step) and key == step:
                return item
    raise NoSuchPart(f"the workflow builds it with {len(binding.items)} items, and none of them is [{step!r}]")
