"""Calls of a task without a plan: one ``int`` in, one or two lists of ``int`` out, for tests of what is kept and found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagwright.cache import fetcher, unpack_output
from dagwright.contract.modes import ON
from dagwright.contract.types import parse
from dagwright.execution.given import Wire
from dagwright.execution.plan_view import TaskView
from dagwright.execution.task_call import Performed, Reuse, TaskCall, perform
from dagwright.values import Codec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright.cache.leases import Pace
    from dagwright.store import Store

LONG = 40_000
"""Elements of the second output: too many to stand in the entry itself."""


def task(*, serialize: bool = False, cached: bool = True, version: str = "1", name: str = "flow.t", retries: int = 0) -> TaskView:
    """A task ``t(x: int) -> tuple[int, list[int]]``."""
    return TaskView(
        {
            "name": name,
            "module": "flow",
            "function": "t",
            "inputs": [{"name": "x", "type": "int"}],
            "outputs": [{"name": "o0", "type": "int"}, {"name": "o1", "type": "list[int]"}],
            "returns": "tuple",
            "signature": "5" * 64,
            "policy": {"retries": retries, **({"cache": {"version": version, "serialize": serialize}} if cached else {})},
        }
    )


def call(
    store: Store,
    given: int,
    function: Callable[[int], int],
    *,
    of: TaskView,
    mode: str = ON,
    pin: str | None = None,
    pace: Pace | None = None,
    long: int = LONG,
    inline_limit: int | None = None,
) -> TaskCall:
    """A call whose outputs are what the function gives, once and many times."""
    return TaskCall(
        of,
        of.policy,
        {"x": Wire(parse("int"), given)},
        codec=Codec({}),
        function=lambda: function,
        run=lambda body, arguments: _outputs(body(**arguments), long),
        reuse=Reuse(store, project="p", domain="d", cache=mode, pace=pace),
        pin=pin,
        inline_limit=inline_limit,
    )


def value_of(store: Store, performed: Performed) -> int:
    """The value, after checking that the two outputs are of one writer."""
    if performed.values is not None:
        short, long = performed.values.values()
    else:
        assert performed.result is not None
        fetch = fetcher(store, performed.result)
        short, long = (unpack_output(output, fetch) for output in performed.result.outputs)
    assert set(long) <= {short}
    return int(short)


def performed_value(made: TaskCall) -> int:
    """Perform a call and give its value."""
    assert made.reuse is not None
    return value_of(made.reuse.store, perform(made))


@dataclass(frozen=True)
class Node:
    """What attempt records know of a node."""

    id: str


@dataclass(frozen=True)
class Attempted:
    """What attempt records know of an attempt."""

    run: str
    node: Node
    hint: int | None
    index: int | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)


def _outputs(value: int, long: int) -> Any:
    return value, [value] * long
