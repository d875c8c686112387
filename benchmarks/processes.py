"""Fresh processes, measured: processor time, wall time and peak memory, interleaved so that a busy machine hits all alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measure:
    """One process: user and system time, children included; peak memory."""

    cpu_s: float
    wall_s: float
    peak_bytes: int


@dataclass(frozen=True)
class Medians:
    """Medians over the repetitions."""

    cpu_s: float
    wall_s: float
    peak_bytes: float


class ProcessFailedError(Exception):
    """A measured process ended with an error; the text is its last lines."""


def environment(cache: Path, **more: str) -> dict[str, str]:
    """Environment of the measured processes: bytecode is cached as in an installation, in a folder of our own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DAGWRIGHT_"))}
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache / "bytecode"), **more}


def run(command: Sequence[str], variables: Mapping[str, str], folder: Path) -> Measure:
    """Run a process to its end.

    Raises:
        ProcessFailedError: It ended with another status than 0.
    """
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=dict(variables), cwd=folder, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise ProcessFailedError(f"exit {process.returncode}: " + "\n".join(lines[-12:]))
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Measure(usage.ru_utime + usage.ru_stime, wall, peak)


def interleaved(jobs: Mapping[str, Callable[[], Measure]], repeats: int) -> dict[str, Medians]:
    """Run every job once to warm caches, then all of them in turn, ``repeats`` times."""
    taken: dict[str, list[Measure]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(repeats):
        for name, job in jobs.items():
            taken[name].append(job())
    return {name: medians(found) for name, found in taken.items()}


def medians(found: Sequence[Measure]) -> Medians:
    """Median of each quantity by itself."""
    return Medians(
        statistics.median(each.cpu_s for each in found),
        statistics.median(each.wall_s for each in found),
        statistics.median(each.peak_bytes for each in found),
    )
