"""Shapes of ``plan.json``: what the compiler writes and the runtime reads, as typed dicts.

Import it for annotations only (``if TYPE_CHECKING``): nothing here exists at run time. The compiler's own frozen classes
(``dagwright_compiler.ir``) encode to exactly these shapes; a test holds both to each other. Types stand as text
(``contract.types``), values in the wire form of ``contract.literals``. Absent keys mean the default.
"""

from __future__ import annotations

from typing import Any, Literal, Optional, TypedDict, Union

Json = Any


class _FieldRequired(TypedDict):
    name: str
    type: str


class Field(_FieldRequired, total=False):
    """A field of a class, an input or an output."""

    default: Json
    """Wire form of a literal default; absent when there is none or when it is deferred."""
    has_default: bool
    """True when ``default`` holds (its value may be null)."""
    optional: bool
    """A key of a typed dict that may be absent."""
    deferred: bool
    """The default is an expression that only the task's own function can evaluate, in the attempt; with ``has_default`` the classes of
    instances in ``default`` fill in fields that are left out."""


class _ClassDefRequired(TypedDict):
    kind: Literal["dataclass", "namedtuple", "enum", "typeddict", "pydantic"]
    module: str
    qualname: str


class ClassDef(_ClassDefRequired, total=False):
    """A class that the program's types name; one of its instances is a dict where the kind is ``typeddict``."""

    fields: list[Field]
    members: list[str]
    values: list[Union[bool, int, float, str]]
    """Of an enum: the values of its members, in their order; absent where the source does not tell them all."""


class _CacheRequired(TypedDict):
    version: str


class Cache(_CacheRequired, total=False):
    """Reuse of results."""

    ignore: list[str]
    serialize: bool


class Resources(TypedDict, total=False):
    """Kubernetes quantities as the user wrote them, normalised to text."""

    cpu: str
    mem: str
    gpu: str
    ephemeral_storage: str


class _SecretRequired(TypedDict):
    group: str


class Secret(_SecretRequired, total=False):
    """A secret that a task may read: one key of a group, or the whole group where ``key`` is absent."""

    key: str
    version: str
    mount: Literal["env", "file"]
    """How it arrives; absent: as the target likes best."""
    env_var: str
    """Name of the variable that it arrives in; absent: the name that flytekit gives."""


class PodTemplate(TypedDict, total=False):
    """What a task's pod has beyond what the target gives it."""

    primary_container: str
    labels: dict[str, str]
    annotations: dict[str, str]
    pod_spec: dict[str, Json]
    """As the Kubernetes API spells it."""


class _AcceleratorRequired(TypedDict):
    device: str


class Accelerator(_AcceleratorRequired, total=False):
    """The device that a task runs on, by the name that clouds give it (``nvidia-tesla-t4``)."""

    partition: str
    """Size of the slice of the device (``1g.5gb``), empty for the undivided one; absent: either."""


class Plugin(TypedDict):
    """The configuration object of a plugin: its class, and its arguments; an object inside is a ``Plugin`` under ``$call``."""

    name: str
    arguments: dict[str, Json]


class ImageSpec(TypedDict, total=False):
    """What an image holds, for whoever builds it."""

    name: str
    registry: str
    base_image: str
    python_version: str
    builder: str
    platform: str
    packages: list[str]
    conda_packages: list[str]
    conda_channels: list[str]
    apt_packages: list[str]
    requirements: str
    """Path of a requirements file below the project."""
    pip_index: str
    pip_extra_index_url: list[str]
    pip_extra_args: str
    cuda: str
    cudnn: str
    commands: list[str]
    copy: list[str]
    entrypoint: list[str]
    env: dict[str, str]


class Policy(TypedDict, total=False):
    """How a task runs. Absent: no cache, 0 retries, no timeout."""

    cache: Cache
    retries: int
    timeout_s: float
    interruptible: bool
    requests: Resources
    limits: Resources
    image: str
    environment: dict[str, str]
    secrets: list[Secret]
    pod_template: PodTemplate
    pod_template_name: str
    accelerator: Accelerator
    shared_memory: str
    """Size of ``/dev/shm``; empty for as much as the pod's memory allows."""
    plugin: Plugin
    deck: bool
    labels: dict[str, str]
    """Of the pods that run the task, beside those of its pod template."""
    annotations: dict[str, str]


class _TaskDefRequired(TypedDict):
    name: str
    module: str
    function: str
    inputs: list[Field]
    outputs: list[Field]
    returns: Literal["none", "single", "tuple", "namedtuple"]
    signature: str
    policy: Policy


class TaskDef(_TaskDefRequired, total=False):
    """A task: ``name`` is module and function, ``signature`` the digest of its full interface (classes expanded)."""

    has_hashes: bool
    """Some output is annotated with what computes its place in keys."""


class _Crossing(TypedDict, total=False):
    through: list[str]
    """Types declared where the value crosses into and out of subworkflows, in order: it takes each before the one declared
    at its end. Absent where that changes nothing."""


class _LiteralBindingRequired(TypedDict):
    kind: Literal["literal"]
    type: str
    value: Json


class LiteralBinding(_LiteralBindingRequired, _Crossing):
    """A value known at compile time, in the wire form of its declared type."""


class _InputBindingRequired(TypedDict):
    kind: Literal["input"]
    name: str


Step = Union[int, str, list[Optional[int]]]
"""A step of a path: a position, a key or a field, or the bounds of a slice."""


class _Part(TypedDict, total=False):
    path: list[Step]
    """Where in the value: ``contract.paths``; absent for the whole."""


