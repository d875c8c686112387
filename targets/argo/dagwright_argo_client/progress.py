"""Shows a run that goes on: a tree that is painted over on a terminal, a line for each change elsewhere.

Input: states of a run, in order. Output: text on a stream.
"""

from __future__ import annotations

import re
import shutil
import time
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Protocol, TextIO

from dagwright_argo_client.runs import ENDED, FAILED, PENDING, RETRYING, SKIPPED, WAITING
from dagwright_argo_client.stalls import pending_reason, stalls_of, unclaimed
from dagwright_argo_client.texts import NOTHING_KNOWN, Style, head_line, node_lines, node_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_argo_client.runs import Run, RunNode
    from dagwright_argo_client.texts import Reused

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Progress(Protocol):
    """Something that shows states of a run."""

    def show(self, run: Run) -> None:
        """Show a state."""
        ...

    def close(self, run: Run, reused: Mapping[str, Reused] = NOTHING_KNOWN) -> None:
        """Show the last state, with what the store knows of it."""
        ...


class Tree:
    """Paints the whole run over what it painted before, each second, since durations grow while nothing happens."""

    def __init__(self, stream: TextIO, style: Style, clock: Callable[[], float] = time.time, *, tick_s: float = 1.0) -> None:
        """Write to a terminal."""
        self._stream = stream
        self._style = style
        self._clock = clock
        self._painted = 0
        self._run: Run | None = None
        self._lock = Lock()
        self._is_closed = Event()
        self._ticker = Thread(target=self._tick, args=(tick_s,), daemon=True)

    def show(self, run: Run) -> None:
        """Paint a state, as far as the terminal is high."""
        with self._lock:
            if self._run is None:
                self._ticker.start()
            self._run = run
            self._paint_most(run)

    def close(self, run: Run, reused: Mapping[str, Reused] = NOTHING_KNOWN) -> None:
        """Paint the end; all of it, since it stays."""
        self._is_closed.set()
        with self._lock:
            self._paint(run, reused, most=0)
            self._painted = 0

    def _tick(self, tick_s: float) -> None:
        while not self._is_closed.wait(tick_s):
            with self._lock:
                if self._run is not None and not self._is_closed.is_set():
                    self._paint_most(self._run)

    def _paint_most(self, run: Run) -> None:
        self._paint(run, NOTHING_KNOWN, most=max(shutil.get_terminal_size().lines - 2, 3))

    def _paint(self, run: Run, reused: Mapping[str, Reused], *, most: int) -> None:
        now = self._clock()
        width = shutil.get_terminal_size().columns
        lines = [head_line(run, now, self._style), *node_lines(run, now, self._style, reused, most=most)]
        back = f"\x1b[{self._painted}A\r\x1b[J" if self._painted else ""
        self._stream.write(back + "".join(f"{_clipped(line, width)}\n" for line in lines))
        self._stream.flush()
        self._painted = len(lines)


def _clipped(line: str, width: int) -> str:
    """Cut a line that would wrap: what was painted is found again by counting lines."""
    if len(_ESCAPES.sub("", line)) < width:
        return line
    plain = _ESCAPES.sub("", line)
    return f"{plain[: width - 4]}..."


class Lines:
    """Writes what changed, for logs of other programs."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.time) -> None:
        """Write to any stream."""
        self._stream = stream
        self._clock = clock
        self._told: dict[str, str] = {}
        self._phase: str | None = None

    def show(self, run: Run) -> None:
        """Write a line for each node that stands otherwise than before; of maps only what begins, fails and ends."""
        now = self._clock()
        lines = []
        for node in run.nodes:
            told = _worth(node, now)
            if told and told != self._told.get(node.id):
                self._told[node.id] = told
                lines.append(f"{node.id}: {node_text(node, now)}")
        phase = run.phase or unclaimed(run, now)
        if phase and phase != self._phase:
            self._phase = phase
            # What begins stands before its parts, what ends behind them.
            lines.insert(len(lines) if run.has_ended else 0, head_line(run, now, Style()))
        self._stream.write("".join(f"{time.strftime('%H:%M:%S', time.localtime(now))} {line}\n" for line in lines))
        self._stream.flush()

    def close(self, run: Run, reused: Mapping[str, Reused] = NOTHING_KNOWN) -> None:
        """Nothing is left to say but what the cache gave."""
        self.show(run)
        for name, counts in reused.items():
            if counts.cached:
                self._stream.write(f"{name}: {counts.cached} of {counts.known} results from the cache\n")
        self._stream.flush()


class Stalls:
    """Says nothing but why a run does not get on, once each: it might be waited for without end."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.time) -> None:
        """Write to any stream."""
        self._stream = stream
        self._clock = clock
        self._told: set[str] = set()

    def show(self, run: Run) -> None:
        """Write a line for each reason that is new."""
        for text in stalls_of(run, self._clock()):
            if text not in self._told:
                self._told.add(text)
                self._stream.write(f"dagwright: {run.name} waits: {text}\n")
        self._stream.flush()

    def close(self, run: Run, reused: Mapping[str, Reused] = NOTHING_KNOWN) -> None:
        """Nothing is left to say."""


def _worth(node: RunNode, now: float) -> str:
    """What of a node's state is worth a line: empty for nothing yet."""
    if node.state in (WAITING, SKIPPED):
        return ""
    if node.is_map and node.parts and len(node.parts) == node.count and all(part.state in ENDED for part in node.parts):
        return f"ended {len(node.parts_in(FAILED))}"  # said once: here, and not again when the engine has seen it
    if node.state in ENDED:
        return node.state
    trouble = sum(part.state in (FAILED, RETRYING) for part in node.parts)
    attempts = 1 if node.is_map else max(1, sum(len(part.attempts) for part in node.parts))
    state = node.state if node.state != PENDING else "running"
    return f"{state} {trouble} {attempts} {pending_reason(node, now)}"
