"""What a name can hold while a workflow body is interpreted, and the calls that the body makes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright.contract.types import Type, list_of, union_of
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.interfaces import Interface
from dagwright_compiler.frontend.known_values import StaticValue, Symbolic
from dagwright_compiler.frontend.modules import Module
from dagwright_compiler.frontend.options import Option
from dagwright_compiler.frontend.summary import FunctionNode
from dagwright_compiler.ir.program import ClassDef, Field, Json, LiteralBinding, Path, Policy, Slice, Waiting

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.frames import Frame


class Callee(msgspec.Struct, eq=False):
    """A task or workflow that a body can call; of a gate, what its call would be declared as."""

    kind: Literal["task", "workflow", "gate"]
    name: str
    """Module and function."""
    module: Module
    node: FunctionNode
    interface: Interface
    policy: Policy
    options: tuple[Option, ...] = ()
    """Keywords of its decorator, each where it is written."""
    runs_on: bool = False
    """Of a workflow: whether what does not need a failed call runs all the same."""


class MapOptions(msgspec.Struct, frozen=True, eq=False):
    """What the keywords of ``map_task`` say; ``min_successes`` counts, where it is given, and the ratio does not."""

    concurrency: int = 0
    min_success_ratio: float = 1
    min_successes: int | None = None
    policy: Policy | None = None
    policy_places: dict[str, Place] = {}
    places: dict[str, ast.expr] = {}
    """Where each value stands."""

    @property
    def has_holes(self) -> bool:
        """Whether elements may fail, so that their places in the list hold None."""
        return self.min_successes is not None or self.min_success_ratio < 1

    def type_of_list(self, declared: Type) -> Type:
        """Type of the list of results of a task whose own output is ``declared``."""
        return list_of(union_of([declared, Type("none")]) if self.has_holes else declared)


class Gate(msgspec.Struct, frozen=True, eq=False):
    """What a run waits for, and how long at most, or altogether."""

    kind: Waiting
    wait_s: float


class Call(msgspec.Struct, eq=False):
    """One node of the graph in the making."""

    kind: Literal["task", "map", "graph", "gate"]
    callee: Callee
    node: ast.Call
    outputs: tuple[Field, ...]
    bindings: dict[str, Bound]
    arguments: dict[str, ast.expr]
    """Where each argument stands."""
    after: list[Call]
    policy: Policy | None = None
    policy_places: dict[str, Place] = {}
    node_name: str = ""
    node_name_place: Place | None = None
    """Where ``node_name`` was written; none for a name that calls may share."""
    variable: str = ""
    over: str = ""
    along: tuple[str, ...] = ()
    options: MapOptions = MapOptions()
    """Of a map."""
    gate: Gate | None = None
    order_places: list[Place] = []
    """Where each call of ``after`` was put before this one."""
    module: Module | None = None
    """Where it is written: another module than the workflow's where a function of that one makes the call."""


class Static(msgspec.Struct, frozen=True, eq=False):
    """A value known at compile time; a list, tuple or dict that the body holds may have results in it (see ``groups.settled``)."""

    value: StaticValue


class Promise(Symbolic, frozen=True, eq=False):
    """A typed reference to one output of a call, or (``call`` is ``None``) to an input of the workflow; ``path`` leads to a part."""

    type: Type
    name: str
    call: Call | None = None
    path: Path = ()
    part: str = ""
    """The path as the source spells it."""


class Result(Symbolic, frozen=True, eq=False):
    """What a call gives that has no output or several: not a value by itself, but it can be unpacked, ordered, overridden.

    ``as_node`` for the result of ``create_node``, whose outputs are read by name.
    """

    call: Call
    as_node: bool = False


class Group(msgspec.Struct, frozen=True, eq=False):
    """A tuple, list or dict in which promises stand, as it is at one moment; ``keys`` names the parts of a dict."""

    kind: Literal["tuple", "list", "dict"]
    items: tuple[Value, ...]
    keys: tuple[StaticValue, ...] = ()
    origin: StaticValue = None
    """What the body holds itself."""


class Record(Symbolic, frozen=True, eq=False):
    """An instance of a class that the body builds with results in it: what it is given, by field, in the order of the fields.

    With ``constructs`` only its class knows what becomes of that, and what its other fields hold.
    """

    type: Type
    definition: ClassDef
    fields: dict[str, Value]
    constructs: bool = False


class Built(msgspec.Struct, frozen=True, eq=False):
    """A ``Group`` or ``Record`` under the type of the place that takes it; ``keys`` in wire form, or the names of fields."""

    type: Type
    items: tuple[Bound, ...]
    keys: tuple[Json, ...] = ()
    constructs: bool = False


class Mapped(Symbolic, frozen=True, eq=False):
    """``map_task(f)`` before it is called; ``None`` when a finding was made already. What the function has bound is the same for all elements."""

    function: Function | None
    options: MapOptions = MapOptions()


