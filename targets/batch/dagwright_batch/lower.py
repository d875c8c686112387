"""Program to units and a Batch plan.

How a map is spread depends on when the length of its list is known:

* **exact**: the length is a literal, or that of a workflow input (directly, or through maps over it). One array job, one
  child per element, the child's index is the element's. The submitter counts: a list of one becomes a plain job, of none no
  job at all, and who waited for it waits for what it waited for. An exact map over an exact map's output waits element by
  element (``N_TO_N``).
* **pool**: only a task knows the list, or the map limits its ``concurrency``, for which Batch has no other means. An array
  of ``workers`` children, fixed here; child *i* runs elements *i*, *i + workers*, ... one after the other. Each element is a whole
  attempt of the same runtime unit, in a process of its own: own pin, cache entry, retries, timeout and record, so a restarted
  child passes over what is done. Striding is 6 to 24 % slower than claiming through the store in a model of unequal elements, and needs
  no claims; contiguous blocks would be up to seven times slower where neighbours cost alike.

A definition belongs to a task and a policy (``definitions``); a submission carries what a run adds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dagwright.contract import names
from dagwright_batch.definitions import Definitions, Report
from dagwright_batch.limits import MAX_ARRAY, MAX_DEPENDENCIES, plain, short
from dagwright_batch.model import (
    ArraySize,
    BatchPlan,
    DefinitionOf,
    Dependency,
    Fanout,
    Input,
    InputText,
    JobOf,
    JobRequest,
    Len,
    Metadata,
    Overrides,
    Param,
    Parameter,
    Submission,
    UnitParameter,
    Variable,
)
from dagwright_batch.order import waits
from dagwright_compiler.diagnostics.model import InternalError
from dagwright_compiler.ir.graph import inputs_read, leaves
from dagwright_compiler.ir.program import (
    DictBinding,
    GateNode,
    GraphNode,
    InputBinding,
    ListBinding,
    LiteralBinding,
    MapNode,
    OutputBinding,
    Program,
    StructBinding,
    TaskNode,
    Unit,
    Workflow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dagwright_batch.settings import BatchSettings

_QUEUE = Param(param="queue")
_OF_RUN = (
    Variable(name=names.ENV_STORE, value=Param(param="store")),
    Variable(name=names.ENV_RUN, value=Param(param="run")),
    Variable(name=names.ENV_BUNDLE, value=Param(param="bundle")),
)


def units_of(program: Program) -> dict[str, Unit]:
    """One unit a node; counts need not be published, for nothing in Batch could read them."""
    return {node.id: Unit(id=node.id, node=node.id) for node in program.workflow.nodes}


def plan_of(
    program: Program, settings: BatchSettings, *, bundle: str, report: Report, environment: Mapping[str, str] | None = None
) -> BatchPlan:
    """Lower the program; ``bundle`` is the digest of the sealed code bundle, ``environment`` what every container's holds."""
    definitions = Definitions(program, settings, report, environment or {})
    workflow = program.workflow
    name = plain(workflow.name.rpartition(".")[2])
    submissions = tuple(_Submissions(workflow, definitions, name=name, workers=settings.workers).all())
    parameters = {
        "queue": _parameter(settings.queue),
        "store": _parameter(settings.store),
        "run": Parameter(required=True),
        "bundle": Parameter(default=bundle),
    }
    if any(definition.container_properties.image == Param(param="image") for definition in definitions.made.values()):
        parameters["image"] = Parameter(required=True)
    return BatchPlan(
        metadata=Metadata(name=short(name), workflow=workflow.name),
        parameters=parameters,
        inputs={
            field.name: Input(
                type=field.type.text,
                default=json_text(field.default) if field.has_default else None,
                optional=field.deferred and not field.has_default,
            )
            for field in workflow.inputs
        },
        job_definitions=definitions.made,
        submissions=submissions,
    )


def json_text(value: object) -> str:
    """Compact JSON in ASCII, as inputs travel: an environment may hold nothing that UTF-8 cannot."""
    return json.dumps(value, separators=(",", ":"))


def _parameter(setting: str) -> Parameter:
    return Parameter(default=setting) if setting else Parameter(required=True)


