"""Instances of classes that a workflow body builds with results in them: ``Config(path=p, n=count(xs))``.

Arguments are bound to fields and held to their types where they stand. A class that runs code when an instance is made, or that has defaults
which only it knows, makes the instance in the attempt; of any other the fields are all there is to it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.types import class_named
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend import edge_advice
from dagwright_compiler.frontend.calls import call_it, refuse_result
from dagwright_compiler.frontend.changes import lend
from dagwright_compiler.frontend.class_kinds import defines
from dagwright_compiler.frontend.constructors import (
    fields_by_parameter,
    hidden_field,
    hidden_names,
    missing_field,
    refusal,
    repeated_field,
    too_many,
    unknown_field,
)
from dagwright_compiler.frontend.entities import ClassEntity
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.groups import Misfit, bind, describe_group
from dagwright_compiler.frontend.origins import source_places
from dagwright_compiler.frontend.promises import Broken, Group, Promise, Record, Result, Static, Value, describe_source, opened
from dagwright_compiler.frontend.typing_rules import spell

if TYPE_CHECKING:
    from dagwright_compiler.frontend.class_kinds import ClassInfo
    from dagwright_compiler.frontend.constructors import Mistake
    from dagwright_compiler.frontend.entities import Constant
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.origins import Label
    from dagwright_compiler.frontend.promises import Argument
    from dagwright_compiler.ir.program import ClassDef, Field

    Arguments = tuple[list[Argument], list[tuple[ast.keyword, Value]]]

_OWN_CALL = ("__init__", "__new__")
"""With one of these, the parameters are not the fields."""
RUNS_CODE = "__post_init__"
"""With this one, only the class knows what becomes of the fields."""


def build(
    frame: Frame,
    entity: ClassEntity | Constant,
    definition: ClassDef,
    node: ast.Call,
    arguments: Arguments,
) -> Record | Broken:
    """The instance that a call of a class makes; what is wrong with the call is a finding."""
    values, named = arguments
    before = frame.services.findings.errors
    info = frame.services.classes.known(f"{definition.module}.{definition.qualname}")
    if _refuse_class(frame, info, entity, node, by_position=bool(values)):
        return Broken()
    given = _given(frame, info, definition, values, named)
    for name, (value, at) in given.items():
        field = next(field for field in definition.fields if field.name == name)
        _check(frame, definition, field, value, at)
    missing = [field.name for field in definition.fields if field.name not in given and not _may_be_absent(field)]
    if missing and frame.services.findings.errors == before:
        mistake = missing_field(definition.qualname, missing[0])
        frame.report(mistake.code, mistake.message, node.func, help_=mistake.help, related=(_declaration(entity),))
    if frame.services.findings.errors != before:
        return Broken()
    return _record(frame, info, definition, {name: value for name, (value, _) in given.items()})


def _record(frame: Frame, info: ClassInfo, definition: ClassDef, given: dict[str, Value]) -> Record:
    """Put what is given in the order of the fields, beside the defaults where the source tells them."""
    constructs = definition.kind == "pydantic" or defines(info, RUNS_CODE)
    defaults = frame.services.classes.defaults.get(info.name, {})
    fields: dict[str, Value] = {}
    for field in definition.fields:
        if field.name in given:
            fields[field.name] = given[field.name]
        elif field.name in defaults and not constructs:
            fields[field.name] = Static(defaults[field.name])
            lend(frame, fields[field.name], f"an instance of `{definition.qualname}`")
        elif not field.optional:
            constructs = True
    if constructs:
        fields = {field: value for field, value in fields.items() if field in given}
    return Record(class_named(info.name), definition, fields, constructs)


def _refuse_class(frame: Frame, info: ClassInfo, entity: ClassEntity | Constant, node: ast.Call, *, by_position: bool) -> bool:
    """Report a class whose parameters are not its fields, or not in their order."""
    method = next((name for name in _OWN_CALL if defines(info, name)), "")
    if method and info.kind != "namedtuple":
        message = f"`{info.qualname}` defines `{method}`, so a workflow cannot tell what becomes of its arguments"
        found: tuple[str, str] | None = (message, f"build `{info.qualname}` in a task")
    else:
        aliases = frame.services.classes.aliases.get(info.name, {})
        found = refusal(info, frame.services.resolver, aliases, by_position=by_position)
    if found is not None:
        frame.report(codes.UNSUPPORTED_EXPRESSION, found[0], node, help_=found[1], related=(_declaration(entity),))
    return found is not None


def _given(
    frame: Frame, info: ClassInfo, definition: ClassDef, values: list[Argument], named: list[tuple[ast.keyword, Value]]
) -> dict[str, Argument]:
    """Arguments by field; wrong, repeated and unknown ones are findings."""
    names = [field.name for field in definition.fields]
    given: dict[str, Argument] = dict(zip(names, values, strict=False))
    classes = frame.services.classes
    aliases = classes.aliases.get(info.name, {})
    fields, hidden = fields_by_parameter(aliases), hidden_names(aliases, by_name=info.name in classes.by_name)
    parameters = [name for name in names if name not in fields.values()] + [*fields]
    if len(values) > len(names):
        _refuse(frame, too_many(definition.qualname, names, len(values)), values[len(names)][1])
    for keyword, value in named:
        name = fields.get(keyword.arg or "", keyword.arg)
        if name is None:
            message = "`**` in a call is not known while compiling"
            frame.report(codes.UNSUPPORTED_EXPRESSION, message, keyword.value, help_="write the fields out")
        elif keyword.arg in hidden and keyword.arg not in fields:
            _refuse(frame, hidden_field(definition.qualname, name, hidden[name]), keyword)
        elif name in given:
            _refuse(frame, repeated_field(definition.qualname, name), keyword)
        elif name not in names:
            passed = {other.arg for other, _ in named}
            free = [other for other in parameters if other not in given and other not in passed]
            _refuse(frame, unknown_field(definition.qualname, name, free, parameters), keyword)
        else:
            given[name] = (value, keyword.value)
    return given


def _refuse(frame: Frame, mistake: Mistake, node: ast.AST) -> None:
    frame.report(mistake.code, mistake.message, node, help_=mistake.help)


def _check(frame: Frame, definition: ClassDef, field: Field, value: Value, at: ast.expr) -> None:
    """Hold a value to the type of its field, where it stands."""
    misfit = bind(frame, value, field.type, at)
    if not isinstance(misfit, Misfit):
        return
    wrong = misfit.value
    takes = f"`{definition.qualname}.{field.name}` takes `{spell(field.type)}`"
    place = misfit.at if isinstance(misfit.at, ast.expr) else at
    related: tuple[Label, ...] = ()
    code, help_ = codes.EDGE_MISMATCH, misfit.help
    if isinstance(wrong, Result):
        refuse_result(frame, wrong, place)
        return
    if isinstance(wrong, Promise):
        message = f"{describe_source(wrong)} is `{spell(wrong.type)}`, but {takes}"
        related = tuple(source_places(frame, wrong))
        help_ = edge_advice.of_argument(wrong, misfit.expected, place)
    elif isinstance(wrong, Group | Record):
        message = f"this is {describe_group(wrong)}, but {takes}"
        help_ = edge_advice.of_group(frame, wrong, misfit.expected, place)
    elif misfit.reason:
        code, message = (
            codes.CONSTANT_MISMATCH,
            f"`{definition.qualname}.{field.name}` does not take this constant: {misfit.reason}",
        )
    else:
        message = f"{describe_source(wrong)} cannot be passed to `{definition.qualname}.{field.name}`"
        help_ = call_it(wrong)
    frame.report(code, message, place, label=f"expected `{spell(misfit.expected)}`", related=related, help_=help_)


def _may_be_absent(field: Field) -> bool:
    return field.has_default or field.deferred or field.optional


def _declaration(entity: ClassEntity | Constant) -> tuple[Place, str]:
    name = entity.qualname if isinstance(entity, ClassEntity) else entity.name
    return Place(entity.module, entity.node), f"`{name}` is defined here"


def read_field(frame: Frame, owner: Record, name: str, node: ast.expr) -> Value:
    """``x.name`` of an instance that the body built; one that its class makes is known to a run alone."""
    names = [field.name for field in owner.definition.fields]
    what = owner.definition.qualname
    if name not in names:
        help_ = did_you_mean(name, names) or listed("field", names)
        return frame.report(codes.UNKNOWN_PART, f"`{what}` has no field `{name}`", node, help_=help_)
    if owner.constructs:
        message = f"`{what}` runs code of its own when it is made, so only a run knows its `{name}`"
        return frame.report(codes.PROMISE_OPERATION, message, node, help_="read it in the task that needs it")
    if name not in owner.fields:
        return frame.report(codes.UNKNOWN_PART, f"this `{what}` is built without `{name}`", node)
    return opened(owner.fields[name])
