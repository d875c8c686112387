"""``python -m soak`` in ``tests``: what is proven in minutes for every change, for as long as a release deserves; exits 1 where anything is found.

Each stage takes its share of the time and starts again from fresh seeds until that is over: the simulator, real processes that are killed, property
tests, planted mistakes, files that nobody writes. An iteration that the clock cuts off has found nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = Path(__file__).parent
_SHOWN_LINES = 40


class Stage(NamedTuple):
    """``share`` of all time; ``command`` makes what one iteration runs from the seconds that are left and the number of workers."""

    name: str
    share: float
    command: Callable[[float, int], list[str]]


class Passed(NamedTuple):
    """What a stage came to: how often it ran to its end, and what the iteration that found something said."""

    iterations: int
    was_cut: bool
    finding: str


def _pytest(*words: str) -> Callable[[float, int], list[str]]:
    return lambda _left_s, workers: [
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *(["-n", str(workers)] if workers > 1 else []),
        *words,
    ]


STAGES = (
    Stage(
        "simulation",
        0.35,
        lambda left_s, workers: ["simulation", "--seeds", "1000000000", "--seconds", f"{left_s:.0f}", "--workers", str(workers)],
    ),
    Stage("kill", 0.2, _pytest("tests/kill", "--ignore", "tests/kill/test_simulation.py")),
    Stage("property", 0.2, _pytest("tests/property")),
    Stage("mutation", 0.15, lambda _left_s, _workers: ["mutation", "--seeds", "3", "--first", str(random.randrange(1 << 30))]),
    Stage(
        "fuzz",
        0.1,
        lambda left_s, _workers: ["fuzz", "--minutes", f"{left_s / 60:.3f}", "--first", str(random.randrange(1 << 30))],
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", nargs="+", choices=[stage.name for stage in STAGES], metavar="STAGE", help="these alone")
    options = parser.parse_args()
    stages = [stage for stage in STAGES if stage.name in (options.only or [stage.name])]
    whole = sum(stage.share for stage in stages)
    failed = False
    for stage in stages:
        passed = repeat(stage, options.seconds * stage.share / whole, options.workers)
        ended = "found something" if passed.finding else "cut by the clock" if passed.was_cut else "clean"
        print(f"{stage.name}: {passed.iterations} times to its end, {ended}", flush=True)
        if passed.finding:
            print(passed.finding, flush=True)
            failed = True
    return 1 if failed else 0


def repeat(stage: Stage, seconds: float, workers: int) -> Passed:
    """Run a stage again and again until its time is over or it finds something."""
    deadline = time.monotonic() + seconds
    iterations = 0
    while (left_s := deadline - time.monotonic()) > 0:
        code, output = _run(stage.command(left_s, workers), left_s)
        if code is None:
            return Passed(iterations, was_cut=True, finding="")
        if code:
            return Passed(iterations, was_cut=False, finding=_shown(output))
        iterations += 1
    return Passed(iterations, was_cut=False, finding="")


def _shown(output: str) -> str:
    """The head of a long output, where mistakes that were missed stand, and its end, where all else does."""
    lines = output.splitlines()
    if len(lines) <= 2 * _SHOWN_LINES:
        return output.rstrip()
    return "\n".join([*lines[:_SHOWN_LINES], "...", *lines[-_SHOWN_LINES:]])


def _run(words: list[str], longest_s: float) -> tuple[int | None, str]:
    """Run one iteration; its exit code is ``None`` where the time was over before, by more than what a stage needs to notice."""
    command = [sys.executable, "-m", *words]
    process = subprocess.Popen(
        command,
        cwd=TESTS.parent,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=longest_s + 20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, ""
    return process.returncode, output


if __name__ == "__main__":
    sys.exit(main())
