"""Classes of the project as types: those that say what their fields are, or their members; every other class is opaque by its name.

Dataclasses, named tuples, typed dicts, enums and pydantic models are read. A generic class is read once for each list of type arguments, with these in the place of its parameters: ``Box[int]`` is a class of its own.
"""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract import failures
from dagwright.contract.types import STR, UNKNOWN, Type, class_named, opaque, origin_of, union_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.class_bodies import (
    FieldNode,
    FunctionalFields,
    dataclass_fields,
    functional_fields,
)
from dagwright_compiler.frontend.class_kinds import Base, ClassInfo, ClassKinds
from dagwright_compiler.frontend.class_refusals import hidden_name, refusals, repeated_members
from dagwright_compiler.frontend.class_values import ClassValues
from dagwright_compiler.frontend.entities import ClassEntity, Constant, External
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.pydantic_models import model_fields, naming
from dagwright_compiler.frontend.unfit_defaults import instead_of_default
from dagwright_compiler.frontend.wire_values import Mismatch, WireEncoder, type_of
from dagwright_compiler.ir.program import ClassDef, Field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.annotations import Annotations
    from dagwright_compiler.frontend.class_refusals import Refusal
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.ir.spans import SpanTable
    from dagwright_compiler.source import Span

_MOST_GENERATIONS = 8
"""``class A(Generic[T]): inner: A[list[T]]`` has no last one: from here on the arguments may be anything."""


_FAILURE = ClassDef(
    kind="dataclass",
    module=failures.MODULE,
    qualname=failures.CLASS,
    fields=(Field(name="message", type=STR), Field(name="failed_node_id", type=STR)),
)
"""What a handler of failures is told; no source of the user's defines it."""


