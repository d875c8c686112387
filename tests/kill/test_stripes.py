"""A pod that runs several elements of a map, killed at every operation: the next one completes the stripe, and no value changes."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import striping_process
from striping_process import run_pod, values_in

from dagwright.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

MOST_STEPS = 80


def test_a_pod_killed_at_any_operation_is_completed_by_the_next(url: str, tmp_path: Path) -> None:
    # A server answers slowly, and its verbs have tests of their own: every third step is enough there.
    stride = 1 if url.startswith("file:") else 3
    killed = 0
    for step in range(0, MOST_STEPS, stride):
        store = open_store(f"{url}/{step}")
        done = subprocess.run(
            [sys.executable, striping_process.__file__, store.url, "1", str(step), str(tmp_path / f"work-{step}")],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        seen = values_in(store)
        assert seen in (None, [1000, 1001])
        if done.returncode == 0:
            assert done.stdout == "[1000, 1001]\n"
            break
        assert done.returncode == -signal.SIGKILL
        killed += 1
        cached = [key for key in store.list("v1/ac") if key]
        # Another machine: it has nothing of the first one's disk.
        run_pod(store, 2, str(tmp_path / f"other-{step}"))
        values = values_in(store)
        assert values is not None
        assert seen is None or values == seen
        # What was published before the death counts for all.
        assert sum(value < 2000 for value in values) == len(cached)
    assert killed * stride >= 18
