"""Inputs of a workflow as parameters of its WorkflowTemplate: JSON text, with the choices where there are few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.contract.jsontext import loads
from dagwright.contract.types import is_bare_text
from dagwright_argo.expansion import json_text, unexpanded
from dagwright_argo.model import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.contract.types import Type
    from dagwright_compiler.ir.program import ClassDef, Field, Program

RUN_PARAMETER = "dagwright-run"
RUN_REFERENCE = f"{{{{=workflow.parameters['{RUN_PARAMETER}'] == '' ? workflow.uid : workflow.parameters['{RUN_PARAMETER}']}}}}"
"""The run's key: the parameter, else the uid of the workflow (which ``argo retry`` keeps)."""


_BARE = {"str": " or bare text", "file": " or the bare URL", "directory": " or the bare URL", "table": " or the bare URL"}
"""What else than JSON an input of a kind may be."""


def store_parameter(program: Program) -> str:
    """Name of the parameter that takes the store's URL: ``store``, unless an input of the workflow has that name."""
    taken = any(field.name == "store" for field in program.workflow.inputs)
    return "dagwright-store" if taken else "store"


def workflow_parameters(program: Program, *, with_store: bool) -> tuple[Parameter, ...]:
    """Inputs in declared order, then dagwright's own."""
    inputs = [_parameter(field, program.classes) for field in program.workflow.inputs]
    if with_store:
        description = "where results are kept, for instance s3://bucket/prefix"
        inputs.append(Parameter(name=store_parameter(program), description=description))
    description = "key of the run whose finished nodes are reused; empty for a new run"
    return (*inputs, Parameter(name=RUN_PARAMETER, value="", description=description))


def _parameter(field: Field, classes: Mapping[str, ClassDef]) -> Parameter:
    choices = _choices(field.type, classes)
    bare = _BARE.get(field.type.kind, "")
    return Parameter(
        name=field.name,
        value=json_text(field.default) if field.has_default else None,
        description=f"{spelling(field.type)}, as JSON{bare}",
        enum=tuple(json_text(choice) for choice in choices) if choices else None,
    )


def parameter_text(declared: Type, text: str) -> str:
    """Write what a person gave for an input as a parameter: JSON, in which nothing stands that Argo would expand.

    Raises:
        ValueError: The text holds half a character (a lone surrogate), which no parameter can hold.
    """
    try:
        data = loads(text)
    except ValueError:
        data = text
    try:
        return json_text(text if is_bare_text(declared, data) else data)
    except UnicodeEncodeError:
        raise
    except ValueError:  # NaN or an infinity, which the runtime reads and JSON has no word for
        return unexpanded(text)


def fits(value: object, declared: Type, classes: Mapping[str, ClassDef]) -> bool:
    """Whether a value of a settings file can be one of the type, as far as its form tells: an attempt checks the rest."""
    match declared.kind:
        case "bool" | "int" | "str" | "none":
            return type(value) is {"bool": bool, "int": int, "str": str, "none": type(None)}[declared.kind]
        case "float":
            return type(value) in (int, float)
        case "list" | "set" | "frozenset" | "vartuple":
            return isinstance(value, list) and all(fits(item, declared.args[0], classes) for item in value)
        case "tuple":
            pairs = zip(value, declared.args, strict=False) if isinstance(value, list) else ()
            return isinstance(value, list) and len(value) == len(declared.args) and all(fits(*pair, classes) for pair in pairs)
        case "dict":
            return isinstance(value, dict) and all(fits(item, declared.args[1], classes) for item in value.values())
        case "union":
            return any(fits(value, arg, classes) for arg in declared.args)
        case "datetime" | "date" | "time" | "timedelta" | "file" | "directory":
            return isinstance(value, str)
        case "class" if declared.name in classes:
            return value in classes[declared.name].members if classes[declared.name].kind == "enum" else isinstance(value, dict)
        case _:
            return True


def _choices(declared: Type, classes: Mapping[str, ClassDef]) -> tuple[str | bool | None, ...]:
    """Wire forms of all values, for types that have a handful."""
    if declared.kind == "bool":
        return (True, False)
    if declared.kind == "none":
        return (None,)
    if declared.kind == "class" and declared.name in classes:
        return classes[declared.name].members if classes[declared.name].kind == "enum" else ()
    if declared.kind == "union" and len(declared.args) == 2 and declared.args[1].kind == "none":
        inner = _choices(declared.args[0], classes)
        return (*inner, None) if inner else ()
    return ()


def spelling(declared: Type) -> str:
    """A type as a user writes it: ``list[pkg.Point] | None``."""
    match declared.kind:
        case "none":
            return "None"
        case "unknown":
            return "Any"
        case "class" | "opaque":
            return declared.name
        case "table":
            return declared.name or "StructuredDataset"
        case "file" | "directory":
            return declared.text
        case "union":
            return " | ".join(spelling(arg) for arg in declared.args)
        case _ if declared.args:
            return f"{declared.kind}[{', '.join(spelling(arg) for arg in declared.args)}]"
        case _:
            return declared.kind
