"""The syntax of class bodies: fields of dataclasses and named tuples, members of enums, functional forms."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from dagwright_compiler.frontend.entities import External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver


_SHAPING = frozenset({"__init__", "__new__", "__init_subclass__", "__setattr__", "__getattribute__", "__getattr__", "__reduce__"})
"""Methods that have a say in what an instance is."""


class FieldNode(msgspec.Struct, frozen=True, eq=False):
    """A field as written: its default expression, or ``deferred`` where only running code gives the default."""

    name: str
    node: ast.AST
    annotation: ast.expr
    default: ast.expr | None
    deferred: bool
    alias: str | None = ""
    """Another name under which the constructor takes it; ``None`` where that cannot be read."""


class FunctionalFields(msgspec.Struct, frozen=True, eq=False):
    """A named tuple, typed dict or enum made by a call: names, annotations and defaults."""

    kind: Literal["namedtuple", "typeddict", "enum"]
    fields: tuple[tuple[str, ast.expr | None, ast.expr | None], ...]
    total: ast.expr | None = None
    """What a typed dict says of all its keys."""


class EnumBody(msgspec.Struct, frozen=True, eq=False):
    """Members of an enum with their value expressions; ``aliases`` leads from a second name to the first."""

    members: dict[str, ast.expr | None]
    aliases: dict[str, str]

    def canonical(self, name: str) -> str:
        """The name that a member reports as its own."""
        return self.aliases.get(name, name)


def dataclass_fields(node: ast.ClassDef, qualname: str, resolver: Resolver, module: Module) -> Iterator[FieldNode]:
    """Fields of a dataclass or class-style named tuple, in order; ``qualname`` is the class's own."""
    scope = _ClassScope(node, qualname)
    for statement in node.body:
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        annotation, name = scope.resolved(statement.annotation), statement.target.id
        outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        named = resolver.expression(outer, module)
        symbol = named.symbol if isinstance(named, External) else ""
        if symbol in ("typing.ClassVar", "dataclass.KW_ONLY", "dataclass.InitVar"):
            continue
        default = None if statement.value is None else scope.resolved(statement.value)
        found = _field(FieldNode(name, statement, annotation, default, deferred=False), resolver, module)
        if found.default is not None and scope.holds(found.default):
            found = replace(found, default=None, deferred=True)
        yield found


def _field(plain: FieldNode, resolver: Resolver, module: Module) -> FieldNode:
    """The field, with the default that ``field(default=...)`` or ``field(default_factory=list)`` gives."""
    call = plain.default
    if not isinstance(call, ast.Call):
        return plain
    callee = resolver.expression(call.func, module)
    if not (isinstance(callee, External) and callee.symbol == "dataclass.field"):
        return plain
    return described_field(plain, call, resolver, module)


def described_field(plain: FieldNode, call: ast.Call, resolver: Resolver, module: Module) -> FieldNode:
    """The field, with the default that a call such as ``field(default=...)`` gives by keyword."""
    for keyword in call.keywords:
        if keyword.arg == "default":
            return replace(plain, default=keyword.value, deferred=False)
        if keyword.arg == "default_factory":
            made = _made_by(keyword.value, resolver, module)
            return replace(plain, default=made, deferred=made is None)
    return replace(plain, default=None, deferred=False)


def _made_by(factory: ast.expr, resolver: Resolver, module: Module) -> ast.expr | None:
    """The expression that a default factory stands for, or ``None`` when only running it tells."""
    if isinstance(factory, ast.Lambda):
        return factory.body
    named = resolver.expression(factory, module)
    symbol = named.symbol if isinstance(named, External) else ""
    if symbol == "list":
        return ast.copy_location(ast.List([], ast.Load()), factory)
    return ast.copy_location(ast.Dict([], []), factory) if symbol == "dict" else None


