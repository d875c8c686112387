"""Every verb of both S3 clients against a server that misbehaves in every way, at every request of the verb."""

from __future__ import annotations

import hashlib
import random
import time

import pytest
from faulty_object_store import faulty_object_store

from dagwright.cache import Output, Result, lookup, pack_output, publish, read_pin, unpack_output
from dagwright.cache.protocol import fetcher
from dagwright.store import Damaged, StoreError, boto_client, objects, obstore_client, transfers
from dagwright.store.objects import ObjectStore

CLIENTS = {"obstore": obstore_client.ObstoreClient, "boto3": boto_client.BotoClient}
PART = 64 * 1024
LONG = bytes(range(251)) * 700  # three parts of 64 KiB
DIGEST = hashlib.sha256(LONG).hexdigest()
FAULTS = ["500", "503", "409", "500 applied", "drop", "drop applied", "truncate", "slow", "400 RequestTimeout"]


@pytest.fixture(scope="module")
def server():
    with faulty_object_store() as store:
        yield store


@pytest.fixture(params=CLIENTS)
def store(request, server, monkeypatch):
    """A store of small parts, whose first pauses are short."""
    for name, value in {"AWS_ENDPOINT_URL": server.endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(transfers, "PART_BYTES", PART)
    monkeypatch.setattr(objects, "_FIRST_PAUSE_S", 0.01)
    return ObjectStore("s3://bucket/p", CLIENTS[request.param]("s3://bucket/p"), patience_s=20)


class Verbs:
    """What each verb does, and what must be true afterwards."""

    def __init__(self, store, server, folder):
        self.store, self.server, self.folder = store, server, folder
        (folder / "long").write_bytes(LONG)

    def stands(self, key):
        return self.server.objects.get(f"/bucket/p/{key}")

    def get(self):
        assert self.store.get("there") == b"value"

    def get_range(self):
        assert self.store.get_range("there", 1, 3) == b"alu"

    def create(self):
        self.store.create("k", b"value")  # False where an answer was lost, and then the value stands there
        assert self.stands("k") == b"value"

    def put(self):
        self.store.put("k", b"value")
        assert self.stands("k") == b"value"

    def put_long(self):
        self.store.put("k", LONG)
        assert self.stands("k") == LONG

    def put_file(self):
        self.store.put_file("k", str(self.folder / "long"), sha256=DIGEST)
        assert self.stands("k") == LONG

    def get_file(self):
        self.store.get_file("long", str(self.folder / "copy"), sha256=DIGEST, size=len(LONG))
        assert (self.folder / "copy").read_bytes() == LONG

    def list(self):
        assert self.store.list("f") == ["f/a", "f/b"]

    def delete(self):
        self.store.delete("there")
        assert self.stands("there") is None

    def prepare(self, faults):
        self.server.script(faults)
        for key, value in {"there": b"value", "long": LONG, "f/a": b"", "f/b": b"x"}.items():
            self.server.objects[f"/bucket/p/{key}"] = value


NAMES = ["get", "get_range", "create", "put", "put_long", "put_file", "get_file", "list", "delete"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_verb_survives_a_fault_at_any_of_its_requests(store, server, tmp_path, name, fault):
    verbs = Verbs(store, server, tmp_path)
    verbs.prepare([])
    getattr(verbs, name)()
    requests = len(server.requests)
    assert requests >= 1
    for position in range(requests):
        verbs.prepare(["ok"] * position + [fault])
        getattr(verbs, name)()


@pytest.mark.parametrize("name", NAMES)
def test_a_verb_survives_two_faults_in_a_row(store, server, tmp_path, name):
    verbs = Verbs(store, server, tmp_path)
    verbs.prepare(["500 applied", "drop"])
    getattr(verbs, name)()


@pytest.mark.parametrize("name", NAMES)
def test_a_verb_survives_a_storm(store, server, tmp_path, name):
    """Two of five requests are refused, for as long as it takes."""
    verbs = Verbs(store, server, tmp_path)
    refused = 0
    for seed in range(6):
        verbs.prepare([])
        server.storm = random.Random(seed)
        getattr(verbs, name)()
        refused += server.refusals
    server.storm = None
    assert refused >= 2


def test_an_upload_that_fails_for_good_leaves_no_parts_behind(store, server, tmp_path):
    verbs = Verbs(store, server, tmp_path)
    verbs.prepare(["ok", "ok", "403"])
    with pytest.raises(StoreError, match=r"cannot write 'k'.*s3:PutObject") as found:
        verbs.put_file()
    assert not found.value.transient
    assert verbs.stands("k") is None
    assert server.uploads == {}


@pytest.mark.parametrize("position", range(3))
def test_a_flipped_bit_on_the_way_to_a_file_is_damage(store, server, tmp_path, position):
    verbs = Verbs(store, server, tmp_path)
    verbs.prepare(["ok"] * position + ["flip"])
    with pytest.raises(Damaged):
        verbs.get_file()
    assert not (tmp_path / "copy").exists()
    verbs.prepare([])
    verbs.get_file()


def test_a_storm_costs_time_and_nothing_else(store, server):
    """Two of five requests are refused: results are published, found and read as if nothing was."""
    server.script([])
    server.storm = random.Random(store._client.__class__.__name__)
    started = time.monotonic()
    for number in range(12):
        blobs = {}
        output = pack_output("o0", "str", "x" * 70_000 + str(number), {}, blobs)
        published = publish(store, Result((output,)), blobs, entry_key=f"v1/ac/{number}.json", pin_key=f"v1/run/{number}.json")
        for found in (published, lookup(store, f"v1/ac/{number}.json"), read_pin(store, f"v1/run/{number}.json")):
            assert unpack_output(found.output("o0"), fetcher(store, found)) == "x" * 70_000 + str(number)
    assert time.monotonic() - started < 60
    assert len(store.list("v1/ac")) == 12
    server.storm = None
    assert sum(path.endswith(".json") for path in server.objects) == 24


def test_of_two_publishers_in_a_storm_both_serve_the_first_value(store, server):
    server.script([])
    server.storm = random.Random(7)
    for number in range(10):
        one = publish(store, Result((Output("o0", "int", 1),)), {}, entry_key=f"v1/ac/{number}.json")
        two = publish(store, Result((Output("o0", "int", 2),)), {}, entry_key=f"v1/ac/{number}.json")
        assert [one.output("o0").data, two.output("o0").data] == [1, 1]
