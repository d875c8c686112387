"""Bytes of a manifest for each call of a workflow, beyond the templates of its pods and beyond its code.

What a call costs is an item of a DAG: its name, its template, what it waits for, and which unit it is. Counted in the text that people review and in
the JSON that a cluster stores, whose limit is a megabyte for each run. Nothing here is timed, so the same sources give the same numbers everywhere.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from gates import Gate, finish, table
from sources import SHAPES, write_file

MOST_BYTES = 185
SIZES = (100, 1000)
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
COMMAND = [sys.executable, "-m", "dagwright_compiler.cli.main"]
_TEMPLATES = "\n  templates:\n"
_ITEM = "  - name: "


@dataclass(frozen=True)
class Row:
    """One workflow: its calls, and what they take of the manifest's text and of its JSON."""

    case: str
    calls: int
    text_bytes: int
    json_bytes: int

    @property
    def bytes_a_call(self) -> float:
        """The larger of the two, for each call."""
        return max(self.text_bytes, self.json_bytes) / self.calls


def main() -> int:
    """Compile, count, print the table, write the JSON."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="dagwright-bench-") as name:
        shapes = list(_shapes(Path(name), options.sizes))
    examples = list(_examples())
    rows = [*shapes, *examples]
    cells = ((row.case, str(row.calls), f"{row.text_bytes / row.calls:.0f}", f"{row.json_bytes / row.calls:.0f}") for row in rows)
    print(table(("workflow", "calls", "text bytes a call", "JSON bytes a call"), cells))
    gates = [Gate(f"{row.case}, {row.calls} calls, bytes a call", row.bytes_a_call, MOST_BYTES, "B") for row in shapes]
    gates.append(Gate("examples together, bytes a call", _together(examples).bytes_a_call, MOST_BYTES, "B"))
    data = {"rows": [{**asdict(row), "bytes_a_call": row.bytes_a_call} for row in rows]}
    return finish(data, gates, json_path=options.json, enforce=options.gates)


def _shapes(work: Path, sizes: Sequence[int]) -> Iterator[Row]:
    """The usual shapes, every call of a task of its own."""
    for shape in SHAPES:
        for size in sizes:
            path = work / f"{shape}_{size}.py"
            write_file(path, shape, size)
            yield from counted(shape, _compiled(work, path.name))


def _examples() -> Iterator[Row]:
    """What people write: their names are longer."""
    yield from counted("", _compiled(EXAMPLES, "."))


def _together(rows: Sequence[Row]) -> Row:
    """Sum up small workflows: each by itself, the lines that begin its graph would weigh more than its calls."""
    return Row(
        "together", *(sum(each) for each in zip(*((row.calls, row.text_bytes, row.json_bytes) for row in rows), strict=True))
    )


def _compiled(folder: Path, source: str) -> str:
    done = subprocess.run(
        [*COMMAND, "compile", source, "--store", "s3://bucket/flows"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{source} does not compile: {done.stderr}")
    return done.stdout


def counted(case: str, manifest: str) -> Iterator[Row]:
    """Count what the calls of each workflow take; without ``case`` they have their own names."""
    for text in re.split(r"(?m)^---\n", manifest):
        document = yaml.load(text, yaml.CSafeLoader)
        if not document or document["kind"] != "WorkflowTemplate":
            continue
        graphs = {template["name"]: template for template in document["spec"]["templates"] if "dag" in template}
        # A map's graph is a template: it stands once for all maps of a task, and what its pods run is counted nowhere either.
        parts = {
            name: graph for name, graph in graphs.items() if all("withSequence" not in item for item in graph["dag"]["tasks"])
        }
        calls = sum(item["template"] not in parts for graph in parts.values() for item in graph["dag"]["tasks"])
        compact = json.dumps(list(parts.values()), separators=(",", ":"), ensure_ascii=False)
        written = (part for part in re.split(rf"(?m)^{_ITEM}", text.partition(_TEMPLATES)[2]) if part.partition("\n")[0] in parts)
        yield Row(
            case or document["metadata"]["name"],
            calls,
            sum(len(_ITEM) + len(part.encode()) for part in written),
            len(compact.encode()),
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--gates", action="store_true", help="end with status 1 where a gate is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
