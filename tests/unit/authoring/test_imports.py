from __future__ import annotations

import subprocess
from pathlib import Path

import interpreters
import pytest

import dagwright

RUNTIME = Path(__file__).parents[3] / "runtime"


def test_every_public_name_resolves_and_is_listed() -> None:
    for name in dagwright.__all__:
        assert getattr(dagwright, name).__module__.startswith(("dagwright.authoring.", "dagwright.files.", "dagwright.values."))
    assert set(dagwright.__all__) <= set(dir(dagwright))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'dagwright' has no attribute 'tusk'"):
        _ = dagwright.tusk


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_declaring_a_task_loads_nothing_heavy(python: object) -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from dagwright import task, workflow, map_task, Resources, Cache, RecoverableError\n"
        "@task(retries=1, requests=Resources(cpu=1))\ndef f(x: int) -> int: return x\n"
        "@workflow\ndef w(x: int) -> int: return f(x=x)\n"
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('dagwright')))"
    )
    shown = subprocess.run(
        [python(), "-I", "-c", f"import sys; sys.path.insert(0, {str(RUNTIME)!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(shown.stdout.split()) <= {"__future__"}
