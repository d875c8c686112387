"""What kind a class of the project is: told by its bases, decorators and type parameters, before any field is read.

A class with a base or a decorator that cannot be read is open: opaque, since its fields are not known.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import msgspec

from dagwright.contract.types import Type
from dagwright_compiler.frontend.class_bodies import adds_only_methods, has_method
from dagwright_compiler.frontend.entities import ClassEntity, Constant, External
from dagwright_compiler.frontend.pydantic_models import is_readable_model
from dagwright_compiler.frontend.type_parameters import declared_parameters
from dagwright_compiler.frontend.type_variables import type_variables

if TYPE_CHECKING:
    from dagwright_compiler.frontend.resolution import Resolver

Kind = Literal["dataclass", "namedtuple", "enum", "typeddict", "pydantic", "opaque"]

_HARMLESS_DECORATORS = frozenset({"dataclass", "dataclass_json", "enum.unique"})
_ENUM_MIXINS = {"enum.IntEnum": {"int"}, "enum.StrEnum": {"str"}}
_BASES = frozenset({"enum", "typing.NamedTuple", "typing.TypedDict", "pydantic.model", "int", "str", "float", "bytes"})
"""Bases outside the project that say what a class is."""


class Base(msgspec.Struct, frozen=True, eq=False):
    """A base in the project, and its type arguments as written."""

    info: ClassInfo
    arguments: tuple[ast.expr, ...] = ()


class ClassInfo(msgspec.Struct, eq=False):
    """What is known of a class before its fields are read."""

    entity: ClassEntity | Constant
    kind: Kind
    ancestors: frozenset[str]
    """Qualified names of the class and its bases; builtin bases by their bare name."""
    complete: bool
    """Whether all bases are known."""
    bases: tuple[Base, ...] = ()
    parameters: tuple[str, ...] = ()
    """Type parameters, as ``type_parameters`` names them."""
    arguments: tuple[Type, ...] = ()
    """What stands for the parameters; empty where all may be anything."""
    generation: int = 0
    """How many classes with type arguments were met one in the other's fields on the way to this one."""

    @property
    def origin(self) -> str:
        """Qualified name without type arguments."""
        entity = self.entity
        return entity.qualified if isinstance(entity, ClassEntity) else f"{entity.module.name}.{entity.name}"

    @property
    def name(self) -> str:
        """Qualified name, with the type arguments."""
        return f"{self.origin}[{', '.join(arg.text for arg in self.arguments)}]" if self.arguments else self.origin

    @property
    def qualname(self) -> str:
        """Name within the module."""
        return self.entity.qualname if isinstance(self.entity, ClassEntity) else self.entity.name