class InputBinding(_InputBindingRequired, _Part, _Crossing):
    """An input of the workflow, or a part of it."""


class _OutputBindingRequired(TypedDict):
    kind: Literal["output"]
    node: str
    output: str


class OutputBinding(_OutputBindingRequired, _Part, _Crossing):
    """An output of an earlier node, or a part of it."""


class _ListBindingRequired(TypedDict):
    kind: Literal["list"]
    type: str
    items: list[Binding]


class ListBinding(_ListBindingRequired, _Crossing):
    """A list or tuple that the workflow writes out; ``type`` tells which."""


class _DictBindingRequired(TypedDict):
    kind: Literal["dict"]
    type: str
    items: list[tuple[Json, Binding]]


class DictBinding(_DictBindingRequired, _Crossing):
    """A dict that the workflow writes out: keys in wire form, each beside its value."""


class _StructBindingRequired(TypedDict):
    kind: Literal["struct"]
    type: str
    items: dict[str, Binding]


class StructBinding(_StructBindingRequired, _Part, _Crossing, total=False):
    """An instance of a class that the workflow builds: its arguments by field; or a part of one that its class makes."""

    constructs: bool
    """True when its class makes it, in the attempt: it runs code, or has defaults that only it knows."""


LeafBinding = Union[LiteralBinding, InputBinding, OutputBinding]
BuiltBinding = Union[ListBinding, DictBinding, StructBinding]
"""What a workflow writes out, with something in it that only a run knows."""
Binding = Union[LeafBinding, BuiltBinding]


class _NodeRequired(TypedDict):
    kind: Literal["task", "map"]
    id: str
    task: str
    bindings: dict[str, Binding]


class Node(_NodeRequired, total=False):
    """One call of a task, or one map of it over a list."""

    after: list[str]
    """Nodes that must end first though no value flows from them."""
    policy: Policy
    """The whole policy of this call where ``with_overrides`` changed the task's."""
    over: str
    """Map: the input that takes one element of the bound list."""
    concurrency: int
    """Map: elements at a time; absent or 0 is unlimited."""
    along: list[str]
    """Map: further inputs that take one element each, of lists as long as that of ``over``."""
    min_success_ratio: float
    """Map: the share of elements that must succeed, the others giving None; absent: all, and there are no others."""
    min_successes: int
    """Map: how many elements must succeed, the others giving None."""


class _GateRequired(TypedDict):
    kind: Literal["gate"]
    id: str
    gate: Literal["approve", "input", "sleep"]
    wait_s: float
    bindings: dict[str, Binding]


class Gate(_GateRequired, total=False):
    """A place where a run waits, without a pod, for ``wait_s`` seconds at most: for a person, or for these to pass.

    An ``approve`` waits for a word about what is bound, an ``input`` for the value of its one output.

    Who takes what was approved is bound to its source, and comes ``after`` the gate.
    """

    outputs: list[Field]
    after: list[str]


class Output(TypedDict):
    """An output of the workflow."""

    name: str
    type: str
    binding: Binding


class _WorkflowRequired(TypedDict):
    name: str
    inputs: list[Field]
    outputs: list[Output]
    returns: Literal["none", "single", "tuple", "namedtuple"]
    nodes: list[Union[Node, Gate]]


class Workflow(_WorkflowRequired, total=False):
    """The entry workflow after inlining: nodes in source order, which is a topological order of values."""

    failure_policy: Literal["FAIL_AFTER_EXECUTABLE_NODES_COMPLETE"]
    """What does not need a call that failed for good runs all the same; absent: nothing else starts."""


class CallHandler(TypedDict):
    """What runs once a run has failed, and a node in the place of a call of another workflow: before ``on_failure``."""

    call: str
    """Tells calls apart."""
    workflow: str
    """The called workflow."""
    nodes: list[str]
    """Nodes of the workflow that stand in the place of the call."""
    graph: Workflow
    """Its inputs are the run's, ``.err``, and ``<node>.<output>`` for results of the failed run (``contract.failures``)."""


class _ProgramRequired(TypedDict):
    schema: int
    project: str
    domain: str
    classes: dict[str, ClassDef]
    tasks: dict[str, TaskDef]
    workflow: Workflow


class Program(_ProgramRequired, total=False):
    """Everything that a run means; identical for all targets."""

    images: dict[str, ImageSpec]
    """What the images hold that tasks name in ``policy.image``, where the source says so; for builders, not for runs."""
    on_failure: Workflow
    """What runs once the workflow has failed: a graph of its own, on the same inputs, and on ``err`` where it asks for it."""
    call_handlers: list[CallHandler]
    """What runs before that, in this order."""


class _PublishRequired(TypedDict):
    output: str
    parameter: str


class Publish(_PublishRequired, total=False):
    """A control value that a unit writes beside its outputs: the length of a list output."""

    path: list[Step]
    """Where in the output the list is; absent for the whole."""
    counts: Literal["elements"]
    """What the length is given in: pods of a map over the list (``contract.chunks``) unless told."""


class _UnitRequired(TypedDict):
    id: str
    node: str


class Unit(_UnitRequired, total=False):
    """What one pod executes: one node, or one element of a map node (the index is the pod's argument)."""

    publish: list[Publish]


class _PlanRequired(TypedDict):
    schema: int
    program: Program
    units: dict[str, Unit]


class Plan(_PlanRequired, total=False):
    """``plan.json``."""

    map_pods: int
    """Most pods of one map (``contract.chunks``), where it is not the usual number."""