class _Fanouts:
    """How each map of a workflow is spread."""

    def __init__(self, workflow: Workflow, workers: int) -> None:
        self._workers = workers
        self._lengths: dict[str, int | Len | None] = {}
        self._made: dict[str, tuple[Fanout, ArraySize | None]] = {}
        for node in workflow.nodes:  # in source order, so a map over a map's output finds that map's length
            if isinstance(node, MapNode):
                self._made[node.id] = self._spread(node)

    def of(self, node: MapNode) -> tuple[Fanout, ArraySize | None]:
        return self._made[node.id]

    def elementwise(self, node: MapNode) -> tuple[str, str] | None:
        """The edge (node, earlier) on which each element needs its own counterpart only: both exact, nothing else between them."""
        over = dict(node.bindings)[node.over]
        if not isinstance(over, OutputBinding) or not self._is_exact(node.id) or not self._is_exact(over.node):
            return None
        others = [leaf for name, binding in node.bindings if name != node.over for leaf in leaves(binding)]
        whole = any(isinstance(other, OutputBinding) and other.node == over.node for other in others)
        return None if whole or over.node in node.after else (node.id, over.node)

    def _is_exact(self, node: str) -> bool:
        return node in self._made and self._made[node][0].mode == "exact"

    def _spread(self, node: MapNode) -> tuple[Fanout, ArraySize | None]:
        length = self._lengths[node.id] = self._length(node)
        if length is None or node.concurrency or (isinstance(length, int) and length > MAX_ARRAY):
            workers = min(node.concurrency or self._workers, MAX_ARRAY)
            return Fanout(mode="pool", workers=workers), ArraySize(size=workers) if workers > 1 else None
        return Fanout(mode="exact"), ArraySize(size=length)

    def _length(self, node: MapNode) -> int | Len | None:
        binding = dict(node.bindings)[node.over]
        if isinstance(binding, LiteralBinding):
            return len(binding.value)
        if isinstance(binding, ListBinding):
            return len(binding.items)
        if isinstance(binding, DictBinding | StructBinding):
            raise InternalError(f"{node.id} maps over a {binding.type.kind}")
        if isinstance(binding, InputBinding):
            return Len(len=f"inputs.{binding.name}")
        return self._lengths.get(binding.node)


class _Submissions:
    """Jobs of one workflow; ``name`` begins the names of all."""

    def __init__(self, workflow: Workflow, definitions: Definitions, *, name: str, workers: int) -> None:
        self._workflow = workflow
        self._definitions = definitions
        self._name = name
        self._nodes = {node.id: node for node in workflow.nodes}
        self._fanouts = _Fanouts(workflow, workers)
        self._overrides: dict[tuple[str, ...], Overrides] = {}

    def all(self) -> Iterator[Submission]:
        """In topological order; barriers stand before the job that waits for them."""
        taken = set(self._nodes)
        maps = [node for node in self._workflow.nodes if isinstance(node, MapNode)]
        elementwise = {edge for node in maps if (edge := self._fanouts.elementwise(node))}
        for node_id, predecessors in waits(self._workflow, elementwise).items():
            node, earlier = self._nodes[node_id], predecessors
            if isinstance(node, GraphNode | GateNode):
                raise InternalError(f"{node.id} is no job")
            while len(earlier) > MAX_DEPENDENCIES:
                barrier = _free_name(f"{node_id}-wait", taken)
                yield self._barrier(barrier, earlier[:MAX_DEPENDENCIES])
                earlier = (*earlier[MAX_DEPENDENCIES:], barrier)
            yield self._job(node, tuple(_dependency(before, elementwise=(node_id, before) in elementwise) for before in earlier))

    def _job(self, node: TaskNode | MapNode, depends_on: tuple[Dependency, ...]) -> Submission:
        fanout, size = self._fanouts.of(node) if isinstance(node, MapNode) else (None, None)
        request = JobRequest(
            job_name=short(node.id if node.id == self._name else f"{self._name}-{node.id}"),  # a task run by itself
            job_queue=_QUEUE,
            job_definition=DefinitionOf(definition=self._definitions.of(node, pool=fanout.workers if fanout else 0)),
            parameters=UnitParameter(unit=node.id),
            array_properties=size,
            depends_on=depends_on,
            container_overrides=self._environment(node),
        )
        return Submission(id=node.id, fanout=fanout, request=request)

    def _environment(self, node: TaskNode | MapNode) -> Overrides:
        """What a run adds to the environment: where it is kept, and the workflow inputs that the node reads."""
        inputs = tuple(inputs_read(node, self._nodes))
        found = self._overrides.get(inputs)  # most nodes read none
        if found is None:
            variables = [Variable(name=names.ENV_INPUT + name, value=InputText(input=name)) for name in inputs]
            found = self._overrides[inputs] = Overrides(environment=(*_OF_RUN, *variables))
        return found

    def _barrier(self, barrier: str, earlier: Iterable[str]) -> Submission:
        """A job that does nothing but wait for others: Batch allows 20 dependencies a job."""
        request = JobRequest(
            job_name=short(f"{self._name}-{barrier}"),
            job_queue=_QUEUE,
            job_definition=DefinitionOf(definition=self._definitions.barrier()),
            depends_on=tuple(_dependency(before, elementwise=False) for before in earlier),
        )
        return Submission(id=barrier, request=request)


def _free_name(base: str, taken: set[str]) -> str:
    number = 1
    while f"{base}-{number}" in taken:
        number += 1
    taken.add(f"{base}-{number}")
    return f"{base}-{number}"


def _dependency(earlier: str, *, elementwise: bool) -> Dependency:
    return Dependency(job_id=JobOf(job=earlier), type="N_TO_N" if elementwise else None)