class Function(Symbolic, frozen=True, eq=False):
    """A task or workflow under a local name, or with some arguments bound by ``functools.partial``."""

    callee: Callee
    bound: dict[str, Argument] = msgspec.field(default_factory=dict)
    positional: int = 0
    """How many of the first inputs are bound by position: an argument by position goes to the next."""


class Closure(Symbolic, frozen=True, eq=False):
    """A plain function or a lambda, which is read where it is called; ``frame`` is the body that it is defined in, if any."""

    name: str
    node: FunctionNode | ast.Lambda
    module: Module
    frame: Frame | None = None
    defaults: dict[str, Value] = msgspec.field(default_factory=dict)
    """Values of parameters that a call need not give."""


class Named(Symbolic, frozen=True, eq=False):
    """A module, class or function outside the body under a local name, or a builtin function as a value."""

    entity: Entity


class Broken(Symbolic, frozen=True, eq=False):
    """The value of something that a finding tells about already: it fits everything and causes no other finding."""


Value = Static | Promise | Result | Group | Record | Mapped | Function | Closure | Named | Broken
Argument = tuple[Value, ast.expr]
"""An argument's value and where it stands."""
Bound = Promise | LiteralBinding | Built
"""What an input or output is bound to before nodes have ids."""
BROKEN = Broken()


def wrapped(value: StaticValue) -> Value:
    """An item of a list, tuple or dict of the body as a value by itself."""
    return value if isinstance(value, Symbolic) else Static(value)  # type: ignore[return-value]  # every kind of them is a ``Value``


def unwrapped(value: Value) -> StaticValue:
    """A value as an item of a list, tuple or dict of the body."""
    return value.value if isinstance(value, Static) else value


def opened(value: Value) -> Value:
    """What was given for a field of an instance, as the body gave it."""
    return Static(value.origin) if isinstance(value, Group) else value


def value_of(call: Call) -> Value:
    """What a call gives to the body: a promise when it has exactly one output that stands by itself."""
    if len(call.outputs) == 1 and (call.kind == "map" or call.callee.interface.returns == "single"):
        output = call.outputs[0]
        return Promise(output.type, output.name, call)
    return Result(call)


def parts_of(value: Value) -> tuple[Value, ...] | None:
    """The values that unpacking gives, or ``None`` when the value cannot be unpacked."""
    if isinstance(value, Group):
        return value.items if value.kind != "dict" else tuple(map(Static, value.keys))
    if isinstance(value, Record):
        return (
            tuple(map(opened, value.fields.values())) if value.definition.kind == "namedtuple" and not value.constructs else None
        )
    if isinstance(value, Result) and not value.as_node:
        return tuple(Promise(output.type, output.name, value.call) for output in value.call.outputs)
    if isinstance(value, Static) and isinstance(value.value, tuple | list):
        items: tuple[Any, ...] = tuple(value.value)
        return tuple(map(wrapped, items))
    if isinstance(value, Promise) and value.type.kind == "tuple":
        return tuple(part_at(value, index, item, f"[{index}]") for index, item in enumerate(value.type.args))
    return None


def part_at(value: Promise, step: int | str | Slice, declared: Type, spelled: str) -> Promise:
    """A promise of a part of another promise's value."""
    return Promise(declared, value.name, value.call, (*value.path, step), value.part + spelled)


def output_part(value: Promise) -> str:
    """How the source reads one of several results of a call: ``.score``, ``[1]``; empty of one that stands alone."""
    if value.call is None or value.call.kind == "map":
        return ""
    returns = value.call.callee.interface.returns
    if returns == "tuple":
        return f"[{[output.name for output in value.call.outputs].index(value.name)}]"
    return f".{value.name}" if returns == "namedtuple" else ""


def describe_source(value: Value) -> str:
    """How a message names a value that is no constant."""
    if isinstance(value, Promise):
        whole = f"the result of `{value.call.callee.node.name}`" if value.call is not None else f"the input `{value.name}`"
        part = output_part(value) + value.part
        return f"`{part}` of {whole}" if part else whole
    if isinstance(value, Result):
        if value.as_node:
            return f"the node of `{value.call.callee.node.name}`"
        return f"the result of `{value.call.callee.node.name}`"
    if isinstance(value, Group):
        return f"a {value.kind} of results"
    if isinstance(value, Record):
        return f"the `{value.definition.qualname}` that is built of results"
    if isinstance(value, Function):
        return f"the {value.callee.kind} `{value.callee.node.name}`"
    if isinstance(value, Closure):
        return f"the function `{value.name}`" if value.name else "a lambda"
    if isinstance(value, Named):
        name = getattr(value.entity, "qualname", "")
        return f"the class `{name}`" if name else "a module, class or function"
    return "a mapped task" if isinstance(value, Mapped) else "a constant"
