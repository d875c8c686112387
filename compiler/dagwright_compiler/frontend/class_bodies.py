"""The syntax of class bodies: fields of dataclasses and named tuples, members of enums, functional forms."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import msgspec

from dagwright_compiler.frontend.entities import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver


class FieldNode(msgspec.Struct, frozen=True, eq=False):
    """A field as written: its default expression, or ``deferred`` where only running code gives the default."""

    name: str
    node: ast.AST
    annotation: ast.expr
    default: ast.expr | None
    deferred: bool


class FunctionalFields(msgspec.Struct, frozen=True, eq=False):
    """A named tuple or enum made by a call: names, annotations and defaults."""

    kind: Literal["namedtuple", "enum"]
    fields: tuple[tuple[str, ast.expr | None, ast.expr | None], ...]


class EnumBody(msgspec.Struct, frozen=True, eq=False):
    """Members of an enum with their value expressions; ``aliases`` leads from a second name to the first."""

    members: dict[str, ast.expr | None]
    aliases: dict[str, str]

    def canonical(self, name: str) -> str:
        """The name that a member reports as its own."""
        return self.aliases.get(name, name)


def dataclass_fields(node: ast.ClassDef, resolver: Resolver, module: Module) -> Iterator[FieldNode]:
    """Fields of a dataclass or class-style named tuple, in order."""
    for statement in node.body:
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        annotation, name = statement.annotation, statement.target.id
        outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        named = resolver.expression(outer, module)
        symbol = named.symbol if isinstance(named, External) else ""
        if symbol in ("typing.ClassVar", "dataclass.KW_ONLY", "dataclass.InitVar"):
            continue
        yield _field(FieldNode(name, statement, annotation, statement.value, deferred=False), resolver, module)


def _field(plain: FieldNode, resolver: Resolver, module: Module) -> FieldNode:
    """The field, with the default that ``field(default=...)`` or ``field(default_factory=list)`` gives."""
    call = plain.default
    if not isinstance(call, ast.Call):
        return plain
    callee = resolver.expression(call.func, module)
    if not (isinstance(callee, External) and callee.symbol == "dataclass.field"):
        return plain
    for keyword in call.keywords:
        if keyword.arg == "default":
            return FieldNode(plain.name, plain.node, plain.annotation, keyword.value, deferred=False)
        if keyword.arg == "default_factory":
            made = _made_by(keyword.value, resolver, module)
            return FieldNode(plain.name, plain.node, plain.annotation, made, deferred=made is None)
    return FieldNode(plain.name, plain.node, plain.annotation, None, deferred=False)


def _made_by(factory: ast.expr, resolver: Resolver, module: Module) -> ast.expr | None:
    """The expression that a default factory stands for, or ``None`` when only running it tells."""
    if isinstance(factory, ast.Lambda):
        return factory.body
    named = resolver.expression(factory, module)
    symbol = named.symbol if isinstance(named, External) else ""
    if symbol == "list":
        return ast.copy_location(ast.List([], ast.Load()), factory)
    return ast.copy_location(ast.Dict([], []), factory) if symbol == "dict" else None


def enum_members(node: ast.ClassDef) -> EnumBody:
    """Members of an enum class, in order."""
    members: dict[str, ast.expr | None] = {}
    aliases: dict[str, str] = {}
    values: dict[str, str] = {}
    for statement in node.body:
        if not isinstance(statement, ast.Assign):
            continue
        for target in statement.targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            for name in names:
                if (
                    not isinstance(name, ast.Name)
                    or name.id.startswith("__")
                    or (name.id.startswith("_") and name.id.endswith("_"))
                ):
                    continue
                members[name.id] = statement.value
                if isinstance(statement.value, ast.Constant):
                    key = f"{type(statement.value.value).__name__} {statement.value.value!r}"
                    first = values.setdefault(key, name.id)
                    if first != name.id:
                        aliases[name.id] = first
                elif isinstance(statement.value, ast.Name) and statement.value.id in members:
                    aliases[name.id] = aliases.get(statement.value.id, statement.value.id)
    return EnumBody(members, aliases)


def has_method(node: ast.ClassDef, name: str) -> bool:
    """Whether a class body defines a function of that name."""
    return any(isinstance(statement, ast.FunctionDef) and statement.name == name for statement in node.body)


def functional_fields(call: ast.Call, callee: Entity | None) -> FunctionalFields | None:
    """Fields of ``NamedTuple("Out", [("a", int)])``, ``namedtuple("Out", "a b")`` or ``Enum("Color", "RED BLUE")``.

    ``None`` for any other call, and for one whose fields are no literals.
    """
    symbol = callee.symbol if isinstance(callee, External) else ""
    if symbol == "typing.NamedTuple":
        fields = _typed_fields(call)
    elif symbol in ("namedtuple", "enum"):
        fields = _named_fields(call)
    else:
        return None
    return None if fields is None else FunctionalFields("enum" if symbol == "enum" else "namedtuple", fields)


_Fields = tuple[tuple[str, ast.expr | None, ast.expr | None], ...]


def _typed_fields(call: ast.Call) -> _Fields | None:
    if len(call.args) == 1:
        return tuple((keyword.arg, keyword.value, None) for keyword in call.keywords if keyword.arg is not None)
    if len(call.args) != 2 or not isinstance(call.args[1], ast.List | ast.Tuple):
        return None
    fields: list[tuple[str, ast.expr | None, ast.expr | None]] = []
    for item in call.args[1].elts:
        match item:
            case (
                ast.Tuple(elts=[ast.Constant(value=str() as name), annotation])
                | ast.List(elts=[ast.Constant(value=str() as name), annotation])
            ):
                fields.append((name, annotation, None))
            case _:
                return None
    return tuple(fields)


def _named_fields(call: ast.Call) -> _Fields | None:
    if len(call.args) != 2 or call.keywords:
        return None
    match call.args[1]:
        case ast.Constant(value=str() as text):
            names = text.replace(",", " ").split()
        case ast.List(elts=items) | ast.Tuple(elts=items):
            names = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            if len(names) != len(items):
                return None
        case ast.Dict(keys=keys):
            names = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
            if len(names) != len(keys):
                return None
        case _:
            return None
    return tuple((name, None, None) for name in names)
