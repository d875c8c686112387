"""What handles the failure of a run on this machine: of the calls in which something failed, inner ones first, then of the whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dagwright.execution.plan_view import CallView, PlanView, ProgramView


class Left:
    """What a failed execution in this process leaves for what handles it: failures by nodes, and the results so far."""

    __slots__ = ("failures", "program", "value")

    def __init__(self, program: ProgramView) -> None:
        self.program = program
        self.failures: dict[str, Exception] = {}
        self.value: Callable[[str, str], Any] = _nothing
        """Gives an output of a node; a ``LookupError`` says that there is none."""


def _nothing(node: str, _output: str) -> Any:
    raise LookupError(node)


def handlers_to_run(plan: PlanView, setup: Mapping[str, Any]) -> Iterator[PlanView]:
    """Give what has a failure to handle, in the order in which it runs; say what cannot run.

    Args:
        plan: Of the failed run.
        setup: The run, as the server of attempts has it.
    """
    handlers = [handler for handler in plan.handlers if handler.program.node_ids]
    of_calls = next((handler for handler in handlers if handler.call is not None), None)
    failed: frozenset[str] = frozenset()
    if of_calls is not None:
        from dagwright.execution.assignment import Assignment
        from dagwright.execution.calls_to_handle import calls_to_handle
        from dagwright.store import open_store

        assignment = Assignment(
            plan,
            of_calls.program.node_ids[0],
            index=None,
            hint=None,
            run=setup["run"],
            store_url=setup["store"],
            code=tuple(setup["code"]),
            work=setup["plan"],
            inputs=setup["inputs"],
        )
        failed = calls_to_handle(assignment, open_store(setup["store"]), say)
    yield from (handler for handler in handlers if handler.call is None or handler.call.id in failed)


def failed_as_well(call: CallView | None) -> str:
    """Say that what handles a failure has failed itself."""
    return "its on_failure failed as well" if call is None else f"the on_failure of {call.id} failed as well"


def say(text: str) -> None:
    """Tell whoever started the run."""
    sys.stderr.write(f"dagwright: {text}\n")
