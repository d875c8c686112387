"""What people say at the gates of a run on this machine: given beforehand, else asked for on the terminal.

Knows what a gate waits for and what was answered; who executes the run says what is to be approved, and takes the value.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.node_names import mangle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dagwright.execution.plan_view import NodeView, ProgramView

_LONGEST_SHOWN = 400


class UnansweredError(RuntimeError):
    """Nobody is there who could answer; the message says how to answer beforehand."""


class Answers(NamedTuple):
    """Answers given beforehand, by node: whether it is approved, and the texts of values."""

    approved: Mapping[str, bool]
    texts: Mapping[str, str]


NONE_GIVEN = Answers({}, {})


def gates_of(program: ProgramView) -> list[NodeView]:
    """Give the gates at which people are asked."""
    nodes = map(program.node, program.node_ids)
    return [node for node in nodes if node.gate in ("approve", "input")]


def id_of(name: str, gates: Iterable[NodeView]) -> str:
    """Give the id of a gate that is called by its id, or as the source has its name.

    Raises:
        LookupError: There is none; the message says what there is.
    """
    known = [gate.id for gate in gates]
    found = next((each for each in (name, mangle(name)) if each in known), None)
    if found is None:
        listing = did_you_mean(name, known) or (f"it waits at {', '.join(known)}" if known else "it waits for nobody")
        raise LookupError(f"the workflow does not wait for an answer at `{name}`; {listing}")
    return found


def has_terminal() -> bool:
    """Tell whether there is a person to ask."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def ask_approval(gate: str, shown: str) -> bool:
    """Ask on the terminal; only a clear word counts.

    Raises:
        UnansweredError: Nobody answers.
    """
    text = f" {shown[:_LONGEST_SHOWN]}{'...' if len(shown) > _LONGEST_SHOWN else ''}" if shown else ""
    while True:
        answer = _line(f"dagwright: {gate} waits for approval:{text}\napprove? [y/n] ", gate).strip().lower()
        if answer in ("y", "yes"):
            return True
        if answer in ("n", "no"):
            return False


def ask_value(gate: str, declared: str, wrong: Callable[[str], str]) -> str:
    """Ask on the terminal until a text is a value; ``wrong`` says why one is none.

    Raises:
        UnansweredError: Nobody answers.
    """
    while True:
        text = _line(f"dagwright: {gate} waits for a value ({declared})\n{gate} = ", gate)
        problem = wrong(text)
        if not problem:
            return text
        sys.stderr.write(f"dagwright: {problem}\n")


def _line(prompt: str, gate: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise UnansweredError(f"{gate} waits for an answer, and the terminal was closed")
    return line.rstrip("\r\n")
