"""Which workflows a workflow calls, at any depth: callees first, or the circle that makes this impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.ir.program import GraphNode

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Library, Workflow


class Step(NamedTuple):
    """One workflow calling another."""

    caller: str
    node: str
    callee: str


class CallOrder(NamedTuple):
    """Every workflow that is reached, each after those that it calls; ``circle`` is not empty when one calls itself."""

    workflows: list[Workflow]
    circle: list[Step]


def call_order(entry: Workflow, library: Library) -> CallOrder:
    """Walk the calls of workflows from an entry. Without recursion of our own: chains of calls may be long."""
    done: dict[str, Workflow] = {}
    path: dict[str, Step | None] = {entry.name: None}
    stack = [(entry, iter(_calls(entry)))]
    while stack:
        workflow, calls = stack[-1]
        call = next(calls, None)
        if call is None:
            stack.pop()
            done[workflow.name] = workflow
            del path[workflow.name]
            continue
        step = Step(workflow.name, call.id, call.workflow)
        if call.workflow in path:
            return CallOrder(list(done.values()), _circle(list(path.values()), step))
        if call.workflow not in done:
            callee = library.workflows[call.workflow]
            path[callee.name] = step
            stack.append((callee, iter(_calls(callee))))
    return CallOrder(list(done.values()), [])


def _calls(workflow: Workflow) -> list[GraphNode]:
    return [node for node in workflow.nodes if isinstance(node, GraphNode)]


def _circle(path: list[Step | None], last: Step) -> list[Step]:
    """Cut the way in off, and start at the first name of the alphabet: one circle reads the same wherever it is entered."""
    steps = [step for step in path if step is not None]
    callers = [step.caller for step in steps]
    circle = [*steps[callers.index(last.callee) :], last] if last.callee in callers else [last]
    first = min(range(len(circle)), key=lambda at: circle[at].caller)
    return circle[first:] + circle[:first]
