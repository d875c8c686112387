"""In which calls of workflows with an ``on_failure`` something failed, what their handlers are told, and whether those can have their inputs.

A call has failed where something inside it failed for good. Where nothing did in all of the run, because somebody stopped it, attempts died
without a word, or nobody opened a gate, it has failed where it was interrupted.
"""

from __future__ import annotations

from dagwright.cache import PinDamaged
from dagwright.contract.exits import FINAL
from dagwright.contract.names import node_prefix, quote_part
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.told_failures import described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Optional

    from dagwright.execution.assignment import Assignment
    from dagwright.execution.bindings import Bindings
    from dagwright.execution.plan_view import CallView, ProgramView
    from dagwright.execution.stopping import Stop
    from dagwright.execution.told_failures import Failures, Told
    from dagwright.store.verbs import Store


LACKS = "lacks"
"""Member of what is told of a call: the node whose result its handler takes and cannot have."""


def told_of_calls(assignment: Assignment, store: Store, failures: Failures, stop: Stop, left: list[str]) -> dict[str, Told]:
    """Describe the failures of calls, by call.

    Args:
        assignment: An attempt of what handles a failure of the run, as its orchestrator has it.
        store: Where the failed run is.
        failures: Those of the run.
        stop: The marker of the run.
        left: Notes of attempts that died without a word.
    """
    from dagwright.execution.bindings import Bindings
    from dagwright.values import Codec

    program = assignment.plan.failed
    assert program is not None
    any_final = bool(stop.node) or any(error["code"] in FINAL for error in failures.of_run())
    # Where the run goes on after a failure, nothing is interrupted but by what ends all of it.
    interrupted = not any_final or not program.stops
    ended = _lost(assignment.run, store, failures, left) if interrupted else {}
    if not ended and not stop.node and not failures.of_run():
        ended = _closed_gates(assignment.run, program, failures)
    codec = Codec(program.classes, load_class=_no_code, pickle=assignment.pickle)
    bindings = Bindings(program, run=assignment.run, store=store, codec=codec, texts=assignment.inputs)
    found: dict[str, Told] = {}
    for call in assignment.plan.calls:
        told = _told_of(call, failures, stop, ended, also_interrupted=interrupted)
        if told is not None:
            found[call.id] = told
            lacking = _lacking(call, bindings, failures, stop)
            if lacking is not None:
                told[LACKS] = lacking
    return found


def _told_of(
    call: CallView, failures: Failures, stop: Stop, ended: Mapping[str, str], *, also_interrupted: bool
) -> Optional[Told]:
    """Describe the failure of a call, if it failed; ``ended`` says of nodes without an error document why they have no value."""
    errors = failures.of_nodes(call.nodes, also_interrupted=also_interrupted)
    if errors:
        return described(errors)
    if stop.node in call.nodes:
        return {"message": stop.text, "failed_node_id": stop.node}
    node = next((node for node in ended if node in call.nodes), None)
    return None if node is None else {"message": ended[node], "failed_node_id": node}


def _lost(run: str, store: Store, failures: Failures, left: list[str]) -> dict[str, str]:
    """Give the nodes of which attempts died without a word and no later one ended."""
    from dagwright.store import NotFound

    found = {}
    for key in left:
        try:
            label = store.get(key).decode("ascii")
        except NotFound:
            continue
        node, _, index = label.partition("[")
        folder = node_prefix(run, node, int(index[:-1]) if index else None)
        if folder not in failures.done and not failures.of_node(node):
            found[node] = f"attempts of {label} died without a word"
    return found


def _closed_gates(run: str, program: ProgramView, failures: Failures) -> dict[str, str]:
    """Give the gates at which a run without any failure may have ended: what is before them is done, and nothing behind them."""
    done = {folder[len(node_prefix(run, "")) :].split("/")[0] for folder in failures.done}
    before = {node: program.predecessors(node) for node in program.node_ids}
    return {
        gate: f"the run was stopped, or nobody let it through at {gate}"
        for gate in program.node_ids
        if program.node(gate).gate in ("approve", "input")
        and all(quote_part(node) in done or program.node(node).gate for node in before[gate])
        and not any(gate in nodes and quote_part(node) in done for node, nodes in before.items())
    }


def _lacking(call: CallView, bindings: Bindings, failures: Failures, stop: Stop) -> Optional[str]:
    """Give the first node whose result the call's handler takes and that has none."""
    for node, _ in call.results.values():
        if node == stop.node or failures.of_nodes(frozenset((node,)), also_interrupted=True):
            return node
        try:
            bindings.check_value(node)
        except (Fault, PinDamaged):
            return node
        except UserFailure:
            pass  # only the user's code can tell: the handler's own attempt does
    return None


def _no_code(_module: str, _qualname: str) -> Any:
    raise UserFailure(LookupError("no code of the user's is imported here"))


def without_inputs(call: str, node: str) -> str:
    """Say that a handler cannot run."""
    return f"the on_failure of {call} does not run: it takes a result of {node}, which has none"
