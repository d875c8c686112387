"""Values that people give at gates: once, whatever they are, and for as long as the run is there."""

from __future__ import annotations

import json
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagwright.cache import PinDamaged
from dagwright.cache.blobs import publish_blobs
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key, given_key
from dagwright.execution.gate_values import read_given
from dagwright.store import NotFound, open_store
from dagwright.upkeep.collection import Limits, collect
from dagwright.upkeep.gates import GivenAlready, give


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path.as_uri())


def test_a_value_is_given_once(store):
    assert read_given(store, "run", "gate") is None
    give(store, "run", "gate", "3")
    give(store, "run", "gate", "3")
    with pytest.raises(GivenAlready) as caught:
        give(store, "run", "gate", "4")
    assert caught.value.text == "3"
    give(store, "other", "gate", "4")
    assert [read_given(store, run, "gate") for run in ("run", "other")] == ["3", "4"]


def test_of_many_who_give_at_once_one_is_taken(store):
    barrier, refused = Barrier(8), []

    def one(number):
        barrier.wait()
        try:
            give(store, "run", "gate", str(number))
        except GivenAlready as error:
            refused.append(error.text)

    threads = [Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [read_given(store, "run", "gate")] * 7


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(min_size=1))
def test_any_text_arrives_unchanged(store, text, gate):
    run = sha256_hex(f"{gate}\0{text}".encode("utf-8", "surrogatepass"))
    give(store, run, gate, text)
    assert read_given(store, run, gate) == text


@pytest.mark.parametrize("damage", [lambda data: data[:-3], lambda data: data.replace(b"3", b"4"), lambda _: b"", lambda _: b"3"])
def test_what_is_damaged_is_no_value(store, damage):
    give(store, "run", "gate", "3")
    key = given_key("run", "gate")
    store.put(key, damage(store.get(key)))
    with pytest.raises(PinDamaged, match="is damaged"):
        read_given(store, "run", "gate")
    with pytest.raises(PinDamaged, match="is damaged"):
        give(store, "run", "gate", "3")


def test_a_file_that_is_given_stays_as_long_as_the_run(store):
    kept, gone = sha256_hex(b"kept"), sha256_hex(b"gone")
    publish_blobs(store, {kept: b"kept", gone: b"gone"})
    give(store, "run", "gate", json.dumps({"$blob": kept, "size": 4, "enc": "file", "name": "x"}))
    collect(store, Limits(grace_s=-10.0))
    assert store.get(blob_key(kept)) == b"kept"
    with pytest.raises(NotFound):
        store.get(blob_key(gone))