class Classes:
    """Reads the fields of classes when somebody asks for them."""

    def __init__(
        self, resolver: Resolver, annotations: Annotations, evaluator: Evaluator, findings: Findings, spans: SpanTable
    ) -> None:
        self._resolver = resolver
        self._annotations = annotations
        self._evaluator = evaluator
        self._findings = findings
        self._spans = spans
        self._kinds = ClassKinds(resolver)
        self._infos: dict[str, ClassInfo] = {}
        self._pending: deque[ClassInfo] = deque()
        self._generation = 0
        self.definitions: dict[str, ClassDef] = {}
        """Every class read so far, in the order of first use."""
        self.defaults: dict[str, dict[str, StaticValue]] = {}
        """Defaults of their fields that are known, as values."""
        self.aliases: dict[str, dict[str, str | None]] = {}
        """Other names under which constructors of models take fields, by the fields' own; ``None`` where one cannot be read."""
        self.by_name: set[str] = set()
        """Models that take a field with another name under its own, too."""
        self._generating: set[str] = set()
        self._refused: set[ast.AST] = set()
        self.hashing: set[str] = set()
        """Classes with ``HashMethod`` in the annotation of a field."""
        self.encoder = WireEncoder(self.definition)
        self._values = ClassValues(self, resolver, evaluator)
        annotations.class_type = self.class_type
        annotations.failure_met = lambda: self.definitions.update({failures.FAILURE: _FAILURE})
        annotations.parameters = self.parameters
        annotations.functional = self.functional_type

    def class_type(self, entity: ClassEntity, arguments: tuple[Type, ...] = ()) -> Type:
        """The type that a class of the project stands for, with type arguments where it takes any."""
        info = self.info(entity)
        if info.kind == "opaque":
            return opaque(info.name)
        return class_named(self._instance(info, arguments).name)

    def parameters(self, entity: ClassEntity) -> int:
        """How many type arguments a class takes."""
        return len(self.info(entity).parameters)

    def definition(self, name: str) -> ClassDef | None:
        """Definition of a class by qualified name; ``None`` for opaque classes and for one that is just being read."""
        while self._pending:
            self._define(self._pending.popleft())
        return self.definitions.get(name)

    def types_of_fields(self, name: str) -> dict[str, Type] | None:
        """Fields of a class by name, with their types; ``None`` where they are not known."""
        found = self.definition(name)
        return {field.name: field.type for field in found.fields} if found is not None else None

    def place_of_field(self, name: str, field: str) -> Span | None:
        """Where a class, or one of its bases, declares a field; ``None`` where the source does not say."""
        info = self._infos.get(name)
        owners = (name, *(info.ancestors if info is not None else ()))
        return next((span for owner in owners if (span := self._spans.definitions.get((owner, field))) is not None), None)

    def types_of_needed_fields(self, name: str) -> dict[str, Type] | None:
        """The same without the keys of a typed dict that may be absent."""
        found = self.definition(name)
        return {field.name: field.type for field in found.fields if not field.optional} if found is not None else None

    def ancestors(self, name: str) -> tuple[frozenset[str], bool] | None:
        """Names of a project class and its bases, and whether all of them are known; ``None`` for other classes."""
        info = self._infos.get(origin_of(name))
        return (info.ancestors, info.complete) if info else None

    def info(self, entity: ClassEntity) -> ClassInfo:
        """What is known of a class of the project."""
        found = self._infos.get(entity.qualified)
        if found is None:
            found = self._kinds.of(entity)
            if entity.qualified not in self._infos:
                self._note(found)
        return found

    def known(self, name: str) -> ClassInfo:
        """What is known of a class that was met before, by its qualified name."""
        return self._infos[name]

    def _instance(self, info: ClassInfo, arguments: tuple[Type, ...]) -> ClassInfo:
        """The class with type arguments; those that are missing may be anything."""
        given = (*arguments, *(UNKNOWN for _ in info.parameters))[: len(info.parameters)]
        if all(argument.kind == "unknown" for argument in given) or self._generation >= _MOST_GENERATIONS:
            return info
        made = msgspec.structs.replace(info, arguments=given, generation=self._generation + 1)
        if made.name not in self._infos:
            self._note(made)
        return self._infos[made.name]

    def _note(self, info: ClassInfo) -> None:
        self._infos[info.name] = info
        if info.kind != "opaque":
            self._pending.append(info)

    def named_tuple(self, entity: Entity | None) -> ClassDef | None:
        """Definition of a named tuple that an annotation or a call names, or ``None``."""
        if isinstance(entity, ClassEntity) and self.info(entity).kind == "namedtuple":
            return self.definition(entity.qualified)
        if isinstance(entity, Constant):
            found = self.functional_type(entity)
            definition = self.definition(found.name) if found is not None else None
            return definition if definition is not None and definition.kind == "namedtuple" else None
        return None

    def inline_named_tuple(self, node: ast.expr, module: Module) -> tuple[Field, ...] | None:
        """Fields of ``NamedTuple("Out", a=int)`` written as an annotation, or ``None``."""
        if not isinstance(node, ast.Call):
            return None
        shape = functional_fields(node, self._resolver.expression(node.func, module))
        return self._shape_fields(shape, module) if shape is not None and shape.kind == "namedtuple" else None

    def _define(self, info: ClassInfo) -> None:
        if info.name in self.definitions or isinstance(info.entity, Constant):
            return  # functional ones are defined when they are found
        module = info.entity.module
        self._spans.definitions[info.name, ""] = module.name_span(info.entity.node)
        if info.kind == "enum":
            self._refuse(repeated_members(info.entity.node), module)
            members = tuple(self._values.enum(info.entity).members)
            values = self._values.plain_values(info.entity)
            self.definitions[info.name] = ClassDef(
                kind="enum", module=module.name, qualname=info.qualname, members=members, values=values
            )
            return
        outer, self._generation = self._generation, info.generation
        hashes = self._annotations.hashes
        try:
            arguments = info.arguments or (UNKNOWN,) * len(info.parameters)
            with self._annotations.scope(dict(zip(info.parameters, arguments, strict=True))):
                fields, defaults = self._fields(info, info.entity)
        finally:
            self._generation = outer
        self.hashing.update([info.name] if self._annotations.hashes != hashes else ())
        self.defaults[info.name] = defaults
        assert info.kind != "opaque"
        self.definitions[info.name] = ClassDef(kind=info.kind, module=module.name, qualname=info.qualname, fields=fields)

    def _fields(self, info: ClassInfo, entity: ClassEntity) -> tuple[tuple[Field, ...], dict[str, StaticValue]]:
        """The fields of a class and its bases in order, and the defaults that are known."""
        fields: dict[str, Field] = {}
        defaults: dict[str, StaticValue] = {}
        aliases: dict[str, str | None] = {}
        for base in info.bases:
            if base.info.kind == "opaque":  # it adds methods alone
                continue
            inherited, name = self._base(base, entity.module)
            fields.update({field.name: field for field in inherited.fields} if inherited else {})
            defaults.update(self.defaults.get(name, {}))
            aliases.update(self.aliases.get(name, {}))
            self.by_name.update([info.name] if name in self.by_name else ())
            self._generating.update([info.name] if name in self._generating else ())
        of_kind = model_fields if info.kind == "pydantic" else dataclass_fields
        if info.kind == "pydantic":
            self._note_naming(info.name, entity.node)
        nodes = tuple(of_kind(entity.node, entity.qualname, self._resolver, entity.module))
        refused = tuple(refusals(info, entity, fields, nodes, self._resolver))
        self._refuse(refused, entity.module)
        for node in nodes:
            fields[node.name] = self._own_field(info, node, entity, defaults)
            generates = info.name in self._generating and info.name not in self.by_name
            aliases[node.name] = None if node.alias == "" and generates else node.alias
            self._spans.definitions[info.name, node.name] = entity.module.span(node.node)
        self.aliases[info.name] = aliases
        for late in (refusal.late for refusal in refused if refusal.late):
            fields[late] = msgspec.structs.replace(fields[late], deferred=True)
        return tuple(fields.values()), defaults

    def _refuse(self, found: Iterable[Refusal | None], module: Module) -> None:
        """Report why a class cannot be made, once for all instances of a generic one."""
        for refusal in found:
            if refusal is not None and refusal.node not in self._refused:
                self._refused.add(refusal.node)
                self._findings.add(codes.IMPOSSIBLE_CLASS, refusal.message, Place(module, refusal.node), help=refusal.help)

    def _note_naming(self, name: str, node: ast.ClassDef) -> None:
        """Note under which names the constructor of a model takes its fields."""
        for known, said in zip((self.by_name, self._generating), naming(node), strict=True):
            if said is not None:
                (known.add if said else known.discard)(name)

    def _own_field(self, info: ClassInfo, node: FieldNode, entity: ClassEntity, defaults: dict[str, StaticValue]) -> Field:
        if info.kind == "pydantic":
            return self._model_field(node, entity.module, defaults)
        field = self._field(node, entity.module, defaults)
        if info.kind == "typeddict":
            total = next((keyword.value for keyword in entity.node.keywords if keyword.arg == "total"), None)
            field = msgspec.structs.replace(field, optional=self._is_optional_key(node.annotation, total, entity.module))
        return field

    def _base(self, base: Base, module: Module) -> tuple[ClassDef | None, str]:
        """Definition and name of a base, with the type arguments that the class gives it."""
        arguments = tuple(self._annotations.read(node, module) for node in base.arguments) if base.info.parameters else ()
        if base.info.name not in self._infos:
            self._note(base.info)
        info = self._instance(base.info, arguments)
        self._define(info)
        return self.definitions.get(info.name), info.name

    def _is_optional_key(self, annotation: ast.expr, total: ast.expr | None, module: Module) -> bool:
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
        return isinstance(total, ast.Constant) and total.value is False

    def _field(self, node: FieldNode, module: Module, defaults: dict[str, StaticValue]) -> Field:
        """Read one field; ``defaults`` takes its default where it is known."""
        declared = self._annotations.read(node.annotation, module)
        try:
            return self._field_of_type(node, declared, module, defaults)
        except Mismatch as error:
            if not error.note:
                message = f"the default of `{node.name}` does not fit its annotation: {error.reason}"
                help_ = error.help or ("" if error.path else instead_of_default(node.name, declared, error.value))
                self._findings.add(codes.DEFAULT_MISMATCH, message, Place(module, node.default or node.node), help=help_)
            return Field(name=node.name, type=declared, deferred=True)

    def _model_field(self, node: FieldNode, module: Module, defaults: dict[str, StaticValue]) -> Field:
        """Read a field of a model, which may hold what nobody can read, and a default that nobody validated (``x: str = None``)."""
        with self._annotations.scope({}, lenient=True):
            declared = self._annotations.read(node.annotation, module)
        try:
            return self._field_of_type(node, declared, module, defaults)
        except Mismatch as error:
            widened = union_of([declared, type_of(error.value)]) if error.value is None and not error.path else UNKNOWN
        try:
            return self._field_of_type(node, widened, module, defaults)
        except Mismatch:
            return Field(name=node.name, type=widened, deferred=True)

    def _field_of_type(self, node: FieldNode, declared: Type, module: Module, defaults: dict[str, StaticValue]) -> Field:
        defaults.pop(node.name, None)  # an inherited field of this name is replaced
        if node.default is None:
            return Field(name=node.name, type=declared, deferred=node.deferred)
        try:
            value = self._evaluator.evaluate(node.default, module)
        except NotStatic:
            return Field(name=node.name, type=declared, deferred=True)
        wire = self.encoder.encode(value, declared)
        defaults[node.name] = value
        return Field(name=node.name, type=declared, has_default=True, default=wire)

    def functional_type(self, entity: Constant) -> Type | None:
        """Type of ``Out = NamedTuple("Out", ...)``, ``TypedDict("Row", ...)`` or ``Color = Enum("Color", ...)``, else ``None``."""
        if not isinstance(entity.value, ast.Call):
            return None
        name = f"{entity.module.name}.{entity.name}"
        if name in self._infos:
            return class_named(name)
        shape = functional_fields(entity.value, self._resolver.expression(entity.value.func, entity.module))
        if shape is None:
            return None
        builtin = {"namedtuple": {"tuple"}, "typeddict": {"dict"}}.get(shape.kind, set())
        self._infos[name] = ClassInfo(entity, shape.kind, frozenset({name, *builtin}), complete=True)
        self._spans.definitions[name, ""] = entity.module.span(entity.node)
        if shape.kind == "enum":
            members = tuple(field for field, _, _ in shape.fields)
            self.definitions[name] = ClassDef(kind="enum", module=entity.module.name, qualname=entity.name, members=members)
            self._values.note_enum(name, members)
        else:
            hashes = self._annotations.hashes
            with self._annotations.scope({}):
                fields = self._shape_fields(shape, entity.module)
            typed = [(name, node) for name, node, _ in shape.fields if node is not None and shape.kind == "namedtuple"]
            self._refuse((hidden_name(name, node) for name, node in typed), entity.module)
            self.hashing.update([name] if self._annotations.hashes != hashes else ())
            self.definitions[name] = ClassDef(kind=shape.kind, module=entity.module.name, qualname=entity.name, fields=fields)
        return class_named(name)

    def _shape_fields(self, shape: FunctionalFields, module: Module) -> tuple[Field, ...]:
        fields = []
        for name, annotation, default in shape.fields:
            if annotation is None:
                fields.append(Field(name=name, type=UNKNOWN, deferred=default is not None))
                continue
            field = self._field(FieldNode(name, annotation, annotation, default, deferred=False), module, {})
            if shape.kind == "typeddict":
                field = msgspec.structs.replace(field, optional=self._is_optional_key(annotation, shape.total, module))
            fields.append(field)
        return tuple(fields)
