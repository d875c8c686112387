"""The syntax of pydantic models: their fields, and what in a model only running it could tell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright_compiler.frontend.class_bodies import FieldNode, dataclass_fields, described_field
from dagwright_compiler.frontend.entities import Constant, External

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.entities import ClassEntity
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver

_CONFIG = "model_config"
_EARLY = frozenset({"before", "wrap", "plain"})
"""Modes of validators that take what a caller passes: they need not understand what they gave before."""
_VALIDATORS = frozenset({"field_validator", "model_validator", "validator", "root_validator"})
_EARLY_MARKS = frozenset({"BeforeValidator", "WrapValidator", "PlainValidator"})
_DEEPEST = 5
_BY_NAME = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")
"""Options, of several releases, that let a constructor take a field under its own name beside another."""


def model_fields(node: ast.ClassDef, qualname: str, resolver: Resolver, module: Module) -> Iterator[FieldNode]:
    """Fields of a model in order, with the defaults and other names that ``Field(...)`` gives."""
    for found in dataclass_fields(node, qualname, resolver, module):
        if found.name == _CONFIG:
            continue
        field = replace(found, default=None) if _is_ellipsis(found.default) else found
        for call in _descriptions(found, resolver, module):
            described = _described(field, call, resolver, module)
            # What is assigned counts, also where the annotation says something else about the default.
            is_assigned = call is found.default or field.default is None
            field = described if is_assigned else replace(field, alias=described.alias)
        yield field


def naming(node: ast.ClassDef) -> tuple[bool | None, bool | None]:
    """What a model's configuration says of the names that its constructor takes; ``None`` where it says nothing.

    Returns:
        Whether a field with another name is taken under its own, too, and whether other names are made of the fields' own.
    """
    options = dict(_options(node))
    by_name = [options[name] for name in _BY_NAME if name in options]
    says_by_name = any(isinstance(value, ast.Constant) and value.value is True for value in by_name) if by_name else None
    generator = options.get("alias_generator")
    makes = None if generator is None else not (isinstance(generator, ast.Constant) and generator.value is None)
    return says_by_name, makes


def _options(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """The options of a model: of ``model_config``, of ``class Config``, and beside its bases."""
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                    yield inner.targets[0].id, inner.value
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            continue
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        if not (isinstance(target, ast.Name) and target.id == _CONFIG):
            continue
        value = statement.value
        if isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            yield from ((key.value, item) for key, item in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str))
        elif isinstance(value, ast.Call):
            yield from ((keyword.arg, keyword.value) for keyword in value.keywords if keyword.arg)
    yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)


def is_readable_model(entity: ClassEntity, resolver: Resolver) -> bool:
    """Whether a model's fields are its value, and the model takes its own fields back as they are."""
    node, module = entity.node, entity.module
    if not all(_is_harmless(keyword.arg or "", keyword.value) for keyword in node.keywords):
        return False
    return all(_is_readable(statement, resolver, module) for statement in node.body)


def _is_readable(statement: ast.stmt, resolver: Resolver, module: Module) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return statement.name not in ("__init__", "__new__") and not any(map(_is_early, statement.decorator_list))
    if isinstance(statement, ast.ClassDef):
        return statement.name != "Config" or all(
            _is_harmless(target.id, inner.value)
            for inner in statement.body
            if isinstance(inner, ast.Assign)
            for target in inner.targets
            if isinstance(target, ast.Name)
        )
    if isinstance(statement, ast.Assign):
        names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
        return all(_is_binding_readable(name, statement.value, None, resolver, module) for name in names)
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return _is_binding_readable(statement.target.id, statement.value, statement.annotation, resolver, module)
    return isinstance(statement, ast.Expr | ast.Pass)


def _is_binding_readable(
    name: str, value: ast.expr | None, annotation: ast.expr | None, resolver: Resolver, module: Module
) -> bool:
    if name == _CONFIG:
        return value is None or _is_config_harmless(value)
    if annotation is not None and _is_early_annotation(annotation, resolver, module, 0):
        return False
    return not name.startswith("_") or name.startswith("__") or _is_class_variable(annotation, resolver, module)


