"""Bindings of parts: what is left of ``x.attr[0]`` once it is known what ``x`` is bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright.contract.paths import follow_wire
from dagwright_compiler.ir.codec import class_data
from dagwright_compiler.ir.program import Binding, LiteralBinding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.ir.program import ClassDef, Path


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
    return replace(binding, path=(*binding.path, *path))
