"""How runs are written: durations, marks, one line a node. Pure.

What the store knows beyond the cluster (which results came from the cache) is given as a set of node ids, or counts for maps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from dagwright_argo_client.runs import (
    ASKING,
    CANCELLED,
    ENDED,
    FAILED,
    PENDING,
    RETRYING,
    RUNNING,
    SKIPPED,
    STOPPED,
    SUCCEEDED,
    WAITING,
)
from dagwright_argo_client.stalls import pending_reason, unclaimed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_argo_client.runs import Run, RunNode

_MARKS = {
    WAITING: "·",
    ASKING: "?",
    PENDING: "◌",
    RUNNING: "●",
    RETRYING: "↻",
    SUCCEEDED: "✓",
    FAILED: "✗",
    SKIPPED: "-",
    STOPPED: "■",
    CANCELLED: "■",
}
_PLAIN_MARKS = {
    WAITING: ".",
    ASKING: "?",
    PENDING: "o",
    RUNNING: "*",
    RETRYING: "r",
    SUCCEEDED: "+",
    FAILED: "x",
    SKIPPED: "-",
    STOPPED: "s",
    CANCELLED: "c",
}
_COLORS = {
    ASKING: "yellow",
    PENDING: "yellow",
    RUNNING: "blue",
    RETRYING: "yellow",
    SUCCEEDED: "green",
    FAILED: "red",
    STOPPED: "yellow",
    CANCELLED: "yellow",
}
_PHASES = {
    "": "not taken up yet",
    "Pending": "pending",
    "Running": "running",
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Error": "failed",
}


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How to write: with colour, with signs beyond ASCII."""

    color: bool = False
    signs: bool = True

    def paint(self, text: str, state: str) -> str:
        """Colour a text as its state has it."""
        return click.style(text, fg=_COLORS[state]) if self.color and state in _COLORS else text

    def mark(self, state: str) -> str:
        """The sign of a state."""
        return self.paint((_MARKS if self.signs else _PLAIN_MARKS)[state], state)


class Reused(msgspec.Struct, frozen=True):
    """Results of a node that came from the cache, and all of them that are known."""

    cached: int
    known: int


NOTHING_KNOWN: Mapping[str, Reused] = {}


def duration_text(seconds: float) -> str:
    """Write how long something took: ``4 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def phase_text(run: Run) -> str:
    """The run's phase in our words."""
    return _PHASES.get(run.phase, run.phase.lower())


def head_line(run: Run, now: float, style: Style) -> str:
    """Say what the run is and how it stands."""
    state = {"Succeeded": SUCCEEDED, "Failed": FAILED, "Error": FAILED, "Running": RUNNING}.get(run.phase, PENDING)
    parts = [run.name, run.workflow, style.paint(phase_text(run), state)]
    if run.started:
        parts.append(duration_text((run.finished or now) - run.started))
    doubt = unclaimed(run, now)
    return "  ".join([*parts, doubt] if doubt else parts)


def node_lines(run: Run, now: float, style: Style, reused: Mapping[str, Reused] = NOTHING_KNOWN, *, most: int = 0) -> list[str]:
    """Write a line for each node; with ``most``, leave out those that tell least until they fit."""
    nodes = list(run.nodes)
    left_out: dict[str, int] = {}
    if most and len(nodes) > most:
        order = (WAITING, SKIPPED, SUCCEEDED, PENDING, RUNNING, RETRYING, STOPPED, CANCELLED, ASKING, FAILED)
        excess = len(nodes) - most + 1
        dropped = sorted(range(len(nodes)), key=lambda number: order.index(nodes[number].state))[:excess]
        for number in dropped:
            left_out[nodes[number].state] = left_out.get(nodes[number].state, 0) + 1
        nodes = [node for number, node in enumerate(nodes) if number not in set(dropped)]
    width = max((len(_label(node)) for node in nodes), default=0)
    lines = [
        f"  {style.mark(node.state)} {_label(node):<{width}}  {node_text(node, now, reused.get(node.id))}".rstrip()
        for node in nodes
    ]
    if left_out:
        lines.append(f"  and {', '.join(f'{count} {state}' for state, count in left_out.items())}")
    return lines


def _label(node: RunNode) -> str:
    return f"{node.id}[{'?' if node.count is None else node.count}]" if node.is_map else node.id


def node_text(node: RunNode, now: float, reused: Reused | None = None) -> str:
    """Say how a node stands, in words."""
    parts = [_map_text(node) if node.is_map and node.parts else _state_text(node)]
    if reused is not None and reused.cached:
        parts[0] = "cached" if reused.cached == reused.known and not node.is_map else f"{parts[0]}, {reused.cached} cached"
    if node.started:
        end = node.finished if node.state in ENDED else now
        parts.append(duration_text(end - node.started) if end else "")
    attempts = max((len(part.attempts) for part in node.parts), default=0)
    if attempts > 1 and not node.is_map:
        parts.append(f"attempt {attempts}" if node.state not in ENDED else f"{attempts} attempts")
    reason = node.answer if node.state == ASKING else pending_reason(node, now)
    if reason:
        parts.append(reason)
    return "  ".join(filter(None, parts))


def _state_text(node: RunNode) -> str:
    """A node's state; of a gate, in the words of what it waits for."""
    if node.pause is None:
        return node.state
    if node.pause.gate == "sleep":
        return "sleeping" if node.state == RUNNING else "slept" if node.state == SUCCEEDED else node.state
    if node.state == ASKING:
        return "waits for approval" if node.pause.gate == "approve" else "waits for a value"
    passed = "approved" if node.pause.gate == "approve" else "given"
    return passed if node.state == SUCCEEDED else node.state


def _map_text(node: RunNode) -> str:
    states = [part.state for part in node.parts]
    done = states.count(SUCCEEDED)
    total = node.count if node.count is not None else len(states)
    counts = [f"{done} of {total} done"]
    counts += [
        f"{states.count(state)} {state}" for state in (RUNNING, RETRYING, PENDING, STOPPED, CANCELLED, FAILED) if state in states
    ]
    again = sum(len(part.attempts) > 1 for part in node.parts if part.state in ENDED)
    if again:
        counts.append(f"{again} tried again")
    return ", ".join(counts)
