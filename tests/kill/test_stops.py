"""Attempts that fail for good and are killed while they say so: the rest of the round is cancelled or not, and a later round never is."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import stopping_process
from stopping_process import RUN, assignment_of, fail

from dagwright.execution.stopping import Cancelled, Lookout, read_stop
from dagwright.store import open_store

FIRST_ROUND_MS, NEXT_ROUND_MS = 1_000_000.0, 1_060_000.0
MOST_STEPS = 20


def test_a_failure_killed_at_any_operation_cancels_no_later_round(url: str) -> None:
    killed = 0
    for step in range(MOST_STEPS):
        store = open_store(f"{url}/{step}")
        words = [sys.executable, stopping_process.__file__, store.url, "0", str(step), str(FIRST_ROUND_MS)]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
        left = read_stop(store, RUN)
        # The orchestrator lost the attempt and starts the next one of the round; another call begins beside it.
        again = Lookout(store, assignment_of("bad", 1, began_ms=FIRST_ROUND_MS + 5_000, age_s=6.0))
        beside = Lookout(store, assignment_of("beside", 0, began_ms=FIRST_ROUND_MS + 5_000, age_s=6.0))
        for lookout in (again, beside):
            if left is None:
                lookout.look()
                continue
            with pytest.raises(Cancelled, match="it failed"):
                lookout.look()
        if left is None:
            fail(store, assignment_of("bad", 1, began_ms=FIRST_ROUND_MS + 5_000, age_s=6.0))
        # Somebody retries the run: what never had an attempt comes first.
        Lookout(store, assignment_of("beside", 0, began_ms=NEXT_ROUND_MS, age_s=1.0)).look()
        assert read_stop(store, RUN) is None
        fail(store, assignment_of("bad", 0, began_ms=NEXT_ROUND_MS, age_s=2.0))
        with pytest.raises(Cancelled):
            Lookout(store, assignment_of("beside", 0, began_ms=NEXT_ROUND_MS + 2_000, age_s=3.0)).look()
        if done.returncode == 0:
            assert done.stdout == "done\n"
            break
        assert done.returncode == -signal.SIGKILL
        killed += 1
    assert killed >= 3
