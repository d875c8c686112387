"""Where the values of a workflow come from, as labels of a message: the call or the input, and what declares its type."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.types import origin_of
from dagwright_compiler.frontend.entities import ClassEntity
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.promises import output_part
from dagwright_compiler.frontend.typing_rules import spell

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Callee, Promise
    from dagwright_compiler.source import Span

    Label = tuple[Place | Span | None, str]


def source_places(frame: Frame, value: Promise) -> list[Label]:
    """Where a promise comes from: the call and what it declares, or the workflow's input; of a part, what declares that."""
    field = _field(frame, value)
    if value.call is None:
        argument = next((arg for arg in all_arguments(frame.workflow) if arg.arg == value.name), None)
        if argument is None:
            return []
        text = f"`{value.name}` is declared here"
        return [(Place(frame.workflow.module, argument), text if value.path else f"{text}, as `{spell(value.type)}`"), *field]
    callee, part = value.call.callee, output_part(value) + value.part
    text = f"`{part}` of this is `{spell(value.type)}`" if part else f"this is `{spell(value.type)}`"
    declared = field or _declared(frame, callee, value)
    return [(Place(value.call.module or frame.module, value.call.node), text), *declared]


def all_arguments(callee: Callee) -> list[ast.arg]:
    """Parameters of a function, in their order."""
    arguments = callee.node.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _declared(frame: Frame, callee: Callee, value: Promise) -> list[Label]:
    """What declares an output: the annotation of the result, or the part of it that stands for this one."""
    returns = callee.node.returns
    if returns is None:
        return []
    if callee.interface.returns == "namedtuple" and not value.path:
        classes = frame.services.classes
        entity = frame.services.resolver.expression(returns, callee.module)
        definition = classes.named_tuple(entity) if isinstance(entity, ClassEntity) else None
        name = f"{definition.module}.{definition.qualname}" if definition is not None else ""
        field = classes.place_of_field(name, value.name) if name else None
        if field is not None:
            return [(field, f"`{value.name}` is declared here")]
    at: ast.AST = returns
    whole = returns.slice if isinstance(returns, ast.Subscript) else returns
    if callee.interface.returns == "tuple" and isinstance(whole, ast.Tuple):
        names = [output.name for output in callee.interface.outputs]
        parts = whole.elts
        at = parts[names.index(value.name)] if len(parts) == len(names) and value.name in names else returns
    return [(Place(callee.module, at), f"`{callee.node.name}` declares its result here")]


def _field(frame: Frame, value: Promise) -> list[Label]:
    """Where the field is declared that a path ends at, if it ends at one."""
    if not value.path or not isinstance(value.path[-1], str):
        return []
    owner = _owner(frame, value)
    if owner is None or owner.kind != "class":
        return []
    name = str(value.path[-1])
    found = frame.services.classes.place_of_field(origin_of(owner.name), name)
    return [] if found is None else [(found, f"`{name}` is declared here")]


def _owner(frame: Frame, value: Promise) -> Type | None:
    """The type that the last step of a path leads out of; ``None`` where it passes anything but fields and items."""
    outputs = frame.workflow.interface.inputs if value.call is None else value.call.outputs
    found = next((field.type for field in outputs if field.name == value.name), None)
    for step in value.path[:-1]:
        if found is None:
            return None
        if found.kind == "class" and isinstance(step, str):
            found = (frame.services.classes.types_of_fields(found.name) or {}).get(step)
        elif found.kind in ("list", "vartuple", "dict"):
            found = found.args[-1]
        else:
            return None
    return found
