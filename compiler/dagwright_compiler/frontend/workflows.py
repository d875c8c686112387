"""From an interpreted body to a ``Workflow``: node ids, bindings, outputs, spans."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import InternalError
from dagwright_compiler.diagnostics.wording import counted
from dagwright_compiler.frontend import edge_advice
from dagwright_compiler.frontend.bodies import Body, interpret
from dagwright_compiler.frontend.calls import call_it, refuse_result
from dagwright_compiler.frontend.constant_parts import locate, origin
from dagwright_compiler.frontend.frames import contains_broken
from dagwright_compiler.frontend.groups import Misfit, bind, describe_group, fits_as_list, type_of_value
from dagwright_compiler.frontend.iteration import items_of
from dagwright_compiler.frontend.known_values import Instance
from dagwright_compiler.frontend.node_names import check_names, name_nodes
from dagwright_compiler.frontend.origins import source_places
from dagwright_compiler.frontend.promises import (
    Broken,
    Built,
    Function,
    Group,
    Mapped,
    Promise,
    Record,
    Result,
    Static,
    Value,
    describe_source,
    parts_of,
)
from dagwright_compiler.frontend.typing_rules import NO, spell
from dagwright_compiler.frontend.wire_values import Mismatch, type_of
from dagwright_compiler.ir.program import (
    Binding,
    DictBinding,
    Field,
    GateNode,
    GraphNode,
    InputBinding,
    ListBinding,
    LiteralBinding,
    MapNode,
    Node,
    Output,
    OutputBinding,
    Policy,
    StructBinding,
    TaskNode,
    Workflow,
)

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.frames import Frame, Services
    from dagwright_compiler.frontend.late_spans import LateSpans
    from dagwright_compiler.frontend.promises import Bound, Call, Callee


def build_workflow(callee: Callee, services: Services, spans: LateSpans) -> Workflow | None:
    """Interpret and finish a workflow; ``None`` when its outputs could not be bound (findings tell why)."""
    body = interpret(callee, services)
    returned = _outputs(body, callee)
    if body.frame.run.broken and not services.findings.errors:
        raise InternalError(f"a call in `{callee.name}` takes a value that nothing was found wrong with, and that is not known")
    if returned is None:
        return None
    check_names(body.calls, services.findings)
    ids = name_nodes(body.calls)
    nodes = tuple(_node(call, ids, interruptible=callee.policy.interruptible) for call in body.calls)
    outputs = tuple(
        Output(name=field.name, type=field.type, binding=_binding(value, ids))
        for field, value in zip(callee.interface.outputs, returned, strict=True)
    )
    spans.add_calls(callee.name, body.calls, ids)
    return Workflow(
        name=callee.name,
        inputs=callee.interface.inputs,
        outputs=outputs,
        returns=callee.interface.returns,
        nodes=nodes,
        failure_policy="FAIL_AFTER_EXECUTABLE_NODES_COMPLETE" if callee.runs_on else None,
    )


def _node(call: Call, ids: dict[int, str], *, interruptible: bool | None) -> Node:
    id_ = ids[id(call)]
    bindings = tuple((name, _binding(value, ids)) for name, value in call.bindings.items())
    after = tuple(ids[id(earlier)] for earlier in call.after)
    if call.gate is not None:
        gate = call.gate
        return GateNode(id=id_, gate=gate.kind, wait_s=gate.wait_s, bindings=bindings, outputs=call.outputs, after=after)
    name = call.callee.name
    declared = call.callee.policy
    policy: Policy | None = (call.policy or declared).within(interruptible=interruptible)
    policy = None if policy is declared or policy == declared else policy
    if call.kind == "map":
        return MapNode(
            id=id_,
            task=name,
            over=call.over,
            bindings=bindings,
            after=after,
            policy=policy,
            concurrency=call.options.concurrency,
            along=call.along,
            min_success_ratio=call.options.min_success_ratio,
            min_successes=call.options.min_successes,
        )
    if call.kind == "graph":
        return GraphNode(id=id_, workflow=name, bindings=bindings, after=after, interruptible=interruptible)
    return TaskNode(id=id_, task=name, bindings=bindings, after=after, policy=policy)


def _binding(value: Bound, ids: dict[int, str]) -> Binding:
    if isinstance(value, LiteralBinding):
        return value
    if isinstance(value, Built):
        items = tuple(_binding(item, ids) for item in value.items)
        if value.type.kind == "class":
            fields = tuple(zip(value.keys, items, strict=True))
            return StructBinding(type=value.type, items=fields, constructs=value.constructs)
        if value.type.kind == "dict":
            return DictBinding(type=value.type, items=tuple(zip(value.keys, items, strict=True)))
        return ListBinding(type=value.type, items=items)
    if value.call is None:
        return InputBinding(name=value.name, path=value.path)
    return OutputBinding(node=ids[id(value.call)], output=value.name, path=value.path)


def _outputs(body: Body, callee: Callee) -> list[Bound] | None:
    """Values of the declared outputs, or ``None`` after a finding."""
    frame, interface = body.frame, callee.interface
    if body.returned is None:
        if not interface.outputs:
            return []
        if not frame.may_return:
            message = f"the workflow `{callee.node.name}` declares a result, but never returns"
            frame.report(
                codes.RETURN_MISMATCH,
                message,
                callee.node.returns or callee.node,
                help_="add `return ...`, or annotate `-> None`",
            )
        return None
    value, node = body.returned
    at = node.value or node
    if contains_broken(value):
        return None
    if interface.returns == "none":
        return _no_outputs(frame, callee, value, at)
    if interface.returns == "single":
        bound = _output(frame, callee, interface.outputs[0], value, at)
        return None if bound is None else [bound]
    return _several(frame, callee, value, at)


def _no_outputs(frame: Frame, callee: Callee, value: Value, at: ast.AST) -> list[Bound] | None:
    if isinstance(value, Static) and value.value is None:
        return []
    if isinstance(value, Result) and not value.call.outputs:
        return []
    message = f"the workflow `{callee.node.name}` returns a value, but declares none"
    help_ = f"annotate it: `def {callee.node.name}(...) -> {_annotation_of(value)}:`"
    frame.report(codes.RETURN_MISMATCH, message, at, help_=help_)
    return None


def _several(frame: Frame, callee: Callee, value: Value, at: ast.AST) -> list[Bound] | None:
    outputs = callee.interface.outputs
    parts = parts_of(value)
    if isinstance(value, Promise):
        fields = items_of(frame, value, at, "the result")
        parts = None if fields is None else tuple(fields)
    if isinstance(value, Static) and isinstance(value.value, Instance):
        definition = frame.services.classes.definition(value.value.owner)
        if definition is not None and definition.kind == "namedtuple":
            parts = tuple(map(Static, value.value.fields.values()))
    if parts is None:
        declared = _annotation_of(value)
        message = f"the workflow `{callee.node.name}` declares {len(outputs)} results, but returns one value (`{declared}`)"
        values = ", ".join(["..."] * len(outputs))
        help_ = f"return {counted(len(outputs), 'value')}: `return {values}`, or annotate the result as `{declared}`"
        frame.report(codes.RETURN_MISMATCH, message, at, help_=help_, related=_annotation(frame, callee))
        return None
    if isinstance(value, Record) and sorted(value.fields) == sorted(field.name for field in outputs):
        parts = tuple(value.fields[field.name] for field in outputs)
    if len(parts) != len(outputs):
        message = f"the workflow `{callee.node.name}` declares {len(outputs)} results, but returns {len(parts)}"
        help_ = "return as many values as are declared, or declare as many as are returned"
        frame.report(codes.RETURN_MISMATCH, message, at, help_=help_, related=_annotation(frame, callee))
        return None
    items = at.elts if isinstance(at, ast.Tuple) and len(at.elts) == len(parts) else [at] * len(parts)
    bound = [_output(frame, callee, field, part, item) for field, part, item in zip(outputs, parts, items, strict=True)]
    return None if any(part is None for part in bound) else [part for part in bound if part is not None]


def _output(frame: Frame, callee: Callee, field: Field, value: Value, at: ast.AST) -> Bound | None:
    if isinstance(value, Promise):
        if value.type.text != field.type.text and frame.services.rules.assignable(value.type, field.type) == NO:
            message = f"{describe_source(value)} is `{spell(value.type)}`, but `{callee.node.name}` returns `{spell(field.type)}`"
            related = (*source_places(frame, value), *_annotation(frame, callee))
            help_ = edge_advice.of_return(value, field.type, at, callee)
            frame.report(
                codes.RETURN_MISMATCH, message, at, label=f"expected `{spell(field.type)}`", related=related, help_=help_
            )
            return None
        return value
    if isinstance(value, Static):
        try:
            return frame.services.classes.encoder.literal(value.value, field.type)
        except Mismatch as error:
            found = locate(error, at, field.type)
            message = f"`{callee.node.name}` does not return this constant: {found.reason}"
            help_ = error.help or "return another value, or change the annotation of the result"
            if isinstance(value.value, tuple) and not error.path:
                help_ = _of_tuple(callee, type_of(value.value), fits=bool(error.help))
            related = (*origin(frame, error, found.node), *_annotation(frame, callee))
            frame.report(codes.RETURN_MISMATCH, message, found.node, label=found.label, help_=help_, related=related)
            return None
    if isinstance(value, Group | Record | Result):
        bound = bind(frame, value, field.type, at)
        if not isinstance(bound, Misfit):
            return bound
        _refuse_part(frame, callee, field, bound)
    elif not isinstance(value, Broken) and not (isinstance(value, Mapped) and value.function is None):
        message = f"{describe_source(value)} cannot be returned as `{spell(field.type)}`"
        help_ = call_it(value) if isinstance(value, Function | Mapped) else "build the value in a task"
        frame.report(codes.UNSUPPORTED_EXPRESSION, message, at, help_=help_)
    return None


def _refuse_part(frame: Frame, callee: Callee, field: Field, misfit: Misfit) -> None:
    """Report the part of a written-out value that does not fit what the workflow returns."""
    value, at = misfit.value, misfit.at
    if isinstance(value, Result) and isinstance(at, ast.expr):
        refuse_result(frame, value, at)
        return
    label, help_ = f"expected `{spell(misfit.expected)}`", ""
    returns = f"`{callee.node.name}` returns `{spell(field.type)}`"
    if misfit.expected.text != field.type.text:
        returns = f"this part of what {returns.removesuffix(f' `{spell(field.type)}`')} is `{spell(misfit.expected)}`"
    if isinstance(value, Promise):
        message = f"{describe_source(value)} is `{spell(value.type)}`, but {returns}"
        help_ = edge_advice.of_argument(value, misfit.expected, at)
    elif isinstance(value, Group | Record):
        message = f"this is {describe_group(value)}, but {returns}"
        help_ = edge_advice.of_group(frame, value, misfit.expected, at)
        if isinstance(value, Group) and value.kind == "tuple":
            help_ = _of_tuple(callee, type_of_value(value), fits=fits_as_list(frame, value, misfit.expected, at))
        elif isinstance(value, Group) and value.kind == "list" and type_of_value(value).args[0].text == misfit.expected.text:
            help_ = "leave out the brackets" if len(value.items) == 1 else ""
    elif misfit.reason:
        message = f"`{callee.node.name}` does not return this constant: {misfit.reason}"
        help_ = misfit.help
    else:
        message = f"{describe_source(value)} cannot be returned"
    related = source_places(frame, value) if isinstance(value, Promise) else []
    frame.report(codes.RETURN_MISMATCH, message, at, label=label, help_=help_, related=(*related, *_annotation(frame, callee)))


def _annotation_of(value: Value) -> str:
    """What a workflow would declare that returns a value; dots where that cannot be told."""
    if isinstance(value, Result):
        returns = value.call.callee.node.returns
        return ast.unparse(returns) if returns is not None and value.call.kind != "map" else "..."
    return spell(type_of_value(value)) if isinstance(value, Promise | Static | Group | Record) else "..."


def _of_tuple(callee: Callee, found: Type, *, fits: bool) -> str:
    """What to write instead of a tuple where one value is declared: brackets where it is that, else its types in the annotation."""
    annotation = f"annotate the result: `def {callee.node.name}(...) -> {spell(found)}:`"
    return f"write `[...]`, or {annotation}" if fits else annotation


def _annotation(frame: Frame, callee: Callee) -> tuple[tuple[Place, str], ...]:
    returns = callee.node.returns
    return ((frame.place(returns), f"`{callee.node.name}` declares its result here"),) if returns is not None else ()
