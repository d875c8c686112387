"""Classes of the project as types: dataclasses, named tuples and enums are read; every other class is opaque by its name.

A class with a base or a decorator that cannot be read is open: opaque too, since its fields are not known.
"""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING, Literal

import msgspec

from dagwright.contract.types import UNKNOWN, Type, class_named, opaque
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.class_bodies import (
    EnumBody,
    FieldNode,
    FunctionalFields,
    constructor_form,
    dataclass_fields,
    enum_members,
    functional_fields,
    has_method,
)
from dagwright_compiler.frontend.entities import ClassEntity, Constant, External, MemberEntity
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.known_values import EnumValue, Instance, StaticValue
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import Mismatch, WireEncoder
from dagwright_compiler.ir.program import ClassDef, ClassKind, Field

if TYPE_CHECKING:
    from dagwright_compiler.frontend.annotations import Annotations
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.ir.spans import SpanTable

Kind = Literal["dataclass", "namedtuple", "enum", "typeddict", "opaque"]

_HARMLESS_DECORATORS = frozenset({"dataclass", "dataclass_json", "enum.unique"})
_ENUM_MIXINS = {"enum.IntEnum": {"int"}, "enum.StrEnum": {"str"}}
_BASES = frozenset({"enum", "typing.NamedTuple", "typing.TypedDict", "int", "str", "float", "bytes"})
"""Bases outside the project that say what a class is."""
_RUNS_CODE = ("__init__", "__post_init__", "__new__")
_MIXINS = frozenset({"int", "float", "str", "bytes"})


class ClassInfo(msgspec.Struct, eq=False):
    """What is known of a class before its fields are read."""

    entity: ClassEntity | Constant
    kind: Kind
    ancestors: frozenset[str]
    """Qualified names of the class and its bases; builtin bases by their bare name."""
    complete: bool
    """Whether all bases are known."""
    bases: tuple[ClassInfo, ...] = ()

    @property
    def name(self) -> str:
        """Qualified name."""
        entity = self.entity
        return entity.qualified if isinstance(entity, ClassEntity) else f"{entity.module.name}.{entity.name}"

    @property
    def qualname(self) -> str:
        """Name within the module."""
        return self.entity.qualname if isinstance(self.entity, ClassEntity) else self.entity.name


