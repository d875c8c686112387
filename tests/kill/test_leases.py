"""Real processes that want the same results at the same time: each is computed once, and no death of an owner stops the others."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import leasing_process
from leasing_process import PACE
from publishing_process import PIN
from task_calls import call, performed_value, task

from dagwright.cache import read_pin, unpack_output
from dagwright.cache.leases import Pace
from dagwright.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

IMPATIENT = Pace(heartbeat_s=0.2, silence_s=0.3, first_pause_s=0.01, longest_pause_s=0.05)
"""For one that knows that the owner is dead."""
KEYS = 50
PROCESSES = 8


def start(mode: str, url: str, name: int, number: int, log: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, leasing_process.__file__, mode, url, str(name), str(number), str(log)], stdout=subprocess.PIPE, text=True
    )


def executions(log: Path) -> Counter[str]:
    return Counter(line.split()[0] for line in log.read_text().splitlines()) if log.exists() else Counter()


def test_many_processes_compute_each_key_once(url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [start("race", url, name, KEYS, log) for name in range(1, PROCESSES + 1)]
    seen = defaultdict(set)
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        lines = [line.split() for line in out.splitlines()]
        assert len(lines) == KEYS
        for key, value in lines:
            seen[key].add(value)
    assert [len(values) for values in seen.values()] == [1] * KEYS
    assert set(executions(log).values()) == {1}


def test_a_waiter_takes_over_from_an_owner_that_was_killed(url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    owner = start("hang", url, 1, 0, log)
    while not executions(log):
        time.sleep(0.01)
    waiters = [start("race", url, name, 1, log) for name in (2, 3, 4)]
    # For much longer than an owner may be silent: this one beats.
    time.sleep(2 * PACE.silence_s)
    assert executions(log) == {"0": 1}
    assert all(waiter.poll() is None for waiter in waiters)
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    said = {waiter.communicate(timeout=60)[0] for waiter in waiters}
    assert executions(log) == {"0": 2}
    assert len(said) == 1


def test_a_call_killed_at_any_operation_is_completed_by_the_next(url: str, tmp_path: Path) -> None:
    """Lease, entry, pin and record: whoever dies where, the next attempt gives the value that the first one's readers saw."""
    steps = 0
    while True:
        store, log = open_store(f"{url}/{steps}"), tmp_path / f"log-{steps}"
        process = start("step", store.url, 1, steps, log)
        out, _ = process.communicate(timeout=60)
        pin = read_pin(store, PIN)
        assert pin is None or unpack_output(pin.outputs[0], store.get) == 1000
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        value = performed_value(call(store, 0, lambda x: 2000 + x, of=task(serialize=True), pin=PIN, pace=IMPATIENT))
        assert value in (1000, 2000)
        assert pin is None or value == 1000
        # What a second run finds is what the first one has.
        assert performed_value(call(store, 0, lambda x: 3000 + x, of=task(serialize=True), pace=PACE)) == value
        steps += 1
    assert out == "1000\n"
    assert steps >= 18
