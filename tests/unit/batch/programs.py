"""Hand-made programs for the tests of the Batch target."""

from collections.abc import Mapping
from typing import Any

from dagwright.contract.types import FLOAT, INT, list_of
from dagwright_batch import TARGET
from dagwright_compiler.bundle import Bundle, BundleFile
from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.ir.codec import to_json
from dagwright_compiler.ir.program import (
    Field,
    InputBinding,
    MapNode,
    Output,
    OutputBinding,
    Plan,
    Policy,
    Program,
    TaskDef,
    TaskNode,
    Workflow,
)
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.target_api import Artefact, Request

FLOATS = list_of(FLOAT)
SETTINGS = {"image": "repo/image@sha256:0", "queue": "main", "store": "s3://bucket/runs"}


def task(function: str, inputs: Mapping[str, Any], output: Any, policy: Policy | None = None) -> TaskDef:
    return TaskDef(
        name=f"flow.{function}",
        module="flow",
        function=function,
        inputs=tuple(Field(name=name, type=declared) for name, declared in inputs.items()),
        outputs=(Field(name="o0", type=output),),
        returns="single",
        signature="0" * 64,
        policy=policy or Policy(),
    )


def program(tasks: tuple[TaskDef, ...], nodes: tuple[Any, ...], inputs: tuple[Field, ...] = (), name: str = "mean_of") -> Program:
    last = nodes[-1].id if nodes else ""
    outputs = (Output(name="o0", type=FLOAT, binding=OutputBinding(node=last, output="o0")),) if nodes else ()
    workflow = Workflow(name=f"flow.{name}", inputs=inputs, outputs=outputs, returns="single" if nodes else "none", nodes=nodes)
    return Program(classes={}, tasks={found.name: found for found in tasks}, workflow=workflow)


def chain(length: int = 3, policy: Policy | None = None) -> Program:
    """``n0(x) -> n1 -> ...``, all calls of one task."""
    nodes = [TaskNode(id="n0", task="flow.step", bindings=(("x", InputBinding(name="x")),))]
    nodes += [TaskNode(id=f"n{i}", task="flow.step", bindings=(("x", output(f"n{i - 1}")),)) for i in range(1, length)]
    return program((task("step", {"x": INT}, INT, policy),), tuple(nodes), (Field(name="x", type=INT),))


def map_reduce(*, split: bool, concurrency: int = 0, policy: Policy | None = None) -> Program:
    """A list that a task makes (``split``) or the user gives, a map over it, and a task that reduces its results."""
    tasks = (
        task("split_up", {"data": FLOATS, "parts": INT}, list_of(FLOATS)),
        task("total", {"data": FLOATS if split else FLOAT}, FLOAT, policy),
        task("reduce", {"totals": FLOATS}, FLOAT),
    )
    first = TaskNode(
        id="split-up", task="flow.split_up", bindings=(("data", InputBinding(name="data")), ("parts", InputBinding(name="parts")))
    )
    over = output("split-up") if split else InputBinding(name="data")
    mapped = MapNode(id="total", task="flow.total", over="data", bindings=(("data", over),), concurrency=concurrency)
    reduce = TaskNode(id="reduce", task="flow.reduce", bindings=(("totals", output("total")),))
    inputs = (Field(name="data", type=FLOATS), Field(name="parts", type=INT, has_default=True, default=2))
    if split:
        return program(tasks, (first, mapped, reduce), inputs)
    return program(tasks[1:], (mapped, reduce), inputs[:1])


def output(node: str) -> OutputBinding:
    return OutputBinding(node=node, output="o0")


def compile_plan(program: Program, settings: Mapping[str, Any] = SETTINGS, files: Mapping[str, bytes] | None = None) -> Artefact:
    """Compile; any finding is a failure."""
    artefact, found = compile_with_findings(program, settings, files)
    assert found == []
    assert artefact is not None
    return artefact


def compile_with_findings(
    program: Program, settings: Mapping[str, Any] = SETTINGS, files: Mapping[str, bytes] | None = None
) -> tuple[Artefact | None, list[tuple[str, str]]]:
    collector = Collector()
    sources = tuple(BundleFile(path, data) for path, data in (files or {}).items())
    request = Request(
        program=program,
        settings=settings,
        spans=SpanTable(),
        diagnostics=collector,
        seal=lambda units, _: Bundle(plan=to_json(Plan(program=program, units=dict(units))), files=sources),
    )
    artefact = TARGET.compile(request)
    return artefact, [(found.code.id, found.message) for found in collector.sorted()]
