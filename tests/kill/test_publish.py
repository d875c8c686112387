"""Real processes, killed before and after every operation of a publication; and many that publish at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import defaultdict

import publishing_process
import pytest
from publishing_process import ENTRY, PIN, result_of, value_of

from dagwright.cache import lookup, publish, read_pin
from dagwright.store import open_store


def start(mode, url, name, number):
    return subprocess.Popen(
        [sys.executable, publishing_process.__file__, mode, url, str(name), str(number)], stdout=subprocess.PIPE, text=True
    )


def nothing_before(_store):
    """A new store: blob, entry, pin."""
    return 1


def another_ones_entry(store):
    """The entry stands already: it is read, verified and adopted."""
    publish(store, *result_of(2), entry_key=ENTRY)
    return 2


def a_damaged_entry(store):
    """The entry that stands there is torn: it is removed and made again."""
    store.put(ENTRY, b'{"sum":"')
    return 1


def another_ones_pin(store):
    """The run has its value already, and the cache none."""
    publish(store, *result_of(3), pin_key=PIN, inputs_digest="i")
    return 3


def a_torn_blob(store):
    """The blob that stands there holds other bytes."""
    publish(store, *result_of(1))
    [key] = store.list("v1/cas")
    store.put(key, b"torn")
    return 1


@pytest.mark.parametrize("before", [nothing_before, another_ones_entry, a_damaged_entry, another_ones_pin, a_torn_blob])
def test_a_publisher_killed_at_any_operation_leaves_nothing_half_done(url, before):
    steps = 0
    while True:
        store = open_store(f"{url}/{steps}")
        expected = before(store)
        process = start("publish", store.url, 1, steps)
        out, _ = process.communicate()
        # What others see now is nothing, or whole.
        pin, entry = read_pin(store, PIN), lookup(store, ENTRY)
        assert pin is None or value_of(store, pin) == expected
        assert entry is None or value_of(store, entry) in (1, 2)
        if process.returncode == 0:
            assert out == f"{expected}\n"
            break
        assert process.returncode == -signal.SIGKILL
        # The next attempt gets the value that counts, whatever the first one left.
        assert value_of(store, publish(store, *result_of(1), entry_key=ENTRY, pin_key=PIN, inputs_digest="i")) == expected
        assert value_of(store, read_pin(store, PIN, inputs_digest="i")) == expected
        steps += 1
    assert steps >= 6


def test_all_readers_see_one_value_per_key_whoever_publishes(url):
    processes = [start("race", url, name, 20) for name in range(1, 9)]
    seen = defaultdict(set)
    for process in processes:
        out, _ = process.communicate()
        assert process.returncode == 0
        lines = [line.split() for line in out.splitlines()]
        assert len(lines) == 20
        for key, value in lines:
            seen[key].add(value)
    assert [len(values) for values in seen.values()] == [1] * 20