class Classes:
    """Classifies classes on first use and reads their fields when somebody asks for them."""

    def __init__(
        self, resolver: Resolver, annotations: Annotations, evaluator: Evaluator, findings: Findings, spans: SpanTable
    ) -> None:
        self._resolver = resolver
        self._annotations = annotations
        self._evaluator = evaluator
        self._findings = findings
        self._spans = spans
        self._infos: dict[str, ClassInfo] = {}
        self._pending: deque[ClassInfo] = deque()
        self._classifying: set[str] = set()
        self._enums: dict[str, EnumBody] = {}
        self.definitions: dict[str, ClassDef] = {}
        """Every class read so far, in the order of first use."""
        self.defaults: dict[str, dict[str, StaticValue]] = {}
        """Defaults of their fields that are known, as values."""
        self.encoder = WireEncoder(self.definition)
        annotations.class_type = self.class_type
        annotations.functional = self._functional_type
        evaluator.construct = self.construct
        evaluator.member = self._member
        evaluator.functional_member = self._functional_member

    def class_type(self, entity: ClassEntity) -> Type:
        """The type that a class of the project stands for."""
        info = self.info(entity)
        return opaque(info.name) if info.kind == "opaque" else class_named(info.name)

    def definition(self, name: str) -> ClassDef | None:
        """Definition of a class by qualified name; ``None`` for opaque classes and for one that is just being read."""
        while self._pending:
            self._define(self._pending.popleft())
        return self.definitions.get(name)

    def ancestors(self, name: str) -> tuple[frozenset[str], bool] | None:
        """Names of a project class and its bases, and whether all of them are known; ``None`` for other classes."""
        info = self._infos.get(name)
        return (info.ancestors, info.complete) if info else None

    def info(self, entity: ClassEntity) -> ClassInfo:
        """What is known of a class of the project."""
        found = self._infos.get(entity.qualified)
        if found is None:
            found = self._classify(entity)
            self._infos[entity.qualified] = found
            if found.kind != "opaque":
                self._pending.append(found)
        return found

    def named_tuple(self, entity: Entity | None) -> ClassDef | None:
        """Definition of a named tuple that an annotation or a call names, or ``None``."""
        if isinstance(entity, ClassEntity) and self.info(entity).kind == "namedtuple":
            return self.definition(entity.qualified)
        if isinstance(entity, Constant):
            found = self._functional_type(entity)
            definition = self.definition(found.name) if found is not None else None
            return definition if definition is not None and definition.kind == "namedtuple" else None
        return None

    def inline_named_tuple(self, node: ast.expr, module: Module) -> tuple[Field, ...] | None:
        """Fields of ``NamedTuple("Out", a=int)`` written as an annotation, or ``None``."""
        if not isinstance(node, ast.Call):
            return None
        shape = functional_fields(node, self._resolver.expression(node.func, module))
        return self._shape_fields(shape, module) if shape is not None and shape.kind == "namedtuple" else None

    def construct(
        self, entity: ClassEntity | Constant, args: list[StaticValue], kwargs: dict[str, StaticValue], place: Place
    ) -> StaticValue:
        """Build an instance from static arguments.

        Raises:
            NotStatic: The class or the arguments do not allow it.
        """
        name, kind, qualname = self._constructible(entity, place)
        if kind == "enum":
            return self._member_by_value(entity, args, place)
        definition = self.definition(name)
        if definition is None:
            raise NotStatic(place, f"`{qualname}(...)` cannot be built while its own fields are read")
        self._refuse_arguments(self._infos[name], args, place)
        fields = definition.fields
        positional = [field.name for field in fields]
        if len(args) > len(positional):
            raise NotStatic(place, f"`{qualname}` has {len(positional)} fields, but {len(args)} values are passed")
        values = dict(zip(positional, args, strict=False))
        for key, value in kwargs.items():
            if key in values:
                raise NotStatic(place, f"the field `{key}` of `{qualname}` is passed twice")
            if key not in positional:
                raise NotStatic(place, f"`{qualname}` has no field `{key}`")
            values[key] = value
        missing = [field.name for field in fields if field.name not in values and not (field.has_default or field.deferred)]
        if missing:
            raise NotStatic(place, f"`{qualname}` lacks a value for `{missing[0]}`")
        values = {**self.defaults.get(name, {}), **values}
        return Instance(name, {name: values[name] for name in positional if name in values})

    def _constructible(self, entity: ClassEntity | Constant, place: Place) -> tuple[str, Kind, str]:
        if isinstance(entity, Constant):
            found = self._functional_type(entity)
            if found is None:
                raise NotStatic(place, f"`{entity.name}` is a value, and compiling runs no calls of values")
            return found.name, self._infos[found.name].kind, entity.name
        info = self.info(entity)
        if info.kind == "opaque":
            raise NotStatic(
                place, f"`{entity.qualname}(...)` is code that compiling never runs", help_="build the object in a task"
            )
        if info.kind == "typeddict":
            raise NotStatic(place, f"`{entity.qualname}(...)` is not read", help_="write the dict: `{...}`")
        method = next((name for name in _RUNS_CODE if _defines(info, name)), None)
        if method and info.kind != "enum":
            raise NotStatic(
                place, f"`{entity.qualname}` defines `{method}`, which compiling never runs", help_="build the object in a task"
            )
        return entity.qualified, info.kind, entity.qualname

    def _refuse_arguments(self, info: ClassInfo, args: list[StaticValue], place: Place) -> None:
        """Refuse arguments of a dataclass whose order or whose names are not those of its fields."""
        if info.kind != "dataclass":
            return
        pending = [info]
        while pending:
            current = pending.pop()
            pending.extend(current.bases)
            entity = current.entity
            form = constructor_form(entity.node, self._resolver, entity.module) if isinstance(entity, ClassEntity) else "plain"
            if form == "own":
                message = f"not every field of `{current.qualname}` is a parameter of its own constructor"
                raise NotStatic(place, message, help_="build the object in a task")
            if form == "keywords" and args:
                raise NotStatic(place, f"`{current.qualname}` has fields that are keyword-only", help_="name every argument")

    def _classify(self, entity: ClassEntity) -> ClassInfo:
        name = entity.qualified
        if name in self._classifying:
            return ClassInfo(entity, "opaque", frozenset({name}), complete=False)
        self._classifying.add(name)
        try:
            bases, names, symbols, complete = self._bases(entity)
        finally:
            self._classifying.discard(name)
        info = ClassInfo(entity, "opaque", frozenset({name, *names}), complete, bases)
        decorators = self._decorators(entity)
        if None in decorators:
            info.complete = False
            return info
        if not complete:
            return info
        if "enum" in symbols or any(base.kind == "enum" for base in bases):
            info.kind = "enum"
        elif "typing.NamedTuple" in symbols:
            info.kind = "namedtuple"
            info.ancestors |= {"tuple"}
        elif not decorators and ("typing.TypedDict" in symbols or any(base.kind == "typeddict" for base in bases)):
            if all(base.kind == "typeddict" for base in bases):
                info.kind = "typeddict"
                info.ancestors |= {"dict"}
        elif "dataclass" in decorators and all(base.kind == "dataclass" or not base.bases for base in bases):
            info.kind = "dataclass" if all(base.kind == "dataclass" for base in bases) else "opaque"
        return info

    def _bases(self, entity: ClassEntity) -> tuple[tuple[ClassInfo, ...], set[str], set[str], bool]:
        infos: list[ClassInfo] = []
        names: set[str] = set()
        symbols: set[str] = set()
        complete = not entity.node.keywords or all(keyword.arg != "metaclass" for keyword in entity.node.keywords)
        for base in entity.node.bases:
            found = self._resolver.expression(base, entity.module)
            if isinstance(found, ClassEntity):
                info = self.info(found)
                infos.append(info)
                names |= info.ancestors
                complete = complete and info.complete
            elif isinstance(found, External) and found.symbol in ("plain_base", "typing.Any"):
                continue
            elif isinstance(found, External) and found.symbol in _BASES:
                symbols.add(found.symbol)
                names.add(found.symbol)
                names |= _ENUM_MIXINS.get(found.qualified, set())
            else:
                complete = False
        return tuple(infos), names, symbols, complete

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

    def _define(self, info: ClassInfo) -> None:
        if info.name in self.definitions:
            return
        module = info.entity.module
        if isinstance(info.entity, Constant):
            return  # functional ones are defined when they are found
        node = info.entity.node
        self._spans.definitions[info.name, ""] = module.name_span(node)
        if info.kind == "enum":
            members = tuple(self._enum(info.entity).members)
            self.definitions[info.name] = ClassDef(kind="enum", module=module.name, qualname=info.qualname, members=members)
            return
        fields: dict[str, Field] = {}
        defaults: dict[str, StaticValue] = {}
        for base in info.bases:
            inherited = self._base_definition(base)
            fields.update({field.name: field for field in inherited.fields} if inherited else {})
            defaults.update(self.defaults.get(base.name, {}))
        for field_node in dataclass_fields(node, info.entity.qualname, self._resolver, module):
            field = self._field(field_node, module, defaults)
            if info.kind == "typeddict":
                field = msgspec.structs.replace(field, optional=self._is_optional_key(field_node.annotation, node, module))
            fields[field_node.name] = field
            self._spans.definitions[info.name, field_node.name] = module.span(field_node.node)
        self.defaults[info.name] = defaults
        kind: ClassKind = info.kind if info.kind in ("namedtuple", "typeddict") else "dataclass"
        self.definitions[info.name] = ClassDef(
            kind=kind, module=module.name, qualname=info.qualname, fields=tuple(fields.values())
        )

    def _is_optional_key(self, annotation: ast.expr, owner: ast.ClassDef, module: Module) -> bool:
        """Whether a key of a typed dict may be absent: ``NotRequired[...]``, else what ``total`` of its class says."""
        while isinstance(annotation, ast.Subscript):
            named = self._resolver.expression(annotation.value, module)
            symbol = named.symbol if isinstance(named, External) else ""
            if symbol in ("typing.Required", "typing.NotRequired"):
                return symbol == "typing.NotRequired"
            if symbol not in ("typing.ReadOnly", "typing.Annotated"):
                break
            inner = annotation.slice
            annotation = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
        total = next((keyword.value for keyword in owner.keywords if keyword.arg == "total"), None)
        return isinstance(total, ast.Constant) and total.value is False

    def _base_definition(self, base: ClassInfo) -> ClassDef | None:
        if base.name not in self.definitions:
            self._define(base)
        return self.definitions.get(base.name)

    def _field(self, node: FieldNode, module: Module, defaults: dict[str, StaticValue]) -> Field:
        """Read one field; ``defaults`` takes its default where it is known."""
        defaults.pop(node.name, None)  # an inherited field of this name is replaced
        declared = self._annotations.read(node.annotation, module)
        if node.default is None:
            return Field(name=node.name, type=declared, deferred=node.deferred)
        try:
            value = self._evaluator.evaluate(node.default, module)
        except NotStatic:
            return Field(name=node.name, type=declared, deferred=True)
        try:
            wire = self.encoder.encode(value, declared)
        except Mismatch as error:
            if not error.note:
                message = f"the default of `{node.name}` does not fit its annotation: {error.reason}"
                help_ = f"write `Optional[{spell(declared)}]`" if value is None else ""
                self._findings.add(codes.DEFAULT_MISMATCH, message, Place(module, node.default), help=help_)
            return Field(name=node.name, type=declared, deferred=True)
        defaults[node.name] = value
        return Field(name=node.name, type=declared, has_default=True, default=wire)

    def _functional_type(self, entity: Constant) -> Type | None:
        """Type of ``Out = NamedTuple("Out", ...)`` or ``Color = Enum("Color", ...)``, else ``None``."""
        if not isinstance(entity.value, ast.Call):
            return None
        name = f"{entity.module.name}.{entity.name}"
        if name in self._infos:
            return class_named(name)
        shape = functional_fields(entity.value, self._resolver.expression(entity.value.func, entity.module))
        if shape is None:
            return None
        ancestors = frozenset({name, "tuple"} if shape.kind == "namedtuple" else {name})
        self._infos[name] = ClassInfo(entity, shape.kind, ancestors, complete=True)
        self._spans.definitions[name, ""] = entity.module.span(entity.node)
        if shape.kind == "enum":
            members = tuple(field for field, _, _ in shape.fields)
            self.definitions[name] = ClassDef(kind="enum", module=entity.module.name, qualname=entity.name, members=members)
            self._enums[name] = EnumBody(dict.fromkeys(members), {})
        else:
            fields = self._shape_fields(shape, entity.module)
            self.definitions[name] = ClassDef(kind="namedtuple", module=entity.module.name, qualname=entity.name, fields=fields)
        return class_named(name)

    def _shape_fields(self, shape: FunctionalFields, module: Module) -> tuple[Field, ...]:
        fields = []
        for name, annotation, default in shape.fields:
            if annotation is None:
                fields.append(Field(name=name, type=UNKNOWN, deferred=default is not None))
            else:
                fields.append(self._field(FieldNode(name, annotation, annotation, default, deferred=False), module, {}))
        return tuple(fields)

    def _enum(self, entity: ClassEntity) -> EnumBody:
        found = self._enums.get(entity.qualified)
        if found is None:
            found = self._enums[entity.qualified] = enum_members(entity.node)
        return found

    def _member(self, entity: MemberEntity, place: Place) -> StaticValue:
        owner = entity.owner
        if self.info(owner).kind != "enum":
            raise NotStatic(
                place, f"`{owner.qualname}.{entity.name}` cannot be read statically", help_="write the value as a literal"
            )
        body = self._enum(owner)
        if entity.name not in body.members:
            from_names = ", ".join(body.members)
            raise NotStatic(
                place,
                f"`{owner.qualname}` has no member `{entity.name}`",
                help_=f"its members are {from_names}" if from_names else "",
            )
        return self._member_named(owner, body.canonical(entity.name))

    def _functional_member(self, entity: Constant, name: str) -> EnumValue | None:
        """A member of an enum made by a call, which numbers them; ``None`` when there is none."""
        found = self._functional_type(entity)
        body = self._enums.get(found.name) if found is not None else None
        if found is None or body is None or name not in body.members:
            return None
        return EnumValue(found.name, name, known=False, is_plain=True)

    def _member_named(self, owner: ClassEntity, name: str) -> EnumValue:
        node = self._enum(owner).members[name]
        info = self.info(owner)
        mixins = info.ancestors & _MIXINS
        is_plain = not mixins and not any(_defines(info, method) for method in ("__eq__", "__hash__", "__lt__"))
        if node is not None and not _defines(info, "__new__"):
            try:
                value = self._evaluator.evaluate(node, owner.module)
                plain = type(value).__name__
                if not mixins or plain in mixins:  # else the value is what the mixin makes of it
                    return EnumValue(owner.qualified, name, value, mixin=plain if mixins else "", is_plain=is_plain)
            except NotStatic:
                pass  # `auto()` and the like: the member is known, its value is not
        return EnumValue(owner.qualified, name, known=False, is_plain=is_plain)

    def _member_by_value(self, entity: ClassEntity | Constant, args: list[StaticValue], place: Place) -> StaticValue:
        if isinstance(entity, ClassEntity) and len(args) == 1:
            for name in self._enum(entity).members:
                member = self._member_named(entity, name)
                if member.known and type(member.value) is type(args[0]) and member.value == args[0]:
                    return member
        raise NotStatic(place, "no member of the enum has this value", help_="name the member: `Color.RED`")


def _defines(info: ClassInfo, method: str) -> bool:
    """Whether a class or one of its bases in the project defines a method."""
    own = isinstance(info.entity, ClassEntity) and has_method(info.entity.node, method)
    return own or any(_defines(base, method) for base in info.bases)
