"""Formats of files and directories in annotations: ``FlyteFile["csv"]``, ``FlyteFile[TypeVar("csv")]``, and the other ways to write them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.files import format_of
from dagwright.contract.types import Type
from dagwright_compiler.frontend.entities import Constant, External

if TYPE_CHECKING:
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver

LOCATED = ("file", "directory")
"""Symbols of classes that take a format in brackets."""
_MOST_STEPS = 20
"""How many constants may stand for one another."""


def of_format(kind: str, item: ast.expr, module: Module, resolver: Resolver) -> Type | None:
    """The type that a class of files is with ``item`` in its brackets; ``None`` where that names no format."""
    text = _text(item, module, resolver, _MOST_STEPS)
    try:
        return None if text is None else Type(kind, (), format_of(text))
    except ValueError:
        return None


def _text(item: ast.expr, module: Module, resolver: Resolver, steps: int) -> str | None:
    """The text of a format: itself, the name of a type variable, or what stands in ``Annotated[str, FileExt("tar.gz")]``."""
    if isinstance(item, ast.Constant):
        return "" if item.value is None else item.value if isinstance(item.value, str) else None
    if isinstance(item, ast.Call):
        named = resolver.expression(item.func, module)
        known = isinstance(named, External) and (named.symbol == "typing.TypeVar" or named.qualified.endswith(".FileExt"))
        return _text(item.args[0], module, resolver, steps) if known and len(item.args) == 1 else None
    if isinstance(item, ast.Subscript):
        named = resolver.expression(item.value, module)
        symbol = named.symbol if isinstance(named, External) else ""
        inside = item.slice.elts if isinstance(item.slice, ast.Tuple) else [item.slice]
        is_format = (symbol, len(inside)) in (("typing.Annotated", 2), ("typing.Literal", 1))
        return _text(inside[-1], module, resolver, steps) if is_format else None
    found = resolver.expression(item, module)
    return _text(found.value, found.module, resolver, steps - 1) if isinstance(found, Constant) and steps else None


def symbol_of_subscript(node: ast.Subscript, module: Module, resolver: Resolver) -> str:
    """Symbol of ``FlyteFile["csv"]`` where its objects are made; ``""`` of anything else."""
    named = resolver.expression(node.value, module)
    if not isinstance(named, External) or named.symbol not in LOCATED:
        return ""
    found = of_format(named.symbol, node.slice, module, resolver)
    return "" if found is None else found.text
