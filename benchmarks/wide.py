"""What a long list costs on an object store: one pod produces it, many share its elements, one reads all results.

Requests are counted by the scripted S3 of the tests, so they are exact; time is the processor time of all processes of the run, divided
by two cores.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from gates import Gate, finish, table
from processes import environment, run

HERE = Path(__file__).resolve().parent
PODS = 100
CORES = 2
MOST_REQUESTS = 1_000
MOST_S = 10.0
FLOW = '''\
"""Generated for a benchmark."""

from typing import List

from dagwright import map_task, task, workflow


@task
def produce(count: int) -> List[str]:
    return [f"{number:06d}" + "x" * 1018 for number in range(count)]


@task
def turn(item: str) -> str:
    return item[::-1]


@task
def measure(items: List[str]) -> int:
    return sum(map(len, items))


@workflow
def wide(count: int) -> int:
    return measure(items=map_task(turn)(item=produce(count=count)))
'''


def main() -> int:
    """Measure, print the tables, write the JSON."""
    options = _options()
    sys.path.append(str(HERE.parent / "tests"))
    from faulty_object_store import faulty_object_store

    with tempfile.TemporaryDirectory(prefix="dagwright-bench-") as folder, faulty_object_store() as store:
        work = Path(folder)
        (work / "flow.py").write_text(FLOW)
        (work / "pyproject.toml").write_text(f"[tool.dagwright]\nmap_pods = {PODS}\n")
        variables = environment(
            work,
            AWS_ENDPOINT_URL=store.endpoint,
            AWS_ACCESS_KEY_ID="x",
            AWS_SECRET_ACCESS_KEY="x",  # the server takes any
            AWS_REGION="us-east-1",
            NO_PROXY="127.0.0.1",
        )
        arguments = ["run", "--store", "s3://bucket/store", "flow.py:wide", "--count", str(options.elements)]
        found = run([sys.executable, "-m", "dagwright_compiler.cli.main", *arguments], variables, work)
        kinds = Counter(_kind(method, path) for method, path in store.requests)
    seconds = found.cpu_s / CORES
    print(table(("request", "times"), ((kind, str(times)) for kind, times in kinds.most_common())))
    print(f"\n{found.wall_s:.1f} s wall, {found.cpu_s:.1f} s of processors")
    gates = [
        Gate(f"requests, {options.elements} elements in {PODS} pods", kinds.total(), MOST_REQUESTS, "requests"),
        Gate(f"time of {CORES} cores", seconds, MOST_S, "s"),
    ]
    data = {"requests": dict(kinds), "cpu_s": found.cpu_s, "wall_s": found.wall_s}
    return finish(data, gates, json_path=options.json, enforce=options.gates)


def _kind(method: str, path: str) -> str:
    """Name requests of one kind alike: without the names of runs, the digests and the numbers."""
    plain = re.sub(r"[?&](list-type|partNumber|uploadId)=[^&]*", r" \1", path.replace("%2F", "/")).replace(
        "/bucket/store/v1/", ""
    )
    for pattern, name in ((r"local-[^/ &]*", "RUN"), (r"cas/../[0-9a-f]{64}", "cas/DIGEST"), (r"/\d+(?=/)", "/POD")):
        plain = re.sub(pattern, name, plain)
    return f"{method} {plain}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--elements", type=int, default=10_000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--gates", action="store_true", help="end with status 1 where a gate is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
