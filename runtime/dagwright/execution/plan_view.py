"""A typed view of ``plan.json``: tasks, nodes and units with their types parsed, policies with their defaults filled in.

Input: the dicts of ``contract.schema``. Output: small slotted objects, made on first use, because a pod needs one task of
thousands. Knows nothing of stores, values or processes.
"""

from __future__ import annotations

import os

from dagwright.contract.chunks import MAP_PODS
from dagwright.contract.failures import result_of
from dagwright.contract.jsontext import loads
from dagwright.contract.names import PLAN_FILE, SCHEMA
from dagwright.contract.types import Type, parse, union_of
from dagwright.execution.faults import fatal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

    from dagwright.contract import schema


class FieldView:
    """An input or output: ``default`` is wire data and counts when ``has_default``; ``deferred`` leaves it, or parts of it, to the user's code."""

    __slots__ = ("default", "deferred", "has_default", "name", "type")

    def __init__(self, data: schema.Field) -> None:
        self.name: str = data["name"]
        self.type: Type = parse(data["type"])
        self.has_default: bool = data.get("has_default", False)
        self.default: Any = data.get("default")
        self.deferred: bool = data.get("deferred", False)


class PolicyView:
    """How a call runs: ``cache_version`` ``None`` is uncached, ``timeout_s`` 0 is no timeout."""

    __slots__ = (
        "cache_ignore",
        "cache_serialize",
        "cache_version",
        "deck",
        "environment",
        "image",
        "retries",
        "secrets",
        "timeout_s",
    )

    def __init__(self, data: schema.Policy) -> None:
        cache = data.get("cache")
        self.cache_version: str | None = cache["version"] if cache else None
        self.cache_ignore: frozenset[str] = frozenset(cache.get("ignore", ())) if cache else frozenset()
        self.cache_serialize: bool = bool(cache and cache.get("serialize", False))
        self.retries: int = data.get("retries", 0)
        self.timeout_s: float = data.get("timeout_s", 0)
        self.environment: Mapping[str, str] = data.get("environment", {})
        self.image: str | None = data.get("image")
        self.secrets: Sequence[schema.Secret] = data.get("secrets", ())
        self.deck: bool = data.get("deck", False)


class TaskView:
    """A task: identity, interface, and the policy it was declared with."""

    __slots__ = ("function", "has_hashes", "inputs", "module", "name", "outputs", "policy", "returns", "signature")

    def __init__(self, data: schema.TaskDef) -> None:
        self.name: str = data["name"]
        self.module: str = data["module"]
        self.function: str = data["function"]
        self.inputs = tuple(FieldView(field) for field in data["inputs"])
        self.outputs = tuple(FieldView(field) for field in data["outputs"])
        self.returns: str = data["returns"]
        self.signature: str = data["signature"]
        self.has_hashes: bool = data.get("has_hashes", False)
        self.policy = PolicyView(data["policy"])

    @property
    def shape(self) -> list[tuple[str, str]]:
        """Names and types of the outputs, which every result of the task has."""
        return [(field.name, field.type.text) for field in self.outputs]


class NodeView:
    """One call: ``over`` is the input whose list a map runs over, ``None`` for a plain call; ``concurrency`` 0 is unlimited.

    ``mapped`` names all inputs that take one element: ``over`` first. ``has_holes`` tells a map whose elements may fail: they give None.
    ``gate`` tells what a gate waits for, for ``wait_s`` seconds; it is empty for what a pod runs.
    """

    __slots__ = (
        "bindings",
        "concurrency",
        "gate",
        "has_holes",
        "id",
        "mapped",
        "min_success_ratio",
        "min_successes",
        "over",
        "policy",
        "task",
        "wait_s",
    )

    def __init__(self, data: Any, task: TaskView) -> None:
        self.id: str = data["id"]
        self.gate: str = data.get("gate", "")
        self.wait_s: float = data.get("wait_s", 0)
        self.task = task
        self.bindings: Mapping[str, schema.Binding] = data["bindings"]
        self.over: str | None = data.get("over")
        self.mapped: tuple[str, ...] = (data["over"], *data.get("along", ())) if "over" in data else ()
        self.concurrency: int = data.get("concurrency", 0)
        self.policy = PolicyView(data["policy"]) if "policy" in data else task.policy
        self.min_success_ratio: float = data.get("min_success_ratio", 1)
        self.min_successes: int | None = data.get("min_successes")
        self.has_holes = self.min_successes is not None or self.min_success_ratio < 1

    def type_of_element(self, declared: Type) -> Type:
        """Type of what one call gives to its list: the output's own, or None beside it."""
        return union_of([declared, parse("none")]) if self.has_holes else declared


def leaves(binding: schema.Binding) -> Iterator[schema.LeafBinding]:
    """Give what a binding is made of; most bindings are their own only leaf."""
    if binding["kind"] == "list":
        for item in binding["items"]:
            yield from leaves(item)
    elif binding["kind"] == "struct":
        for item in binding["items"].values():
            yield from leaves(item)
    elif binding["kind"] == "dict":
        for _, item in binding["items"]:
            yield from leaves(item)
    else:
        yield binding


class ProgramView:
    """The program of a plan; refuses one that another release wrote.

    ``map_pods`` bounds the pods of one map (``contract.chunks``), ``stops`` tells whether a failure for good ends what else there is to run.

    Raises:
        Fault: The schema is not this runtime's.
    """

    __slots__ = (
        "_nodes",
        "_tasks",
        "_views",
        "classes",
        "domain",
        "inputs",
        "map_pods",
        "outputs",
        "project",
        "returns",
        "stops",
        "workflow",
    )

    def __init__(self, data: schema.Program, map_pods: int = MAP_PODS) -> None:
        if data.get("schema") != SCHEMA:
            raise fatal(
                f"the plan has schema {data.get('schema')!r}, this runtime reads {SCHEMA}: compile it again, or run its own release"
            )
        workflow = data["workflow"]
        self.map_pods = map_pods
        self.project: str = data["project"]
        self.domain: str = data["domain"]
        self.classes: Mapping[str, schema.ClassDef] = data["classes"]
        self.workflow: str = workflow["name"]
        self.returns: str = workflow["returns"]
        self.stops = "failure_policy" not in workflow
        self.inputs = {field["name"]: FieldView(field) for field in workflow["inputs"]}
        self.outputs: list[schema.Output] = workflow["outputs"]
        self._nodes = {node["id"]: node for node in workflow["nodes"]}
        self._tasks: Mapping[str, schema.TaskDef] = data["tasks"]
        self._views: dict[str, NodeView] = {}

    @property
    def node_ids(self) -> list[str]:
        """Ids of all nodes in the plan's order, in which values flow."""
        return list(self._nodes)

    def has_node(self, node_id: str) -> bool:
        """Tell whether there is a node of this id."""
        return node_id in self._nodes

    def after(self, node_id: str) -> tuple[str, ...]:
        """Nodes that must end before this one though no value flows from them."""
        return tuple(self._nodes[node_id].get("after", ()))

    def predecessors(self, node_id: str) -> set[str]:
        """Nodes that must end before this one: values flow from them, or it comes after them."""
        bindings = self._nodes[node_id]["bindings"].values()
        found = (leaf for binding in bindings for leaf in leaves(binding))
        return {leaf["node"] for leaf in found if leaf["kind"] == "output"} | set(self.after(node_id))

    def node(self, node_id: str) -> NodeView:
        """View one node.

        Raises:
            Fault: The plan has no such node, or it names a task that the plan lacks.
        """
        view = self._views.get(node_id)
        if view is None:
            data = self._nodes.get(node_id)
            if data is None:
                raise fatal(f"the plan of {self.workflow} has no node {node_id!r}: manifest and plan are of different builds")
            task = _gate_task(data) if data["kind"] == "gate" else self._tasks.get(data["task"])
            if task is None:
                assert data["kind"] != "gate"
                raise fatal(f"the plan of {self.workflow} lacks the task {data['task']!r} of node {node_id!r}: compile it again")
            view = self._views[node_id] = NodeView(data, TaskView(task))
        return view


def _gate_task(gate: schema.Gate) -> schema.TaskDef:
    """Describe what a gate gives as a task's interface, which is how consumers read it; nothing ever runs it."""
    return {
        "name": gate["id"],
        "module": "",
        "function": "",
        "inputs": [],
        "outputs": gate.get("outputs", []),
        "returns": "single" if gate.get("outputs") else "none",
        "signature": "",
        "policy": {},
    }


class CallView:
    """A call of a workflow that has an ``on_failure``: ``id`` tells it from others, ``nodes`` stand in its place.

    ``results`` says which node and output of the failed run each input of its handler takes that takes one.
    """

    __slots__ = ("graph", "id", "nodes", "results", "workflow")

    def __init__(self, data: schema.CallHandler) -> None:
        self.id: str = data["call"]
        self.workflow: str = data["workflow"]
        self.nodes = frozenset(data["nodes"])
        self.graph: schema.Workflow = data["graph"]
        taken = ((field["name"], result_of(field["name"])) for field in self.graph["inputs"])
        self.results: dict[str, tuple[str, str]] = {name: found for name, found in taken if found is not None}


class PlanView:
    """``plan.json``: the program and what each unit executes; or what handles the failure of the program ``failed``, as a program of its own.

    Of a handler, ``call`` is the call whose failure it handles, ``None`` where that is the whole workflow's; ``calls`` are all that have one.
    """

    __slots__ = ("_data", "call", "calls", "failed", "is_handled", "program", "units")

    def __init__(self, data: schema.Plan) -> None:
        if data.get("schema") != SCHEMA:
            raise fatal(
                f"the plan has schema {data.get('schema')!r}, this runtime reads {SCHEMA}: compile it again, or run its own release"
            )
        program = data["program"]
        self.program = ProgramView(program, data.get("map_pods", MAP_PODS))
        self.units: Mapping[str, schema.Unit] = data["units"]
        self.failed: ProgramView | None = None
        self.call: CallView | None = None
        self.calls = tuple(CallView(handler) for handler in program.get("call_handlers", ()))
        self.is_handled = "on_failure" in program or bool(self.calls)
        """Whether something runs once the program, or a call in it, has failed."""
        self._data = data

    @property
    def handlers(self) -> list[PlanView]:
        """Everything that may run once the program has failed, in the order in which it does."""
        found = [self._handler(call.graph, call) for call in self.calls] if self.is_handled else []
        program = self._data["program"]
        return [*found, self._handler(program["on_failure"], None)] if "on_failure" in program else found

    def _handler(self, graph: schema.Workflow, call: CallView | None) -> PlanView:
        program = self._data["program"].copy()
        program["workflow"] = graph
        program.pop("on_failure", None)
        program.pop("call_handlers", None)
        handler = PlanView({**self._data, "program": program})
        handler.failed, handler.call, handler.calls = self.program, call, self.calls
        return handler

    def of_unit(self, unit_id: str) -> PlanView:
        """Give the plan whose program a unit belongs to: this one, or that of what handles a failure in it.

        Raises:
            Fault: The plan has no such unit.
        """
        if self.is_handled:
            node = self.unit(unit_id)["node"]
            if not self.program.has_node(node):
                return next((handler for handler in self.handlers if handler.program.has_node(node)), self)
        return self

    def unit(self, unit_id: str) -> schema.Unit:
        """Give one unit.

        Raises:
            Fault: The plan has no such unit.
        """
        unit = self.units.get(unit_id)
        if unit is None:
            raise fatal(f"the plan of {self.program.workflow} has no unit {unit_id!r}: manifest and plan are of different builds")
        return unit


def read_plan(folder: str) -> PlanView:
    """Read ``plan.json`` of a folder.

    Raises:
        Fault: It is absent, no JSON, of another shape, or of another schema.
    """
    path = os.path.join(folder, PLAN_FILE)  # pathlib costs 4 ms of every pod's start
    try:
        with open(path, "rb") as file:
            data = loads(file.read())
        return PlanView(data)
    except OSError as error:
        raise fatal(f"cannot read the plan {path}: {error.strerror}: mount it there or set DAGWRIGHT_PLAN") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise fatal(f"the plan {path} is damaged ({type(error).__name__}: {error}): compile and apply it again") from error
