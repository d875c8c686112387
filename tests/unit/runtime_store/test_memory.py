"""A file larger than what a transfer may take of memory passes, both ways, with every driver."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest
from faulty_object_store import faulty_object_store

BOUND_BYTES = 128 * 1024 * 1024
SIZE = 192 * 1024 * 1024
TRANSFER = """
import sys
if sys.argv[1] == "boto3":
    sys.modules["obstore"] = None
from dagwright.store import open_store

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

before = peak()
store, path, sha256 = open_store(sys.argv[2]), sys.argv[3], sys.argv[4]
if sys.argv[5] == "put":
    store.put_file("cas/x", path, sha256=sha256)
else:
    store.get_file("cas/x", path + ".copy", sha256=sha256, size=int(sys.argv[6]))
print(peak() - before)
"""


@pytest.fixture(scope="module")
def server():
    with faulty_object_store() as store:
        yield store


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="peak memory is read from Linux's /proc")  # noqa: PTH110
@pytest.mark.parametrize("client", ["file", "obstore", "boto3"])
def test_a_file_larger_than_the_bound_stays_within_it(server, tmp_path, client):
    block = bytes(range(256)) * 4096
    path, digest = tmp_path / "source", hashlib.sha256()
    with path.open("wb") as file:
        for number in range(SIZE // len(block)):
            part = number.to_bytes(8, "big") + block[8:]
            file.write(part)
            digest.update(part)
    variables = {"AWS_ENDPOINT_URL": server.endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    url = f"file://{tmp_path}/store" if client == "file" else "s3://bucket/p"
    for verb in ("put", "get"):
        command = [sys.executable, "-c", TRANSFER, client, url, str(path), digest.hexdigest(), verb, str(SIZE)]
        done = subprocess.run(
            command,
            env={**os.environ, **variables, "AWS_REGION": "us-east-1", "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) < BOUND_BYTES
    assert (tmp_path / "source.copy").stat().st_size == SIZE
    server.script([])