def _is_class_variable(annotation: ast.expr | None, resolver: Resolver, module: Module) -> bool:
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    named = resolver.expression(outer, module) if outer is not None else None
    return isinstance(named, External) and named.symbol == "typing.ClassVar"


def _is_config_harmless(value: ast.expr) -> bool:
    """Whether a configuration is written out, and leaves the values of the fields what they are declared to be."""
    if isinstance(value, ast.Call) and not value.args:
        return all(_is_harmless(keyword.arg or "", keyword.value) for keyword in value.keywords)
    if not isinstance(value, ast.Dict):
        return False
    keys = [key.value if isinstance(key, ast.Constant) else None for key in value.keys]
    return all(isinstance(key, str) and _is_harmless(key, item) for key, item in zip(keys, value.values, strict=True))


def _is_harmless(option: str, value: ast.expr) -> bool:
    given = value.value if isinstance(value, ast.Constant) else value.attr if isinstance(value, ast.Attribute) else ...
    if option == "extra":
        return given in ("ignore", "forbid")
    return given is False if option == "use_enum_values" else bool(option)


def _is_early(decorator: ast.expr) -> bool:
    """Whether a validator sees what a caller passes, not what the field holds."""
    callee = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = callee.attr if isinstance(callee, ast.Attribute) else callee.id if isinstance(callee, ast.Name) else ""
    if name not in _VALIDATORS or not isinstance(decorator, ast.Call):
        return False
    said = {keyword.arg: keyword.value.value for keyword in decorator.keywords if isinstance(keyword.value, ast.Constant)}
    return said.get("mode") in _EARLY or said.get("pre") is True


def _is_early_annotation(node: ast.expr, resolver: Resolver, module: Module, depth: int) -> bool:
    """Whether an annotation, or an alias in it, holds ``BeforeValidator(...)`` or the like."""
    for part in ast.walk(node):
        found = resolver.expression(part, module) if isinstance(part, ast.Name | ast.Attribute) else None
        match found:
            case External(qualified=qualified) if qualified.rpartition(".")[2] in _EARLY_MARKS:
                return True
            case Constant() if depth < _DEEPEST and _is_early_annotation(found.value, resolver, found.module, depth + 1):
                return True
            case _:
                pass
    return False


def _descriptions(field: FieldNode, resolver: Resolver, module: Module) -> list[ast.Call]:
    """Calls of ``Field`` that describe a field: those in ``Annotated[...]``, then the one that is assigned."""
    annotation, found = field.annotation, []
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        outer = resolver.expression(annotation.value, module)
        if isinstance(outer, External) and outer.symbol == "typing.Annotated":
            found += annotation.slice.elts[1:]
    found += [field.default] if field.default is not None else []
    return [call for call in found if isinstance(call, ast.Call) and _is_description(call, resolver, module)]


def _is_description(call: ast.Call, resolver: Resolver, module: Module) -> bool:
    callee = resolver.expression(call.func, module)
    return isinstance(callee, External) and callee.symbol == "pydantic.Field"


def _described(field: FieldNode, call: ast.Call, resolver: Resolver, module: Module) -> FieldNode:
    plain = replace(field, default=None) if field.default is call else field
    said = {keyword.arg: keyword.value for keyword in call.keywords}
    if call.args:
        found = replace(plain, default=None if _is_ellipsis(call.args[0]) else call.args[0], deferred=False)
    elif said.keys() & {"default", "default_factory"}:
        found = described_field(plain, call, resolver, module)
        found = replace(found, default=None) if _is_ellipsis(found.default) else found
    else:
        found = plain
    alias = said.get("validation_alias", said.get("alias"))
    if alias is None:
        return found
    text = alias.value if isinstance(alias, ast.Constant) else None
    return replace(found, alias=text if isinstance(text, str) else None)


def _is_ellipsis(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis
