"""A body that compiles makes the calls that plain Python makes of it: the same tasks, with the same arguments, in the same order."""

from __future__ import annotations

from typing import Any

from body_programs import Recorder, bodies
from frontend_sources import Front, front
from hypothesis import HealthCheck, given, settings

from dagwright_compiler.ir.program import (
    Binding,
    DictBinding,
    InputBinding,
    ListBinding,
    LiteralBinding,
    OutputBinding,
    TaskNode,
)


def _value(binding: Binding, numbers: dict[str, int]) -> Any:
    if isinstance(binding, LiteralBinding):
        return binding.value
    if isinstance(binding, InputBinding):
        return ("result", binding.name)
    if isinstance(binding, OutputBinding):
        return ("result", numbers[binding.node])
    assert isinstance(binding, ListBinding | DictBinding)
    if isinstance(binding, ListBinding):
        return [_value(item, numbers) for item in binding.items]
    return {key: _value(item, numbers) for key, item in binding.items}


def _read(found: Front) -> tuple[list[tuple[str, dict[str, Any]]], Any]:
    workflow = found.workflow()
    numbers = {node.id: number for number, node in enumerate(workflow.nodes)}
    calls = []
    for node in workflow.nodes:
        assert isinstance(node, TaskNode)
        given = {name: _value(binding, numbers) for name, binding in node.bindings}
        calls.append((node.task.removeprefix("flow."), given))
    return calls, _value(workflow.outputs[0].binding, numbers)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies())
def test_a_body_makes_the_calls_that_python_makes(source: str) -> None:
    found = front(source)
    errors = [each for each in found.found if each.is_error]
    recorder = Recorder()
    try:
        returned = recorder.run(source)
    except (TypeError, ValueError, LookupError, NameError):
        assert errors, "python fails here, and compiling does not"
        return
    assert not errors, [f"{each.code.id} {each.span.line if each.span else 0}: {each.message}" for each in errors]
    assert _read(found) == (recorder.calls, returned)
