"""What a name stands for, once resolved."""

from __future__ import annotations

import ast

import msgspec

from dagwright_compiler.frontend.modules import Module
from dagwright_compiler.frontend.names import symbol_of
from dagwright_compiler.frontend.summary import FunctionNode


class ModuleEntity(msgspec.Struct, frozen=True, eq=False):
    """A module of the project."""

    module: Module


class PackageEntity(msgspec.Struct, frozen=True, eq=False):
    """A folder of the project without ``__init__.py``."""

    name: str
    importer: Module


class External(msgspec.Struct, frozen=True, eq=False):
    """Something outside the project, by its qualified name; ``symbol`` where the compiler knows it."""

    qualified: str
    symbol: str


class Made(msgspec.Struct, frozen=True, eq=False):
    """``task(function, ...)`` at module level of ``module``."""

    module: Module
    call: ast.Call


class FunctionEntity(msgspec.Struct, frozen=True, eq=False):
    """A function at module level, decorated or not; ``made_by`` where a name stands for what a decorator made of it in a call."""

    module: Module
    node: FunctionNode
    made_by: Made | None = None

    @property
    def qualified(self) -> str:
        """Module and function; the module is the one that makes a task of it."""
        return f"{(self.made_by or self).module.name}.{self.node.name}"

    @property
    def identity(self) -> tuple[int, int]:
        """The same for entities that are one task."""
        return id(self.node), id(self.made_by.call) if self.made_by is not None else 0


class ClassEntity(msgspec.Struct, frozen=True, eq=False):
    """A class of the project; ``outer`` lists the classes around it."""

    module: Module
    node: ast.ClassDef
    outer: tuple[str, ...] = ()

    @property
    def qualname(self) -> str:
        """Name within the module."""
        return ".".join([*self.outer, self.node.name])

    @property
    def qualified(self) -> str:
        """Module and qualified name within it."""
        return f"{self.module.name}.{self.qualname}"


class MemberEntity(msgspec.Struct, frozen=True, eq=False):
    """An attribute of a class: an enum's member, or something that cannot be read."""

    owner: ClassEntity
    name: str


class Constant(msgspec.Struct, frozen=True, eq=False):
    """A name bound once at module level, to an expression."""

    module: Module
    name: str
    value: ast.expr
    node: ast.stmt


class UnstableEntity(msgspec.Struct, frozen=True, eq=False):
    """A name whose value depends on what runs."""

    module: Module
    name: str
    node: ast.AST
    reason: str


class Unresolved(msgspec.Struct, frozen=True, eq=False):
    """A name that nothing binds. ``reason`` completes "...", ``help`` suggests; ``reported`` when a finding tells already."""

    reason: str
    help: str = ""
    reported: bool = False


Entity = (
    ModuleEntity | PackageEntity | External | FunctionEntity | ClassEntity | MemberEntity | Constant | UnstableEntity | Unresolved
)


def external(qualified: str) -> External:
    """An external name with the symbol that the compiler knows it by."""
    return External(qualified, symbol_of(qualified))
