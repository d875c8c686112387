"""What a collection removes and what it keeps. Races with running work are the simulator's (tests/kill/test_simulation.py)."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from task_calls import Attempted, Node, call, performed_value, task

from dagwright.cache.blobs import publish_blobs
from dagwright.cache.leases import Lease, Pace, reserve
from dagwright.contract.files import url_wire
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import COLLECTION, SWEEPS, blob_key, lease_folder, pin_key, sweep_key
from dagwright.execution.records import record_attempt
from dagwright.store import NotFound, StoreError, open_store
from dagwright.upkeep.clock import store_time
from dagwright.upkeep.collection import Limits, collect
from dagwright.upkeep.entries import read_entries, remove_entries
from dagwright.upkeep.reading import concurrently

NOW = Limits(grace_s=0.0)
PACE = Pace(heartbeat_s=0.1, silence_s=0.5, first_pause_s=0.01, longest_pause_s=0.05)


@pytest.fixture
def store(url):
    return open_store(url)


def compute(store, given, *, pin=None, of=None):
    return performed_value(call(store, given, lambda x: x, of=of or task(), pin=pin))


def blobs(store):
    return store.list("v1/cas")


def a_moment():
    """Object stores tell times of writing to the second."""
    time.sleep(1.1)


def put_blob(store, content):
    publish_blobs(store, {sha256_hex(content): content})
    return sha256_hex(content)


def test_what_an_entry_or_a_run_names_stays_and_the_rest_goes(store):
    compute(store, 1)
    compute(store, 2, of=task(cached=False), pin=pin_key("run", "node"))
    nobodys = put_blob(store, b"nobody's")
    a_moment()
    planned = collect(store, NOW, dry_run=True)
    assert (planned.blobs.count, planned.blobs.bytes, planned.kept.count) == (1, 8, 2)
    assert len(blobs(store)) == 3
    done = collect(store, NOW, pace=PACE, concurrently=concurrently(store))
    assert (done.blobs.count, done.blobs.bytes, done.kept.count) == (1, 8, 2)
    with pytest.raises(NotFound):
        store.get(blob_key(nobodys))
    # Nothing is computed again.
    assert performed_value(call(store, 1, lambda x: 99, of=task())) == 1
    assert performed_value(call(store, 2, lambda x: 99, of=task(cached=False), pin=pin_key("run", "node"))) == 2


def test_what_nobody_names_stays_for_the_grace_period(store):
    put_blob(store, b"young")
    done = collect(store, Limits(grace_s=3600.0), pace=PACE)
    assert (done.blobs.count, done.young.count, done.young.bytes) == (0, 1, 5)
    assert len(blobs(store)) == 1


def test_old_runs_and_entries_go_where_that_is_asked_for(store):
    compute(store, 1, pin=pin_key("run", "node"))
    a_moment()
    assert collect(store, NOW, pace=PACE).run_names == []
    done = collect(store, Limits(grace_s=0.0, older_than_s=0.0), pace=PACE)
    assert (done.run_names, done.runs.count, done.entries.count, done.blobs.count) == (["run"], 1, 1, 1)
    assert blobs(store) == store.list("v1/ac") == store.list("v1/run") == []


def test_a_run_that_wrote_anything_lately_stays_whole(store):
    compute(store, 1, pin=pin_key("run", "first"), of=task(cached=False))
    a_moment()
    a_moment()
    compute(store, 2, pin=pin_key("run", "second"), of=task(cached=False))
    done = collect(store, Limits(grace_s=0.0, older_than_s=1.5), pace=PACE)
    assert (done.runs.count, done.blobs.count, len(store.list("v1/run"))) == (0, 0, 2)


def test_the_blobs_of_removed_entries_outlive_them_by_the_grace_period(store):
    compute(store, 1)
    remove_entries(store, read_entries(store, lambda _entry: True, concurrently=map))
    a_moment()
    assert store.list("v1/ac") == []
    assert collect(store, Limits(grace_s=1000.0), pace=PACE).blobs.count == 0
    [note] = store.list("v1/gc/removed")
    assert sha256_hex(store.get(blobs(store)[0])).encode() in store.get(note)
    assert collect(store, NOW, pace=PACE).blobs.count == 1
    assert store.list("v1/gc") == []


def test_files_and_long_texts_that_a_run_was_given_stay(store):
    file = put_blob(store, b"a file that a person gave")
    inside = put_blob(store, b"a file that a long text names")
    wire = f'{{"$blob":"{inside}","size":29,"enc":"file","name":"x"}}'
    long_text = put_blob(store, wire.encode())
    nobodys = put_blob(store, b"nobody's")
    assert url_wire("s3://x/y") == {"$url": "s3://x/y"}
    inputs = {
        "a": f'{{"$blob":"{file}","size":25,"enc":"file","name":"x"}}',
        "b": f'{{"$ref":"{long_text}","len":3}}',
        "c": nobodys,
    }
    record_attempt(store, Attempted("run", Node("node"), 0, inputs=inputs), {"ending": "succeeded"})
    a_moment()
    assert collect(store, NOW, pace=PACE).blobs.count == 1
    assert [key.rpartition("/")[2] for key in blobs(store)] == sorted([file, inside, long_text])


def test_what_dead_writers_left_goes(store, tmp_path):
    if not store.url.startswith("file:"):
        pytest.skip("an object store has no files of writers")
    put_blob(store, b"x")
    old, young = (tmp_path / "store/.tmp" / name for name in ("1-1-old", "1-2-young"))
    old.write_bytes(b"12345")
    young.write_bytes(b"123")
    os.utime(old, (1, 1))
    limits = Limits(grace_s=60.0)
    planned = collect(store, limits, dry_run=True)
    assert (planned.leftovers.count, planned.leftovers.bytes, old.exists()) == (1, 5, True)
    assert collect(store, limits, pace=PACE).leftovers.count == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_leases_of_the_dead_go(store):
    assert isinstance(reserve(store, "k" * 64, lambda: None, pace=PACE, say=print), Lease)
    # Its owner beats still: what is old is told by the last beat.
    a_moment()
    assert collect(store, Limits(grace_s=1000.0), pace=PACE).leases.count == 0
    assert len(store.list(lease_folder("k" * 64))) == 1


def test_a_dry_run_writes_nothing_that_stays(store):
    compute(store, 1)
    before = store.list("v1")
    collect(store, Limits(grace_s=0.0, older_than_s=0.0), dry_run=True)
    assert store.list("v1") == before


def test_one_collection_keeps_others_out(store):
    other = reserve(store, COLLECTION, lambda: None, pace=PACE, say=print)
    assert isinstance(other, Lease)
    with pytest.raises(StoreError, match="cannot be collected: another collection is at work"):
        collect(store, NOW, pace=PACE)
    other.release()
    collect(store, NOW, pace=PACE)


def test_a_store_that_cannot_keep_others_out_is_collected_when_nothing_else_uses_it(tmp_path):
    store = open_store(f"local://{tmp_path}/store")
    assert not store.conditional
    compute(store, 1)
    put_blob(store, b"nobody's")
    a_moment()
    with pytest.raises(StoreError, match="cannot tell who came first; stop whatever uses it and say so with --offline") as found:
        collect(store, NOW, pace=PACE)
    assert not found.value.transient
    assert len(blobs(store)) == 2
    assert collect(store, NOW, dry_run=True).blobs.count == 1
    assert collect(store, NOW, is_alone=True).blobs.count == 1
    assert len(blobs(store)) == 1
    assert performed_value(call(store, 1, lambda x: 99, of=task())) == 1


class Frozen:
    """A store whose process stands still at the first removal of a blob, before the request leaves."""

    def __init__(self, store, seconds, meanwhile):
        self._store = store
        self._seconds = seconds
        self._meanwhile = meanwhile

    def __getattr__(self, name):
        return getattr(self._store, name)

    def delete(self, key):
        if key.startswith("v1/cas") and self._seconds:
            time.sleep(self._seconds)
            self._seconds = 0
            self._meanwhile()
        self._store.delete(key)


def test_a_collection_that_stood_still_for_too_long_says_what_it_may_have_taken(store, monkeypatch):
    monkeypatch.setattr("dagwright.upkeep.collection.SWEEP_SILENCE_S", 0.2)
    monkeypatch.setattr("dagwright.cache.blobs.SWEEP_SILENCE_S", 0.1)
    digests = [put_blob(store, content) for content in (b"one", b"two")]
    a_moment()
    frozen = Frozen(store, 0.3, lambda: [put_blob(store, content) for content in (b"one", b"two")])
    with pytest.raises(StoreError, match="this collection stood still for 0 s while it removed 'v1/cas/") as found:
        collect(frozen, NOW, pace=PACE)
    assert found.value.transient
    # One request was under way; nothing else was taken by an old look.
    [left] = blobs(store)
    assert left.rpartition("/")[2] in digests
    assert store.list(SWEEPS) == []


def test_a_collection_looks_again_before_it_removes_what_it_saw_long_ago(store, monkeypatch):
    monkeypatch.setattr("dagwright.upkeep.collection.SWEEP_S", 0.2)
    folder_mates = [f"{number}".encode() for number in range(400)]
    mates = [content for content in folder_mates if sha256_hex(content).startswith(sha256_hex(folder_mates[0])[:2])][:2]
    assert len(mates) == 2
    for content in mates:
        put_blob(store, content)
    a_moment()
    a_moment()
    # The second one is written again while the first one's removal takes its time: it is young now.
    last = max(mates, key=sha256_hex)
    done = collect(Frozen(store, 0.3, lambda: store.put(blob_key(sha256_hex(last)), last)), NOW, pace=PACE)
    assert done.blobs.count == 1
    assert [key.rpartition("/")[2] for key in blobs(store)] == [sha256_hex(last)]


def test_a_publisher_waits_for_a_sweep_and_takes_a_dead_one_away(store, monkeypatch):
    monkeypatch.setattr("dagwright.cache.blobs.SWEEP_SILENCE_S", 0.2)
    mark = sweep_key("dead")
    store.put(mark, b"")
    started = time.monotonic()
    put_blob(store, b"content")
    assert time.monotonic() - started >= 0.2
    assert store.list(SWEEPS) == []


def test_the_stores_time_is_that_of_its_objects(store):
    before = store_time(store)
    a_moment()
    store.put("v1/x", b"")
    [(_, _, written)] = store.listing("v1")
    assert before < written <= before + 60


def test_a_collection_that_cannot_write_says_so(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "v1").write_bytes(b"in the way")
    with pytest.raises(StoreError, match="cannot"):
        collect(open_store(f"file://{folder}"), NOW, pace=PACE)
    assert Path(folder / "v1").is_file()
