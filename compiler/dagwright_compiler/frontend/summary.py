"""What one file binds at module level: the records that ``summarising`` fills, and that resolution, static values and elaboration read."""

from __future__ import annotations

import ast

import msgspec

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Imported(msgspec.Struct, eq=False):
    """A name bound by an import: ``module`` as a dotted absolute name, ``attribute`` for ``from module import attribute``."""

    module: str
    attribute: str
    node: ast.stmt
    certain: bool = True
    """Whether the statement always runs and must succeed: not inside ``try`` or ``if``."""


class Defined(msgspec.Struct, eq=False):
    """A name bound by ``def`` or ``class``."""

    node: FunctionNode | ast.ClassDef


class Assigned(msgspec.Struct, eq=False):
    """A name bound once by an assignment of ``value`` at module level."""

    node: ast.stmt
    value: ast.expr


class Unstable(msgspec.Struct, eq=False):
    """A name whose value depends on what runs: bound conditionally, several times, in a loop, or changed later."""

    node: ast.AST
    reason: str


Binding = Imported | Defined | Assigned | Unstable


class ImportStatement(msgspec.Struct, frozen=True, eq=False):
    """One import anywhere in the file: the dotted module and the names taken from it (``*`` included)."""

    module: str
    names: tuple[str, ...]


class Star(msgspec.Struct, frozen=True, eq=False):
    """``from module import *`` in line ``line``."""

    module: str
    line: int


class Change(msgspec.Struct, frozen=True, eq=False):
    """A statement that changes what an import gave: ``target`` is a name or a dotted name, to be followed to what it stands for."""

    target: ast.expr
    node: ast.AST
    reason: str


class Summary(msgspec.Struct, eq=False):
    """Bindings of one file in source order, and its imports at every depth."""

    bindings: dict[str, Binding]
    stars: list[Star]
    changes: list[Change]
    imports: list[ImportStatement]
    redefined: list[tuple[str, FunctionNode | ast.ClassDef, FunctionNode | ast.ClassDef]]
    """Name, the definition that is lost, the one that replaces it."""
    misplaced: list[FunctionNode]
    """Decorated functions below ``if``, ``try``, ``with`` or a loop at module level."""
    open_names: bool
    """Whether the module has a ``__getattr__`` of its own, so that any name may come from it."""
    has_walrus: bool = False
    """Whether the text holds a ``:=`` anywhere."""
    body: list[ast.stmt] = []
    """The module's own statements."""
    below: list[tuple[ast.alias, Imported]] = []
    """Imports such as ``import package.module``, which always run: they bind the package and need the module."""

    @property
    def exported(self) -> frozenset[str] | None:
        """What ``__all__`` lists; ``None`` when there is none that can be read, and every public name counts."""
        listed = self.bindings.get("__all__")
        if not isinstance(listed, Assigned) or not isinstance(listed.value, ast.List | ast.Tuple):
            return None
        names = [item.value for item in listed.value.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        return frozenset(names) if len(names) == len(listed.value.elts) else None


def absolute_module(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """Dotted name that ``from ... import`` reads from; ``""`` when it climbs above the top of the project."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    drop = node.level - (1 if is_package else 0)
    if drop >= len(parts) + (1 if is_package else 0) or (drop >= len(parts) and not node.module):
        return ""
    base = parts[: len(parts) - drop]
    return ".".join([*base, node.module] if node.module else base)


def is_main_guard(test: ast.expr) -> bool:
    """Whether a condition is ``__name__ == "__main__"``."""
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
        case ast.Compare(left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]):
            return True
        case _:
            return False


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is ``TYPE_CHECKING``, which no run meets."""
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )
