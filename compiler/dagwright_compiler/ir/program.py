"""The program: what a workflow means, as frozen values.

``msgspec`` structs encode straight to the shapes of ``dagwright.contract.schema`` (see ``ir.codec``). Tuples, never lists; no
free-form metadata; spans live beside the program (``ir.spans``), outside equality, digests and JSON.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from dagwright.contract.names import DEFAULT_DOMAIN, DEFAULT_PROJECT, SCHEMA
from dagwright.contract.types import Type, list_of, union_of

Json = Any
"""Data of the wire form; ``Any`` only because JSON is untyped."""

Returns = Literal["none", "single", "tuple", "namedtuple"]
ClassKind = Literal["dataclass", "namedtuple", "enum", "typeddict", "pydantic"]
Slice = tuple[int | None, int | None, int | None]
"""``[lower:upper:step]``."""
Path = tuple[int | str | Slice, ...]
"""Steps into a value: fields, positions, keys, slices."""


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all IR values: immutable, keyword-only, defaults left out of the JSON."""


class Field(Struct, frozen=True, kw_only=True):
    """A field of a class, an input or an output.

    ``default`` is the wire form and counts only when ``has_default``; ``deferred`` marks a default expression that only the
    task's own function can evaluate, in the attempt, or with ``has_default`` one in which the classes of instances fill in what
    only they know; ``optional`` a key of a typed dict that may be absent.
    """

    name: str
    type: Type
    has_default: bool = False
    default: Json = None
    optional: bool = False
    deferred: bool = False


class ClassDef(Struct, frozen=True, kw_only=True):
    """A class that types name: importable at run time as ``module`` and ``qualname``."""

    kind: ClassKind
    module: str
    qualname: str
    fields: tuple[Field, ...] = ()
    members: tuple[str, ...] = ()
    values: tuple[bool | int | float | str, ...] = ()
    """Of an enum: the values of its members, where the source tells them all."""


class Cache(Struct, frozen=True, kw_only=True):
    """Reuse of results under a version."""

    version: str
    ignore: tuple[str, ...] = ()
    serialize: bool = False


class Resources(Struct, frozen=True, kw_only=True):
    """Kubernetes quantities as normalised text; absent means unset."""

    cpu: str | None = None
    mem: str | None = None
    gpu: str | None = None
    ephemeral_storage: str | None = None


Pairs = tuple[tuple[str, str], ...]
"""A table of texts in the order of the source, hashable; an object in the JSON."""


class Secret(Struct, frozen=True, kw_only=True):
    """A secret that a task may read; without ``key`` the whole group, without ``mount`` as the target likes best."""

    group: str
    key: str | None = None
    version: str | None = None
    mount: Literal["env", "file"] | None = None
    env_var: str | None = None


class PodTemplate(Struct, frozen=True, kw_only=True):
    """What a task's pod has beyond what the target gives it; ``pod_spec`` is the canonical JSON text of a Kubernetes PodSpec."""

    primary_container: str | None = None
    labels: Pairs = ()
    annotations: Pairs = ()
    pod_spec: str = ""


class Accelerator(Struct, frozen=True, kw_only=True):
    """The device that a task runs on; ``partition`` is the size of a slice of it, or empty for the undivided device."""

    device: str
    partition: str | None = None


class Plugin(Struct, frozen=True, kw_only=True):
    """The configuration object of a plugin: qualified name of its class, and the canonical JSON text of its arguments."""

    name: str
    arguments: str


class ImageSpec(Struct, frozen=True, kw_only=True):
    """What an image holds, for whoever builds it; the names are those of flytekit's ``ImageSpec``."""

    name: str | None = None
    registry: str | None = None
    base_image: str | None = None
    python_version: str | None = None
    builder: str | None = None
    platform: str | None = None
    packages: tuple[str, ...] = ()
    conda_packages: tuple[str, ...] = ()
    conda_channels: tuple[str, ...] = ()
    apt_packages: tuple[str, ...] = ()
    requirements: str | None = None
    pip_index: str | None = None
    pip_extra_index_url: tuple[str, ...] = ()
    pip_extra_args: str | None = None
    cuda: str | None = None
    cudnn: str | None = None
    commands: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    env: Pairs = ()


class Policy(Struct, frozen=True, kw_only=True):
    """How a task runs. ``timeout_s`` 0 is no timeout; ``shared_memory`` is a quantity, or empty for no limit of its own."""

    cache: Cache | None = None
    retries: int = 0
    timeout_s: float = 0
    interruptible: bool | None = None
    requests: Resources | None = None
    limits: Resources | None = None
    image: str | None = None
    environment: Pairs = ()
    secrets: tuple[Secret, ...] = ()
    pod_template: PodTemplate | None = None
    pod_template_name: str | None = None
    accelerator: Accelerator | None = None
    shared_memory: str | None = None
    plugin: Plugin | None = None
    deck: bool = False
    labels: Pairs = ()
    annotations: Pairs = ()

    @property
    def serializes(self) -> bool:
        """Whether equal calls at the same time wait for each other."""
        return self.cache is not None and self.cache.serialize

    def within(self, *, interruptible: bool | None) -> Policy:
        """The policy in a workflow that says so itself, which counts where the task says nothing."""
        if interruptible is None or self.interruptible is not None:
            return self
        return msgspec.structs.replace(self, interruptible=interruptible)


class TaskDef(Struct, frozen=True, kw_only=True):
    """A task as declared: identity, interface, policy."""

    name: str
    module: str
    function: str
    inputs: tuple[Field, ...]
    outputs: tuple[Field, ...]
    returns: Returns
    signature: str
    policy: Policy
    has_hashes: bool = False
    """Whether some output is annotated with what computes its place in keys: ``Annotated[T, HashMethod(f)]``."""


class LiteralBinding(Struct, frozen=True, kw_only=True, tag="literal", tag_field="kind"):
    """A value known at compile time, in the wire form of ``type``; for ``through`` see ``OutputBinding``.

    One that is crossed by its own ``type`` first leaves out fields of instances: their classes fill in the defaults there.
    """

    type: Type
    value: Json
    through: tuple[Type, ...] = ()


class InputBinding(Struct, frozen=True, kw_only=True, tag="input", tag_field="kind"):
    """An input of the enclosing workflow, or the part of it where ``path`` leads; for ``through`` see ``OutputBinding``."""

    name: str
    path: Path = ()
    through: tuple[Type, ...] = ()


class OutputBinding(Struct, frozen=True, kw_only=True, tag="output", tag_field="kind"):
    """An output of a node of the same graph, or the part of it where ``path`` leads (``contract.paths``).

    ``through`` holds the types declared where the value crosses into and out of workflows that were put in place: it takes each of
    them in turn. Left out where that changes nothing, which is nearly everywhere.
    """

    node: str
    output: str
    path: Path = ()
    through: tuple[Type, ...] = ()


class ListBinding(Struct, frozen=True, kw_only=True, tag="list", tag_field="kind"):
    """A list or tuple that the workflow writes out, with something in it that only a run knows; ``type`` tells which."""

    type: Type
    items: tuple[Binding, ...]
    through: tuple[Type, ...] = ()


class DictBinding(Struct, frozen=True, kw_only=True, tag="dict", tag_field="kind"):
    """A dict that the workflow writes out: keys in wire form, each beside its value."""

    type: Type
    items: tuple[tuple[Json, Binding], ...]
    through: tuple[Type, ...] = ()


class StructBinding(Struct, frozen=True, kw_only=True, tag="struct", tag_field="kind"):
    """An instance of a class that the workflow builds, with something in it that only a run knows: arguments by field.

    With ``constructs`` its class makes it in the attempt, because it runs code or has defaults that only it knows; else it is what its
    fields are. ``path`` leads to a part of an instance that its class makes.
    """

    type: Type
    items: tuple[tuple[str, Binding], ...]
    constructs: bool = False
    path: Path = ()
    through: tuple[Type, ...] = ()


LeafBinding = LiteralBinding | InputBinding | OutputBinding
BuiltBinding = ListBinding | DictBinding | StructBinding
Binding = LeafBinding | BuiltBinding


class TaskNode(Struct, frozen=True, kw_only=True, tag="task", tag_field="kind"):
    """One call of a task. ``policy`` stands only where ``with_overrides`` changed the task's."""

    id: str
    task: str
    bindings: tuple[tuple[str, Binding], ...]
    after: tuple[str, ...] = ()
    policy: Policy | None = None


class MapNode(Struct, frozen=True, kw_only=True, tag="map", tag_field="kind"):
    """One call of a task per element of the list bound to ``over``; its output is the list of results.

    ``along`` names further inputs that take one element each, of lists of the same length. Where ``min_success_ratio`` or
    ``min_successes`` lets elements fail, they give None.
    """

    id: str
    task: str
    over: str
    bindings: tuple[tuple[str, Binding], ...]
    after: tuple[str, ...] = ()
    policy: Policy | None = None
    concurrency: int = 0
    along: tuple[str, ...] = ()
    min_success_ratio: float = 1
    min_successes: int | None = None

    @property
    def mapped(self) -> tuple[str, ...]:
        """All inputs that take one element each."""
        return (self.over, *self.along)

    @property
    def has_holes(self) -> bool:
        """Whether elements may fail, so that their places in the list hold None."""
        return self.min_successes is not None or self.min_success_ratio < 1

    def type_of_list(self, declared: Type) -> Type:
        """Type of the list of results of a task whose own output is ``declared``."""
        return list_of(union_of([declared, Type("none")]) if self.has_holes else declared)


class GraphNode(Struct, frozen=True, kw_only=True, tag="graph", tag_field="kind"):
    """A call of another workflow; the pass ``inline`` replaces it by that workflow's nodes.

    ``interruptible`` is what the calling workflow says, for nodes of which neither their task nor the called workflow says anything.
    """

    id: str
    workflow: str
    bindings: tuple[tuple[str, Binding], ...]
    after: tuple[str, ...] = ()
    interruptible: bool | None = None


Waiting = Literal["approve", "input", "sleep"]


