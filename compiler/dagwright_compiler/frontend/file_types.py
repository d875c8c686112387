"""Formats of files and directories in annotations: ``FlyteFile["csv"]``, ``FlyteFile[TypeVar("csv")]``, and the other ways to write them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.files import format_of
from dagwright.contract.flytekit_names import tail_of
from dagwright.contract.types import Type
from dagwright_compiler.frontend.entities import Constant, External

if TYPE_CHECKING:
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver

LOCATED = ("file", "directory")
"""Symbols of classes that take a format in brackets."""
OF_US = {"file": "File", "directory": "Directory"}
"""Dagwright's own names of them, by symbol."""
_MOST_STEPS = 20
"""How many constants may stand for one another."""


class WrittenType(Type):
    """A type under the name that the user has for it, ``FlyteFile["csv"]``; messages alone look at that."""

    __slots__ = ("written",)

    def __init__(self, plain: Type, written: str) -> None:
        super().__init__(plain.kind, plain.args, plain.name)
        self.written = written


def as_written(plain: Type, entity: External) -> Type:
    """A type of files or directories, which remembers what it is called where it is not called as dagwright calls it."""
    name = entity.qualified if entity.symbol == "file" and entity.qualified.startswith("os.") else tail_of(entity.qualified)
    if name == OF_US[plain.kind]:
        return plain
    return WrittenType(plain, f'{name}["{plain.name}"]' if plain.name and entity.symbol in LOCATED else name)


def of_construction(plain: Type, node: ast.AST) -> Type:
    """The type of what a call of such a class gives, under the name that the call has for it."""
    made_by = node.func if isinstance(node, ast.Call) else node
    if isinstance(made_by, ast.Attribute) and made_by.attr == "from_source":
        made_by = made_by.value
    named = made_by.value if isinstance(made_by, ast.Subscript) else made_by
    name = named.id if isinstance(named, ast.Name) else named.attr if isinstance(named, ast.Attribute) else ""
    if not name or name == OF_US[plain.kind]:
        return plain
    return WrittenType(plain, f'{name}["{plain.name}"]' if plain.name and made_by is not named else name)


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