class ClassKinds:
    """Classifies classes on first use."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._infos: dict[str, ClassInfo] = {}
        self._classifying: set[str] = set()

    def of(self, entity: ClassEntity) -> ClassInfo:
        """What is known of a class of the project, whatever its type arguments."""
        found = self._infos.get(entity.qualified)
        if found is None:
            found = self._classify(entity)
            self._infos[entity.qualified] = found
        return found

    def _classify(self, entity: ClassEntity) -> ClassInfo:
        name = entity.qualified
        if name in self._classifying:
            return ClassInfo(entity, "opaque", frozenset({name}), complete=False)
        self._classifying.add(name)
        try:
            bases, names, symbols, complete = self._bases(entity)
        finally:
            self._classifying.discard(name)
        info = ClassInfo(entity, "opaque", frozenset({name, *names}), complete, bases, self._parameters(entity))
        decorators = self._decorators(entity)
        if None in decorators:
            info.complete = False
        elif complete:
            info.kind = self._kind(info, symbols, decorators)
            if info.kind in ("namedtuple", "typeddict"):
                info.ancestors |= {"tuple" if info.kind == "namedtuple" else "dict"}
        return info

    def _kind(self, info: ClassInfo, symbols: set[str], decorators: set[str | None]) -> Kind:
        kinds = {base.info.kind for base in info.bases if not _is_mixin(base.info)}
        if "enum" in symbols or "enum" in kinds:
            return "enum"
        if "typing.NamedTuple" in symbols:
            return "namedtuple"
        if not decorators and ("typing.TypedDict" in symbols or "typeddict" in kinds):
            return "typeddict" if kinds <= {"typeddict"} else "opaque"
        if not decorators and ("pydantic.model" in symbols or "pydantic" in kinds):
            entity = info.entity
            assert isinstance(entity, ClassEntity)
            readable = kinds <= {"pydantic"} and not info.parameters and is_readable_model(entity, self._resolver)
            return "pydantic" if readable else "opaque"
        return "dataclass" if "dataclass" in decorators and kinds <= {"dataclass"} else "opaque"

    def _bases(self, entity: ClassEntity) -> tuple[tuple[Base, ...], set[str], set[str], bool]:
        bases: list[Base] = []
        names: set[str] = set()
        symbols: set[str] = set()
        complete = not any(
            keyword.arg == "metaclass" and not self._is_plain(keyword.value, entity) for keyword in entity.node.keywords
        )
        for node in entity.node.bases:
            generic = isinstance(node, ast.Subscript)
            found = self._resolver.expression(node.value if isinstance(node, ast.Subscript) else node, entity.module)
            if isinstance(found, ClassEntity):
                info = self.of(found)
                bases.append(Base(info, _arguments(node)))
                names |= info.ancestors
                complete = complete and info.complete
            elif isinstance(found, External) and found.symbol in ("plain_base", "typing.Any", "typing.Generic"):
                continue
            elif isinstance(found, External) and found.symbol in _BASES and not generic:
                symbols.add(found.symbol)
                names.add(found.symbol)
                names |= _ENUM_MIXINS.get(found.qualified, set())
            else:
                complete = False
        return tuple(bases), names, symbols, complete

    def _is_plain(self, metaclass: ast.expr, entity: ClassEntity) -> bool:
        found = self._resolver.expression(metaclass, entity.module)
        return isinstance(found, External) and found.qualified in ("abc.ABCMeta", "builtins.type")

    def _parameters(self, entity: ClassEntity) -> tuple[str, ...]:
        """Type parameters: those after the name, those of ``Generic[...]``, else all that the bases name."""
        declared = declared_parameters(entity.node)
        if declared:
            return declared
        subscripts = [base for base in entity.node.bases if isinstance(base, ast.Subscript)]
        if not subscripts:
            return ()
        for base in subscripts:
            found = self._resolver.expression(base.value, entity.module)
            if isinstance(found, External) and found.symbol == "typing.Generic":
                return type_variables(base.slice, entity.module, self._resolver)
        return tuple(dict.fromkeys(name for base in subscripts for name in type_variables(base, entity.module, self._resolver)))

    def _decorators(self, entity: ClassEntity) -> set[str | None]:
        """Symbols of the decorators; ``None`` for one that may change the class."""
        found: set[str | None] = set()
        for decorator in entity.node.decorator_list:
            callee = decorator.func if isinstance(decorator, ast.Call) else decorator
            named = self._resolver.expression(callee, entity.module)
            symbol = named.symbol if isinstance(named, External) else ""
            harmless = symbol in _HARMLESS_DECORATORS or (
                isinstance(named, External) and named.qualified == "functools.total_ordering"
            )
            found.add(symbol if harmless else None)
        return found


def defines(info: ClassInfo, method: str) -> bool:
    """Whether a class or one of its bases in the project defines a method."""
    own = isinstance(info.entity, ClassEntity) and has_method(info.entity.node, method)
    return own or any(defines(base.info, method) for base in info.bases)


def _is_mixin(info: ClassInfo) -> bool:
    """Whether a class adds methods to those that come from it, and nothing that their instances hold."""
    node = info.entity.node
    return (
        info.kind == "opaque"
        and info.complete
        and isinstance(node, ast.ClassDef)
        and not node.decorator_list
        and adds_only_methods(node)
        and all(_is_mixin(base.info) for base in info.bases)
        and not info.ancestors & _BASES
    )


def _arguments(node: ast.expr) -> tuple[ast.expr, ...]:
    if not isinstance(node, ast.Subscript):
        return ()
    return tuple(node.slice.elts) if isinstance(node.slice, ast.Tuple) else (node.slice,)