class GateNode(Struct, frozen=True, kw_only=True, tag="gate", tag_field="kind"):
    """A place where a run waits, without a pod, for ``wait_s`` seconds at most: for a person, or for these to pass (``sleep``).

    An ``approve`` waits for a word about what is bound, an ``input`` for a value.
    ``outputs`` are what an ``approve`` lets through, named as its bindings, or the one value of an ``input``. Behind ``open_gates``
    nobody takes the outputs of an ``approve``: they take what is bound, after the gate.
    """

    id: str
    gate: Waiting
    wait_s: float
    bindings: tuple[tuple[str, Binding], ...]
    outputs: tuple[Field, ...] = ()
    after: tuple[str, ...] = ()


FlatNode = TaskNode | MapNode | GateNode
"""What is left of the nodes once ``inline`` has put subworkflows in place."""
Node = FlatNode | GraphNode


class Output(Struct, frozen=True, kw_only=True):
    """An output of a workflow and where its value comes from."""

    name: str
    type: Type
    binding: Binding


class Workflow(Struct, frozen=True, kw_only=True):
    """Interface and graph; nodes in source order, which is a topological order of values (not of ``after``)."""

    name: str
    inputs: tuple[Field, ...]
    outputs: tuple[Output, ...]
    returns: Returns
    nodes: tuple[Node, ...]
    failure_policy: Literal["FAIL_AFTER_EXECUTABLE_NODES_COMPLETE"] | None = None
    """What does not need a call that failed for good runs all the same; ``None``: nothing else starts."""


class CallHandler(Struct, frozen=True, kw_only=True):
    """What runs once the run has failed, and something inside one call of a workflow that has an ``on_failure``.

    ``call`` tells calls apart: the id of the call, where it was before its workflow was put in place. ``nodes`` are the nodes in its place.
    ``graph`` takes inputs of the run, ``contract.failures.CALL_ERR``, and results of the failed run, named by ``contract.failures.result_name``.
    Until the workflow is finished it holds the handler's call alone, bound to nodes of the workflow.
    """

    call: str
    workflow: str
    nodes: tuple[str, ...]
    graph: Workflow


class Library(Struct, frozen=True, kw_only=True):
    """Everything that elaboration made of the sources: all definitions, not yet one workflow's program."""

    classes: dict[str, ClassDef]
    tasks: dict[str, TaskDef]
    workflows: dict[str, Workflow]
    images: dict[str, ImageSpec] = {}
    handlers: dict[str, Workflow] = {}
    """By the name of a workflow the call that its ``on_failure`` asks for, in a workflow of its own."""


class Program(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One entry workflow, flat, with the tasks and classes that it reaches: what every target and the runtime take."""

    schema: int = SCHEMA
    project: str = DEFAULT_PROJECT
    domain: str = DEFAULT_DOMAIN
    classes: dict[str, ClassDef]
    tasks: dict[str, TaskDef]
    images: dict[str, ImageSpec] = {}
    on_failure: Workflow | msgspec.UnsetType = msgspec.UNSET
    """What runs once the workflow has failed, on the same inputs: its nodes have ids that no node of the workflow has."""
    call_handlers: tuple[CallHandler, ...] | msgspec.UnsetType = msgspec.UNSET
    """What runs before that for calls in which something failed: inner calls before those that hold them, else in the order of the source."""
    workflow: Workflow

    @property
    def handler(self) -> Program | None:
        """What runs once the workflow has failed, as a program of its own."""
        return None if isinstance(self.on_failure, msgspec.UnsetType) else self._alone(self.on_failure)

    @property
    def handlers_of_calls(self) -> dict[str, Program]:
        """What runs once something in a call has failed, as programs of their own, by calls."""
        calls = () if isinstance(self.call_handlers, msgspec.UnsetType) else self.call_handlers
        return {handler.call: self._alone(handler.graph) for handler in calls}

    @property
    def handlers(self) -> tuple[Program, ...]:
        """Everything that may run once the workflow has failed, in the order in which it does."""
        own = self.handler
        return (*self.handlers_of_calls.values(), *((own,) if own else ()))

    def _alone(self, graph: Workflow) -> Program:
        return msgspec.structs.replace(self, workflow=graph, on_failure=msgspec.UNSET, call_handlers=msgspec.UNSET)


class Publish(Struct, frozen=True, kw_only=True):
    """The length of the list in ``output``, or in its part at ``path``, written by the unit as control output ``parameter``."""

    output: str
    parameter: str
    path: Path = ()
    counts: Literal["pods", "elements"] = "pods"
    """What the length is given in: the pods of a map over the list, or its elements."""


class Unit(Struct, frozen=True, kw_only=True):
    """What one pod executes: a node, or one element of a map node."""

    id: str
    node: str
    publish: tuple[Publish, ...] = ()


class Plan(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """``plan.json``: the program and a target's units."""

    schema: int = SCHEMA
    program: Program
    units: dict[str, Unit]
    map_pods: int | msgspec.UnsetType = msgspec.UNSET
    """Most pods of one map, where it is not ``contract.chunks.MAP_PODS``."""
