"""Compile time, as ratios to two floors measured in the same run.

F is a fresh process that reads the same sources, parses them and writes one line; P is ``python -c pass``. Everything is
processor time of fresh processes, medians of interleaved repetitions: walls would measure the neighbours on the machine.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from gates import Gate, finish, table
from processes import Measure, Medians, ProcessFailedError, environment, interleaved, run
from sources import LARGEST_WORKFLOW, SHAPES, write_file, write_project

HERE = Path(__file__).resolve().parent
SIZES = (10, 100, 1000, 10_000)
PROJECT = (100, 100)
COMMAND = [sys.executable, "-m", "dagwright_compiler.cli.main"]


@dataclass(frozen=True)
class Case:
    """Sources to compile: files of one folder, ``tasks`` in all."""

    name: str
    tasks: int
    folder: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Row:
    """One case for one target: the compile, its floor, and their ratio."""

    case: str
    tasks: int
    target: str
    compiled: Medians
    floor: Medians

    @property
    def ratio(self) -> float:
        """Compile over floor."""
        return self.compiled.cpu_s / self.floor.cpu_s


def main() -> int:
    """Measure, print the tables, write the JSON."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="dagwright-bench-") as name:
        work = Path(name)
        bench = Bench(work, options.targets, options.repeats)
        start = bench.starts(_file(work, "chain", 10, options.calls))
        bare = start["P"].cpu_s
        cells = ((name, f"{each.cpu_s * 1e3:.1f}", f"{each.cpu_s / bare:.1f}") for name, each in start.items())
        print(table(("start", "CPU ms", "of P"), cells))
        rows = [row for cases in _cases(work, options) for row in bench.rows(cases)]
    print("\n" + table(("case", "tasks", "target", "CPU ms", "F ms", "ratio", "us a task", "peak MB"), map(_cells, rows)))
    for refused in bench.refused:
        print(f"refused: {refused}")
    data = {
        "start": {name: asdict(each) for name, each in start.items()},
        "rows": [{**asdict(row), "ratio": row.ratio} for row in rows],
        "refused": bench.refused,
    }
    return finish(data, _gates(start, rows), json_path=options.json, enforce=options.gates)


class Bench:
    """Runs the processes of one benchmark in one folder.

    Attributes:
        refused: What a target refuses because its orchestrator could not take it, with its first words.
    """

    def __init__(self, work: Path, targets: Sequence[str], repeats: int) -> None:
        self._work = work
        self._targets = targets
        self._repeats = repeats
        self._variables = environment(work)
        self.refused: list[str] = []

    def starts(self, ten: Case) -> dict[str, Medians]:
        """Measure what every command pays."""
        jobs = {
            "P": self._job([sys.executable, "-c", "pass"]),
            "--help": self._job([*COMMAND, "--help"]),
            "10 tasks": self._compile(ten, self._targets[0]),
        }
        return interleaved(jobs, max(self._repeats, 7))

    def rows(self, cases: Sequence[Case]) -> list[Row]:
        """Measure cases against their floors for each target that takes them.

        Cases whose rows are held to each other are measured in turn: minutes apart, the growth between them would be the machine's.
        """
        jobs: dict[str, Callable[[], Measure]] = {}
        measured: list[tuple[Case, str]] = []
        for case in cases:
            jobs[f"F {case.tasks}"] = self._job([sys.executable, str(HERE / "floor.py"), *map(str, case.files)])
            for target in self._targets:
                job = self._compile(case, target)
                try:
                    job()
                except ProcessFailedError as error:
                    words = next((line for line in str(error).splitlines() if "error" in line), str(error))
                    self.refused.append(f"{case.name}, {case.tasks} tasks, {target}: {words}")
                else:
                    jobs[f"{target} {case.tasks}"] = job
                    measured.append((case, target))
        found = interleaved(jobs, self._repeats)
        return [
            Row(case.name, case.tasks, target, found[f"{target} {case.tasks}"], found[f"F {case.tasks}"])
            for case, target in measured
        ]

    def _compile(self, case: Case, target: str) -> Callable[[], Measure]:
        source = case.files[0] if len(case.files) == 1 else case.folder
        out = self._work / f"out-{target}-{case.name}-{case.tasks}"
        return self._job([*COMMAND, "compile", str(source), "-t", target, "-o", f"{out}/", "--store", "s3://bucket/flows"])

    def _job(self, command: list[str]) -> Callable[[], Measure]:
        return lambda: run(command, self._variables, self._work)


def _cases(work: Path, options: argparse.Namespace) -> list[list[Case]]:
    """What is measured, together what grows from one size to the next."""
    cases = [[_file(work, shape, size, options.calls) for size in options.sizes] for shape in options.shapes]
    if options.project:
        folder = work / "project"
        write_project(folder, *PROJECT, options.calls)
        cases.append(
            [Case(f"project {PROJECT[0]} x {PROJECT[1]}", math.prod(PROJECT), folder, tuple(sorted(folder.glob("*.py"))))]
        )
    return cases


def _file(work: Path, shape: str, size: int, calls: int) -> Case:
    folder = work / f"{shape}-{size}"
    folder.mkdir(exist_ok=True)
    path = folder / "flow.py"
    write_file(path, shape, size, calls)
    return Case(shape, size, folder, (path,))


def _cells(row: Row) -> tuple[str, ...]:
    compiled, floor = row.compiled, row.floor
    per_task = (compiled.cpu_s - floor.cpu_s) / row.tasks * 1e6
    return (
        row.case,
        str(row.tasks),
        row.target,
        f"{compiled.cpu_s * 1e3:.0f}",
        f"{floor.cpu_s * 1e3:.0f}",
        f"{row.ratio:.2f} F",
        f"{per_task:.0f}",
        f"{compiled.peak_bytes / 1e6:.0f}",
    )


def _gates(start: dict[str, Medians], rows: list[Row]) -> list[Gate]:
    bare = start["P"].cpu_s
    gates = [
        Gate("--help", start["--help"].cpu_s / bare, 5, "P"),
        Gate("10-task file", start["10 tasks"].cpu_s / bare, 20, "P"),
    ]
    gates += [
        Gate(f"{row.case}, {row.tasks} tasks, {row.target}", row.ratio, 3.0 if row.tasks == 1000 else 2.5, "F")
        for row in rows
        if row.tasks >= 1000
    ]
    found = {(row.case, row.target, row.tasks): row.compiled for row in rows}
    for case, target in dict.fromkeys((row.case, row.target) for row in rows):
        small, middle, large = (found.get((case, target, size)) for size in (10, 1000, 10_000))
        if small and middle and large:
            growth = math.log10((large.cpu_s - small.cpu_s) / (middle.cpu_s - small.cpu_s))
            gates.append(Gate(f"{case}, {target}, growth exponent 1k to 10k", growth, 1.10, ""))
            memory = (large.peak_bytes - middle.peak_bytes) / 9000 / 1e3
            gates.append(Gate(f"{case}, {target}, memory a task", memory, 70, "kB"))
    return gates


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--targets", nargs="+", default=["argo", "batch"], help="what to compile to (default: argo batch)")
    parser.add_argument("--shapes", nargs="*", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument(
        "--calls", type=int, default=LARGEST_WORKFLOW, help="calls in one workflow at most (default: %(default)s)"
    )
    parser.add_argument("--no-project", dest="project", action="store_false", help="leave out the project of 100 x 100 tasks")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--gates", action="store_true", help="end with status 1 where a gate is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
