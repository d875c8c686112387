from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from faulty_object_store import faulty_object_store

from dagwright.store import StoreError, open_store
from dagwright.store.boto_client import BotoClient
from dagwright.store.objects import ObjectStore
from dagwright.store.obstore_client import ObstoreClient

CLIENTS = {"obstore": ObstoreClient, "boto3": BotoClient}


@pytest.fixture(scope="module")
def faulty():
    with faulty_object_store() as store:
        yield store


@pytest.fixture(params=CLIENTS)
def client(request):
    return CLIENTS[request.param]


@pytest.fixture
def variables(faulty, monkeypatch):
    for name, value in {"AWS_ENDPOINT_URL": faulty.endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def opened(client, variables):
    """Open the store; its patience is short."""
    return lambda patience_s=5: ObjectStore("s3://bucket/p", client("s3://bucket/p"), patience_s=patience_s)


@pytest.fixture
def store(opened):
    return opened()


@pytest.fixture(params=CLIENTS)
def real(request, server, monkeypatch):
    if request.param == "boto3":
        monkeypatch.setitem(sys.modules, "obstore", None)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.mark.parametrize("fault", ["503", "500", "429", "truncate"])
def test_a_read_is_repeated_until_it_succeeds(faulty, store, fault):
    faulty.script([fault, fault])
    faulty.objects["/bucket/p/k"] = b"value"
    assert store.get("k") == b"value"
    assert len(faulty.requests) == 3


@pytest.mark.parametrize("fault", ["503", "500 applied", "drop applied", "409"])
def test_a_write_is_repeated_until_it_succeeds(faulty, store, fault):
    faulty.script([fault, fault])
    store.put("k", b"value")
    assert faulty.objects["/bucket/p/k"] == b"value"


@pytest.mark.parametrize("fault", ["503", "409"])
def test_a_create_that_did_not_happen_is_repeated_and_wins(faulty, store, fault):
    faulty.script([fault, fault])
    assert store.create("k", b"value") is True
    assert faulty.objects["/bucket/p/k"] == b"value"


@pytest.mark.parametrize("fault", ["500 applied", "drop applied"])
def test_a_create_whose_answer_was_lost_says_that_something_stands_there(faulty, store, fault):
    faulty.script([fault])
    assert store.create("k", b"value") is False
    assert store.get("k") == b"value"


def test_what_does_not_pass_is_a_transient_error_within_the_patience(faulty, opened):
    faulty.script(["503"] * 100)
    started = time.monotonic()
    with pytest.raises(StoreError, match=r"store s3://bucket/p cannot write 'k'.*503.*\(Scripted\)") as found:
        opened(0.5).put("k", b"value")
    assert found.value.transient
    assert time.monotonic() - started < 2
    assert len(faulty.requests) >= 2


@pytest.mark.parametrize(("status", "advice"), [("403", "s3:PutObject"), ("400", "AWS_REGION"), ("401", "AWS_ACCESS_KEY_ID")])
def test_what_nothing_mends_is_fatal_at_once_and_says_what_to_do(faulty, store, status, advice):
    faulty.script([status])
    with pytest.raises(StoreError, match=rf"cannot write 'k'.*{advice}") as found:
        store.put("k", b"value")
    assert not found.value.transient
    assert len(faulty.requests) == 1


def test_nobody_listening_is_transient(opened, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:1.*; check AWS_ENDPOINT_URL, AWS_REGION and the network") as found:
        opened(0.2).get("k")
    assert found.value.transient


@pytest.mark.parametrize("verb", ["get", "list", "put", "create"])
def test_a_missing_bucket_is_fatal_for_every_verb(real, verb):
    call = getattr(open_store("s3://no-such-bucket/x"), verb)
    with pytest.raises(StoreError, match="create the bucket") as found:
        call("k", b"") if verb in ("put", "create") else call("k")
    assert not found.value.transient


def test_a_url_without_bucket_is_refused():
    with pytest.raises(StoreError, match="write s3://bucket/prefix"):
        open_store("s3://")


def test_stores_below_different_prefixes_do_not_meet(real):
    one, other, whole = (
        open_store("s3://dagwright-tests/one/"),
        open_store("s3://dagwright-tests/other"),
        open_store("s3://dagwright-tests"),
    )
    one.put("k", b"1")
    other.put("k", b"2")
    assert (one.get("k"), other.get("k"), whole.get("one/k")) == (b"1", b"2", b"1")
    assert one.list("k") == []


def test_an_image_without_the_client_is_told_what_to_add():
    script = """
import sys
sys.modules["obstore"] = sys.modules["botocore"] = sys.modules["fsspec"] = None
from dagwright.store import StoreError, open_store
try:
    open_store("s3://bucket/x")
except StoreError as error:
    print(error.transient, error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False no client for the store s3://bucket/x is installed")
    assert "RUN pip install obstore" in done.stdout


def test_use_after_a_fork_fails_at_once_instead_of_hanging(real):
    script = """
import os, sys
from dagwright.store import StoreError, open_store
before = open_store(sys.argv[1])
if sys.argv[2] == "used":
    before.put("fork", b"x")
if os.fork() == 0:
    for store in (before, open_store(sys.argv[1])):
        try:
            print(store.get("fork"), flush=True)
        except StoreError as error:
            print(error.transient, error, flush=True)
    os._exit(0)
os.wait()
"""

    def run(used):
        command = [sys.executable, "-W", "ignore", "-c", script, real.url, used]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=20, env=dict(os.environ)
        ).stdout.splitlines()

    used = run("used")
    assert len(used) == 2
    assert all(line.startswith("False ") and "fork first" in line for line in used)
    assert run("unused") == ["b'x'", "b'x'"]
