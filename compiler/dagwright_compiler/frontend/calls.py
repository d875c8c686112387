"""Calls of tasks and workflows: arguments to inputs, types checked at every edge."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.types import Type, list_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import counted, listed
from dagwright_compiler.frontend import edge_advice
from dagwright_compiler.frontend.constant_parts import instead, locate, origin
from dagwright_compiler.frontend.entities import ClassEntity
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.frames import Frame, contains_broken
from dagwright_compiler.frontend.groups import Misfit, bind, describe_group
from dagwright_compiler.frontend.origins import all_arguments, source_places
from dagwright_compiler.frontend.promises import (
    Argument,
    Bound,
    Broken,
    Call,
    Callee,
    Function,
    Group,
    Mapped,
    Named,
    Promise,
    Record,
    Result,
    Static,
    Value,
    describe_source,
)
from dagwright_compiler.frontend.settled_values import settled
from dagwright_compiler.frontend.typing_rules import NO, spell
from dagwright_compiler.frontend.wire_values import Mismatch
from dagwright_compiler.ir.parts import default_of
from dagwright_compiler.ir.program import Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.frontend.origins import Label

_LONGEST = 60
"""Characters of an expression that a help line repeats."""


class Slot(msgspec.Struct, frozen=True, eq=False):
    """An input of a callee and the type expected for it (a map expects a list of the input's own)."""

    callee: Callee
    field: Field
    expected: Type


def call(frame: Frame, callee: Callee, node: ast.Call, arguments: dict[str, Argument]) -> Call:
    """Add a call of a task or workflow to the graph; ``arguments`` are bound to inputs already."""
    made = Call("task" if callee.kind == "task" else "graph", callee, node, callee.interface.outputs, {}, {}, [])
    bind_inputs(frame, made, arguments, {})
    frame.add_call(made)
    return made


def bind_inputs(frame: Frame, made: Call, arguments: Mapping[str, Argument], declared: Mapping[str, Type]) -> None:
    """Bind every input: an argument, else the literal default, else nothing when the task computes it.

    Args:
        frame: The body.
        made: The call that takes the bindings.
        arguments: Values by input.
        declared: Types that stand in for an input's own (a map takes a list of it).
    """
    for field in made.callee.interface.inputs:
        found = arguments.get(field.name)
        expected = declared.get(field.name, field.type)
        if found is None:
            if field.has_default:
                made.bindings[field.name] = default_of(field)
            continue
        value, node = found
        made.arguments[field.name] = node
        if isinstance(value, Promise):
            if value.type.text != expected.text:
                check_edge(frame, Slot(made.callee, field, expected), value, node)
            made.bindings[field.name] = value
        else:
            binding = _bind_other(frame, Slot(made.callee, field, expected), value, node)
            if binding is not None:
                made.bindings[field.name] = binding


def bind_arguments(
    frame: Frame, function: Function, node: ast.Call, values: list[Argument], named: list[tuple[ast.keyword, Value]]
) -> dict[str, Argument]:
    """Assign arguments to inputs by position and name; wrong, repeated, unknown and missing ones are findings."""
    callee = function.callee
    bound, failed = bind_given(frame, function, values, named)
    if not failed:
        for field in callee.interface.inputs:
            if field.name not in bound and not (field.has_default or field.deferred):
                message = f"`{callee.node.name}` lacks the argument `{field.name}` (`{spell(field.type)}`)"
                related = (_parameter(callee, field.name),)
                frame.report(codes.MISSING_ARGUMENT, message, node.func, related=related, help_=f"pass `{field.name}=...`")
    return bound


def bind_given(
    frame: Frame, function: Function, values: list[Argument], named: list[tuple[ast.keyword, Value]]
) -> tuple[dict[str, Argument], bool]:
    """Assign what is given to inputs, over what the function has bound already; True when a keyword has no place."""
    callee, interface = function.callee, function.callee.interface
    values = [(settled(value), at) for value, at in values]
    named = [(keyword, settled(value)) for keyword, value in named]
    bound: dict[str, Argument] = {}
    positional = [field.name for field in interface.inputs if field.name not in interface.keyword_only] if values else []
    for position, argument in enumerate(values, function.positional):
        if position >= len(positional):
            count = f"{len(positional)} positional argument{'s' if len(positional) != 1 else ''}"
            given = function.positional + len(values)
            message = f"`{callee.node.name}` takes {count if positional else 'no positional arguments'}, but {given} are passed"
            by_name = next((field.name for field in interface.inputs if field.name in interface.keyword_only), "")
            help_ = listed("input", [field.name for field in interface.inputs])
            help_ = f"pass `{by_name}` by its name: `{by_name}=...`" if by_name else help_
            frame.report(codes.TOO_MANY_ARGUMENTS, message, argument[1], help_=help_, related=(declaration(callee),))
            break
        name = positional[position]
        if name in function.bound:
            message = f"`{name}` of `{callee.node.name}` is bound by `functools.partial` already"
            frame.report(codes.REPEATED_ARGUMENT, message, argument[1], help_="pass the others by name")
        else:
            bound[name] = argument
    failed = _bind_named(frame, function, named, bound)
    return {**function.bound, **bound}, failed


def _bind_named(frame: Frame, function: Function, named: list[tuple[ast.keyword, Value]], bound: dict[str, Argument]) -> bool:
    """Bind keywords; True when one of them has no place, so that a missing input is probably that one."""
    callee, failed = function.callee, False
    fixed = [field.name for field in callee.interface.inputs][: function.positional]
    for keyword, value in named:
        name = keyword.arg
        if name is None:
            if not isinstance(value, Broken):
                message = "the arguments that `**` passes are not known while compiling"
                frame.report(codes.UNSUPPORTED_EXPRESSION, message, keyword.value, help_="write the arguments out")
            failed = True
        elif name in bound or name in fixed:
            _refuse_repeated(frame, function, keyword, named, bound)
            failed = True
        elif name not in callee.interface.by_name:
            known = list(callee.interface.by_name)
            free = [field.name for field in _free(function, named, bound)]
            help_ = did_you_mean(name, free) or listed("input", known)
            frame.report(
                codes.UNKNOWN_ARGUMENT,
                f"`{callee.node.name}` has no input `{name}`",
                keyword,
                help_=help_,
                related=(declaration(callee),),
            )
            failed = True
        else:
            bound[name] = (value, keyword.value)
    return failed


def _refuse_repeated(
    frame: Frame, function: Function, keyword: ast.keyword, named: list[tuple[ast.keyword, Value]], bound: dict[str, Argument]
) -> None:
    """Report an input that is passed twice; where one other is missing, that is probably meant."""
    name, callee = keyword.arg or "", function.callee
    lacking = [field.name for field in _free(function, named, bound) if not (field.has_default or field.deferred)]
    help_ = f"did you mean `{lacking[0]}`?" if len(lacking) == 1 else "leave one of the two out"
    related = ((frame.place(bound[name][1]), "it is passed here already"),) if name in bound else ()
    message = f"`{name}` is passed twice to `{callee.node.name}`"
    frame.report(codes.REPEATED_ARGUMENT, message, keyword, help_=help_, related=related)


def _free(function: Function, named: list[tuple[ast.keyword, Value]], bound: dict[str, Argument]) -> list[Field]:
    """Inputs that nothing is passed for."""
    given = {keyword.arg for keyword, _ in named}
    inputs = function.callee.interface.inputs[function.positional :]
    return [field for field in inputs if field.name not in bound and field.name not in given]


def check_edge(frame: Frame, slot: Slot, value: Promise, node: ast.expr) -> None:
    """Report a promise whose type cannot fit an input, with both ends of the edge."""
    callee, field, expected = slot.callee, slot.field, slot.expected
    if frame.services.rules.assignable(value.type, expected) != NO:
        return
    message = (
        f"{describe_source(value)} is `{spell(value.type)}`, but `{callee.node.name}.{field.name}` takes `{spell(expected)}`"
    )
    related = [*source_places(frame, value), _parameter(callee, field.name)]
    help_ = edge_advice.of_argument(value, expected, node, callee, field.name)
    frame.report(codes.EDGE_MISMATCH, message, node, label=f"expected `{spell(expected)}`", related=tuple(related), help_=help_)


def _bind_other(frame: Frame, slot: Slot, value: Value, node: ast.expr) -> Bound | None:
    """Bind what is no promise: a constant, what the workflow builds, or something that cannot be passed."""
    callee, field, expected = slot.callee, slot.field, slot.expected
    if contains_broken(value):
        frame.run.broken = True
        return None
    if isinstance(value, Static):
        try:
            return frame.services.classes.encoder.literal(value.value, expected)
        except Mismatch as error:
            found = locate(error, node, expected)
            message = f"`{callee.node.name}.{field.name}` does not take this constant: {found.reason}"
            related = (*origin(frame, error, found.node), _parameter(callee, field.name))
            help_ = instead(error, found, field.name, expected)
            frame.report(codes.CONSTANT_MISMATCH, message, found.node, label=found.label, related=related, help_=help_)
            return None
    if isinstance(value, Group | Record | Result):
        bound = bind(frame, value, expected, node)
        if not isinstance(bound, Misfit):
            return bound
        _refuse_part(frame, slot, bound)
        return None
    if isinstance(value, Broken) or (isinstance(value, Mapped) and value.function is None):
        frame.run.broken = True
        return None
    message = f"{describe_source(value)} cannot be passed to `{callee.node.name}.{field.name}`"
    frame.report(codes.UNSUPPORTED_EXPRESSION, message, node, help_=call_it(value))
    return None


def _refuse_part(frame: Frame, slot: Slot, misfit: Misfit) -> None:
    """Report the part of a written-out value that does not fit an input."""
    callee, field, value, node = slot.callee, slot.field, misfit.value, misfit.at
    assert isinstance(node, ast.expr)
    part = "" if misfit.expected.text == slot.expected.text else "this part of "
    takes = f"{part}`{callee.node.name}.{field.name}` takes `{spell(misfit.expected)}`"
    code, help_ = codes.EDGE_MISMATCH, ""
    related: list[Label] = [_parameter(callee, field.name)]
    if isinstance(value, Result):
        refuse_result(frame, value, node)
        return
    if isinstance(value, Promise):
        message = f"{describe_source(value)} is `{spell(value.type)}`, but {takes}"
        related = [*source_places(frame, value), *related]
        help_ = (
            "leave out the brackets"
            if value.type.text == slot.expected.text
            else edge_advice.of_argument(value, misfit.expected, node)
        )
    elif isinstance(value, Group | Record):
        message = f"this is {describe_group(value)}, but {takes}"
        help_ = edge_advice.of_group(frame, value, misfit.expected, node)
    elif misfit.reason:
        code, message = codes.CONSTANT_MISMATCH, f"`{callee.node.name}.{field.name}` does not take this constant: {misfit.reason}"
        help_ = misfit.help
    else:
        message = f"{describe_source(value)} cannot be passed to `{callee.node.name}.{field.name}`"
    frame.report(code, message, node, label=f"expected `{spell(misfit.expected)}`", related=tuple(related), help_=help_)


def refuse_result(frame: Frame, value: Result, node: ast.expr) -> Broken:
    """Report a call whose result is no single value where one is needed."""
    callee = value.call.callee
    outputs = value.call.outputs
    if value.as_node and outputs:
        help_ = f"pass an output of it: {' or '.join(f'`.{output.name}`' for output in outputs)}"
        return frame.report(codes.NO_VALUE, f"this is the node of `{callee.node.name}`, not its value", node, help_=help_)
    if not outputs:
        message = f"`{callee.node.name}` gives no value"
        if callee.kind == "gate":
            return frame.report(codes.NO_VALUE, message, node, help_="let calls wait for it: `pause >> call`")
        what = "return a value from it, and annotate that" if callee.node.returns is not None else "annotate what it returns"
        help_ = f"{what}: `def {callee.node.name}(...) -> int:`"
        return frame.report(codes.NO_VALUE, message, node, help_=help_, related=(declaration(callee),))
    has_names = callee.interface.returns == "namedtuple"
    names = ", ".join(output.name if has_names else chr(97 + index % 26) for index, output in enumerate(outputs))
    message = f"`{callee.node.name}` gives {counted(len(outputs), 'value')} packed in a tuple where one is needed"
    comma = "," if len(outputs) == 1 else ""
    unpack = f"unpack it first: `{names}{comma} = {callee.node.name}(...)`"
    one = f"{ast.unparse(node)}.{outputs[0].name}" if has_names else f"{ast.unparse(node)}[0]"
    help_ = f"take one of them: `{one}`, or {unpack}" if len(one) <= _LONGEST else unpack
    at = frame.place(value.call.node) if value.call.node is not node else None
    return frame.report(codes.NO_VALUE, message, node, help_=help_, related=((at, "they come from here"),))


def call_it(value: Value) -> str:
    """What to write where a task or workflow itself stands in the place of its result."""
    if isinstance(value, Mapped) and value.function is not None:
        callee = value.function.callee
        return f"call it: `map_task({callee.node.name})({callee.interface.inputs[0].name}=...)`"
    if isinstance(value, Named) and isinstance(value.entity, ClassEntity):
        return f"make an instance: `{value.entity.qualname}(...)`"
    return f"call it: `{value.callee.node.name}(...)`" if isinstance(value, Function) else "pass the result of a call"


def mapped_type(field: Field) -> Type:
    """The list type that a map takes for an input."""
    return list_of(field.type)


def declaration(callee: Callee) -> tuple[Place, str]:
    """Where a callee is defined, as a label."""
    return Place(callee.module, callee.node), f"`{callee.node.name}` is defined here"


def _parameter(callee: Callee, name: str) -> tuple[Place, str]:
    for argument in all_arguments(callee):
        if argument.arg == name:
            return Place(callee.module, argument), f"`{name}` is declared here"
    return declaration(callee)
