"""Rewriting bindings: what is left of ``x.attr[0]`` once it is known what ``x`` is bound to; leaves of what a workflow builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright.contract.paths import NoSuchPart, follow_wire
from dagwright_compiler.ir.codec import class_data
from dagwright_compiler.ir.program import Binding, DictBinding, ListBinding, LiteralBinding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.ir.program import ClassDef, LeafBinding, Path


def part_of(binding: Binding, path: Path, classes: Mapping[str, ClassDef]) -> Binding:
    """Bind to the part of a binding's value where ``path`` leads.

    Raises:
        NoSuchPart: The value is known and has no such part.
    """
    if not path:
        return binding
    if isinstance(binding, LiteralBinding):
        declared, data = follow_wire(binding.type, binding.value, path, class_data(classes))
        return LiteralBinding(type=declared, value=data)
    if isinstance(binding, ListBinding | DictBinding):
        return part_of(_item(binding, path[0]), path[1:], classes)
    return replace(binding, path=(*binding.path, *path))


def map_leaves(binding: Binding, change: Callable[[LeafBinding], Binding]) -> Binding:
    """The binding with every leaf replaced."""
    if isinstance(binding, ListBinding):
        return replace(binding, items=tuple(map_leaves(item, change) for item in binding.items))
    if isinstance(binding, DictBinding):
        return replace(binding, items=tuple((key, map_leaves(item, change)) for key, item in binding.items))
    return change(binding)


def _item(binding: ListBinding | DictBinding, step: int | str) -> Binding:
    if isinstance(binding, ListBinding):
        if isinstance(step, int) and -len(binding.items) <= step < len(binding.items):
            return binding.items[step]
    else:
        for key, item in binding.items:
            if type(key) is type(step) and key == step:
                return item
    raise NoSuchPart(f"the workflow builds it with {len(binding.items)} items, and none of them is [{step!r}]")
