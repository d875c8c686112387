"""Code that no single ConfigMap holds reaches its pods."""

import pytest
from live_cluster import config_map_files, read

pytestmark = pytest.mark.cluster

SOURCE = """\
from dagwright import map_task, task, workflow

from pkg.names import name
from pkg.numbers import double
from plain import END


@task
def numbers(count: int) -> list[int]:
    return [double(n) for n in range(count)]


@task
def named(n: int) -> str:
    return name(n)


@task
def joined(texts: list[str]) -> str:
    return ",".join(texts) + END


@workflow
def spread(count: int = 3) -> str:
    return joined(texts=map_task(named)(n=numbers(count=count)))
"""

PADDING = "# " + "x" * 997 + "\n"
PARTS = {
    "pkg/__init__.py": "",
    "pkg/names.py": 2 * PADDING + "def name(n: int) -> str:\n    return f'<{n}>'\n",
    "pkg/numbers.py": 2 * PADDING + "def double(n: int) -> int:\n    return 2 * n\n",
    # The API server keeps this character in bytes alone.
    "plain.py": 2 * PADDING + "END = '\x7f!'\n",
}
LIMIT = 3_000


def test_a_flow_runs_from_several_config_maps(flows, argo):
    flow = flows(SOURCE, "spread", {**argo, "max_code_bytes": LIMIT}, parts=PARTS)
    kept = [read(kind, name) for kind, name in flow.objects[1:-1]]
    held = [config_map_files(item) for item in kept]
    assert list(held[0]) == ["plan.json"]
    assert len(held) == 4
    assert all(sum(map(len, files.values())) <= LIMIT for files in held)
    written = {"flow.py": SOURCE, **{path.replace("/", "."): text for path, text in PARTS.items()}}
    assert {key: data for files in held[1:] for key, data in files.items()} == {
        key: text.encode() for key, text in written.items()
    }
    run = flow.submit(count="3").succeeded()
    assert run.outputs() == ["<0>,<2>,<4>\x7f!"]
