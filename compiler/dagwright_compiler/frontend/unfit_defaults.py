"""What to write instead of a default that does not fit its annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import type_of

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.known_values import StaticValue


def instead_of_default(name: str, declared: Type, value: StaticValue) -> str:
    """A help for the default ``value`` of the parameter or field ``name``: another default, or the annotation that it fits."""
    if value is None:
        return f"write `Optional[{spell(declared)}]`"
    made = type_of(value)
    other = f", or annotate `{name}: {spell(made)}`" if made.kind not in ("opaque", "unknown") else ""
    return f"write a default of type `{spell(declared)}`{other}"
