"""Answering a run that waits for a person: approving, denying, giving a value.

Input: a run and one of its gates. What is given goes into the run's store first, once for all who take it; then Argo lets that one node pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.cache import PinDamaged
from dagwright.upkeep.gates import GivenAlready, give
from dagwright_argo_client.runs import ASKING, FAILED, SUCCEEDED, WAITING, answer_to
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.node_names import mangle

if TYPE_CHECKING:
    from dagwright_argo_client.results import Results
    from dagwright_argo_client.runs import Run, RunNode
    from dagwright_compiler.cli.given_files import Asked
    from dagwright_compiler.cli.inputs import Inputs


class Unanswerable(ValueError):  # noqa: N818  # as ValueMismatch
    """Nobody can answer so, or not now; the message says why and what to do (lower case, no full stop)."""


def gate_of(run: Run, name: str) -> RunNode:
    """Find a gate of a run, by its id or as the source has its name.

    Raises:
        Unanswerable: There is none.
    """
    node = run.node(name) or run.node(mangle(name))
    gates = [each.id for each in run.nodes if each.pause is not None and each.pause.gate != "sleep"]
    others = f"it waits for people at {', '.join(gates)}" if gates else "it waits for nobody"
    if node is None:
        raise Unanswerable(f"{run.name} has no node {name}; {did_you_mean(name, gates) or others}")
    if node.pause is None:
        raise Unanswerable(f"{node.id} of {run.name} runs a task, and asks nobody; {others}")
    if node.pause.gate == "sleep":
        raise Unanswerable(f"{node.id} of {run.name} waits for time to pass, and asks nobody; {others}")
    return node


def check_open(run: Run, node: RunNode) -> None:
    """Check that a gate waits for an answer now.

    Raises:
        Unanswerable: It does not.
    """
    if node.state == ASKING:
        return
    if node.state == WAITING and not run.has_ended:
        raise Unanswerable(f"{run.name} has not come to {node.id} yet; `dagwright status {run.name}` shows how far it is")
    if node.state == FAILED:
        raise Unanswerable(f"{node.id} of {run.name} has failed; `dagwright retry {run.name}` asks again")
    ended = "has succeeded" if run.has_succeeded else "was stopped" if run.was_stopped else "has failed"
    again = "" if run.has_succeeded else f"; `dagwright retry {run.name}` takes it up again"
    if node.state == SUCCEEDED:
        raise Unanswerable(f"{node.id} of {run.name} was answered already")
    raise Unanswerable(f"{run.name} {ended}, and {node.id} waits no more{again}")


def leave(results: Results, run: Run, node: str, given: Inputs, asked: Asked) -> None:
    """Leave a value in the store of a run; the same one again, however it is written, changes nothing.

    Raises:
        Unanswerable: Another one was given.
        StoreError: The store failed.
    """
    from dagwright_compiler.cli.given_files import store_files

    text = given.texts[node]
    if given.blobs:
        store_files(given.blobs, results.store)
    try:
        give(results.store, run.key, node, text)
    except GivenAlready as earlier:
        if not _is_same(asked, node, text, earlier.text):
            raise Unanswerable(f"{node} of {run.name} was given another value already: {_shortened(earlier.text)}") from None
    except PinDamaged as damage:
        raise Unanswerable(str(damage)) from None


def _is_same(asked: Asked, node: str, *texts: str) -> bool:
    """Whether texts say one value: a member by its name and by its value, other spaces, other order of fields."""
    from dagwright.execution.input_text import InputMismatch, parse_input
    from dagwright.files.access import MachineAccess
    from dagwright.values import Codec, ValueMismatch
    from dagwright_compiler.cli.stand_in_classes import stand_in_classes

    codec = Codec(asked.classes, stand_in_classes(asked.classes), files=MachineAccess())
    field = asked.inputs[node]
    try:
        first, *others = [codec.to_user(parse_input(codec, field, text), field.type) for text in texts]
    except (InputMismatch, ValueMismatch):  # what only its class can read is compared as text
        return False
    return all(first == other for other in others)


def wrong_use(run: Run, node: RunNode, *, has_value: bool) -> str:
    """Say what is wrong with a value that is missing or unwanted; empty where nothing is."""
    is_approval = node.pause is not None and node.pause.gate == "approve"
    if not is_approval and not has_value:
        return f"{node.id} of {run.name} asks for a value: {answer_to(run.name, node.id, 'input')}"
    if is_approval and has_value:
        return f"{node.id} of {run.name} asks for an approval, and takes no value: leave --set out"
    return ""


_LONGEST = 80


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