class _ClassScope:
    """Names that a class body binds: they hide those of the module from what stands in it."""

    def __init__(self, node: ast.ClassDef, qualname: str = "") -> None:
        self._classes: dict[str, ast.expr] = {}
        self._others: set[str] = set()
        for statement in node.body:
            if isinstance(statement, ast.ClassDef):
                self._classes[statement.name] = ast.parse(f"{qualname}.{statement.name}", mode="eval").body
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self._others.add(statement.name)
            elif isinstance(statement, ast.Assign) or (isinstance(statement, ast.AnnAssign) and statement.value is not None):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                self._others.update(part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))

    def resolved(self, node: ast.expr) -> ast.expr:
        """The expression with the class's own classes by their full names."""
        return _Qualified(self._classes).visit(node) if self._classes else node

    def holds(self, node: ast.expr) -> bool:
        """Whether an expression reads a name of the class body that is no class."""
        return any(isinstance(part, ast.Name) and part.id in self._others for part in ast.walk(node))


class _Qualified(ast.NodeTransformer):
    def __init__(self, classes: dict[str, ast.expr]) -> None:
        self._classes = classes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        found = self._classes.get(node.id)
        if found is None:
            return node
        copy = deepcopy(found)
        for part in ast.walk(copy):
            ast.copy_location(part, node)
        return copy


def enum_members(node: ast.ClassDef) -> EnumBody:
    """Members of an enum class, in order."""
    scope = _ClassScope(node)
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
                members[name.id] = None if scope.holds(statement.value) else statement.value
                if isinstance(statement.value, ast.Constant):
                    key = f"{type(statement.value.value).__name__} {statement.value.value!r}"
                    first = values.setdefault(key, name.id)
                    if first != name.id:
                        aliases[name.id] = first
                elif isinstance(statement.value, ast.Name) and statement.value.id in members:
                    aliases[name.id] = aliases.get(statement.value.id, statement.value.id)
    return EnumBody(members, aliases)


def constructor_form(node: ast.ClassDef, resolver: Resolver, module: Module) -> Literal["plain", "keywords", "own"]:
    """How a dataclass is called: with its fields in their order, with names alone, or in a way of its own."""
    said: set[str | None] = set()
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            said.update(keyword.arg for keyword in decorator.keywords)
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign):
            continue
        annotation = statement.annotation
        outer = resolver.expression(annotation.value if isinstance(annotation, ast.Subscript) else annotation, module)
        symbol = outer.symbol if isinstance(outer, External) else ""
        said.update({"dataclass.KW_ONLY": {"kw_only"}, "dataclass.InitVar": {"init"}}.get(symbol, set()))
        if isinstance(statement.value, ast.Call):
            made = resolver.expression(statement.value.func, module)
            if isinstance(made, External) and made.symbol == "dataclass.field":
                said.update(keyword.arg for keyword in statement.value.keywords)
    return "own" if "init" in said else "keywords" if "kw_only" in said else "plain"


def has_method(node: ast.ClassDef, name: str) -> bool:
    """Whether a class body defines a function of that name."""
    return any(isinstance(statement, ast.FunctionDef) and statement.name == name for statement in node.body)


def adds_only_methods(node: ast.ClassDef) -> bool:
    """Whether a class body says nothing of what its instances hold: it has methods and values of the class, and no constructor."""
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if statement.name in _SHAPING:
                return False
        elif isinstance(statement, ast.Assign):
            if any(isinstance(target, ast.Name) and target.id == "__slots__" for target in statement.targets):
                return False
        elif not (
            isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        ):
            return False
    return True


def functional_fields(call: ast.Call, callee: Entity | None) -> FunctionalFields | None:
    """Fields of ``NamedTuple("Out", [("a", int)])``, ``namedtuple("Out", "a b")``, ``Enum("Color", "RED BLUE")`` or ``TypedDict("Row", {"a": int})``.

    ``None`` for any other call, and for one whose fields are no literals.
    """
    symbol = callee.symbol if isinstance(callee, External) else ""
    if symbol == "typing.TypedDict":
        return _typed_dict(call)
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


def _typed_dict(call: ast.Call) -> FunctionalFields | None:
    total = next((keyword.value for keyword in call.keywords if keyword.arg == "total"), None)
    if len(call.args) != 2 or not isinstance(call.args[1], ast.Dict):
        return None
    fields: list[tuple[str, ast.expr | None, ast.expr | None]] = []
    for key, annotation in zip(call.args[1].keys, call.args[1].values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        fields.append((key.value, annotation, None))
    return FunctionalFields("typeddict", tuple(fields), total)


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
