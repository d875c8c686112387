"""What dagwright adds around user code: from a pod's start to the first line of a task, a Python call, a hit, a ``run``.

Starts are wall times of fresh processes, interleaved with a bare interpreter that does the same. They are judged by the best of the
repetitions: neighbours on the machine only ever add to a wall. The rest is processor time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flows import BARE, RUN_TASKS, STAMP, write_flow
from gates import Gate, finish, table
from processes import environment, run

HERE = Path(__file__).resolve().parent
COMMAND = [sys.executable, "-m", "dagwright_compiler.cli.main"]
PER_RUN = "run, per task"
CALL_LIMITS_MS = {
    "Python call, one task": 1.0,
    "Python call, per task": 1.0,
    "hit, per task": 0.2,
    "map, per element": 0.05,
    PER_RUN: 10.0,
}
SUPERVISOR_LIMIT_MB = 15.0
"""Peak memory of the supervisor when user code begins."""


@dataclass(frozen=True)
class Start:
    """A way to start an attempt; ``limit_ms`` is the gate over a bare interpreter."""

    name: str
    command: tuple[str, ...]
    variables: Mapping[str, str]
    limit_ms: float | None = None


def main() -> int:
    """Measure, print the tables, write the JSON."""
    options = _options()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dagwright-bench-")))
        flow = write_flow(work / "code")
        ways = _starts(work, flow, _object_store(stack) if options.s3 else None)
        starts, peaks_mb = _measure_starts(ways, work, options.repeats)
        best = {name: min(found) for name, found in starts.items()}
        bare = best[ways[0].name]
        rows = (
            (
                name,
                f"{best[name]:.1f}",
                f"{best[name] - bare:+.1f}",
                f"{statistics.median(found):.1f}",
                f"{peaks_mb.get(name, 0):.1f}",
            )
            for name, found in starts.items()
        )
        print(table(("start to user code", "best ms", "over P", "median ms", "supervisor MB"), rows))
        calls = _measure_calls(flow, work)
        calls[PER_RUN] = _measure_run(flow, work, max(1, options.repeats // 5))
    print("\n" + table(("call", "CPU us"), ((name, f"{seconds * 1e6:.0f}") for name, seconds in calls.items())))
    gates = [Gate(way.name, best[way.name] - bare, way.limit_ms, "ms over P") for way in ways if way.limit_ms is not None]
    gates += [Gate(f"supervisor, {name}", peak, SUPERVISOR_LIMIT_MB, "MB") for name, peak in peaks_mb.items()]
    gates += [Gate(name, calls[name] * 1e3, limit, "ms") for name, limit in CALL_LIMITS_MS.items()]
    return finish(
        {"start_ms": starts, "supervisor_mb": peaks_mb, "call_s": calls}, gates, json_path=options.json, enforce=options.gates
    )


def _starts(work: Path, flow: Path, s3: tuple[str, Mapping[str, str]] | None) -> list[Start]:
    from dagwright_compiler.runtime_archive import archive_bytes

    plan = work / "plan"
    plan.mkdir()
    shown = subprocess.run(
        [*COMMAND, "compile", f"{flow}:begins", "-t", "plan"], env=environment(work), check=True, capture_output=True
    )
    (plan / "plan.json").write_bytes(shown.stdout)
    archive = work / "dagwright.pyz"
    archive.write_bytes(archive_bytes())
    pod = {
        "DAGWRIGHT_STORE": (work / "store").as_uri(),
        "DAGWRIGHT_PLAN": str(plan),
        "DAGWRIGHT_CODE": str(flow.parent),
        "DAGWRIGHT_WORK": str(work / "work"),
        "DAGWRIGHT_INPUT_number": "1",
        "DAGWRIGHT_TERMINATION": str(work / "termination"),
    }
    unit = next(iter(json.loads(shown.stdout)["units"]))
    installed = (sys.executable, "-m", "dagwright.execution", unit)
    ways = [
        Start("bare interpreter (P)", (sys.executable, "-c", BARE), {}),
        Start("installed, file store", installed, pod, 25),
        Start("from the archive, file store", (sys.executable, str(archive), unit), pod, 60),
    ]
    if s3 is not None:
        url, variables = s3
        ways.append(Start("installed, S3 on loopback", installed, {**pod, "DAGWRIGHT_STORE": url, **variables}, 80))
    return ways


def _measure_starts(ways: list[Start], work: Path, repeats: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Milliseconds from the start of a process to its user code, and the peak memory of supervisors; every attempt is a run of its own."""
    peaks_mb: dict[str, float] = {}
    taken: dict[str, list[float]] = {way.name: [] for way in ways}
    for number in range(-1, repeats):
        for way in ways:
            stamp = work / "stamp"
            stamp.unlink(missing_ok=True)
            variables = environment(work, **way.variables, DAGWRIGHT_RUN=f"run-{way.name}-{number}", **{STAMP: str(stamp)})
            begun = time.monotonic_ns()
            run(way.command, variables, work)
            if number >= 0:  # the first round warms the caches of files and bytecode
                moment, *peak_kib = map(int, stamp.read_text().split())
                taken[way.name].append((moment - begun) / 1e6)
                if peak_kib:
                    peaks_mb[way.name] = max(peaks_mb.get(way.name, 0.0), peak_kib[0] * 1024 / 1e6)
    return taken, peaks_mb


def _measure_calls(flow: Path, work: Path) -> dict[str, float]:
    command = [sys.executable, str(HERE / "calls.py"), str(flow.parent)]
    variables = environment(work, DAGWRIGHT_STORE=(work / "call-store").as_uri())
    for _ in range(2):  # the first process fills the bytecode cache
        shown = subprocess.run(command, env=variables, cwd=work, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(shown)
    return found


def _measure_run(flow: Path, work: Path, repeats: int) -> float:
    """Processor time of ``run``, children included: a chain's less a single task's, per task."""
    variables = environment(work, DAGWRIGHT_STORE=(work / "run-store").as_uri())

    def cpu_s(workflow: str) -> float:
        return statistics.median(run([*COMMAND, "run", f"{flow}:{workflow}"], variables, work).cpu_s for _ in range(repeats))

    return (cpu_s("chain_run") - cpu_s("single")) / (RUN_TASKS - 1)


def _object_store(stack: ExitStack) -> tuple[str, Mapping[str, str]]:
    sys.path.append(str(HERE.parent / "tests"))
    from object_store_server import object_store

    server = stack.enter_context(object_store())
    return server.url, server.environment


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--no-s3", dest="s3", action="store_false", help="leave out the object store")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--gates", action="store_true", help="end with status 1 where a gate is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
