"""Long files pass through a process in parts: to a store, and from there to the next task."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from object_store_server import object_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MIB = 1 << 20
THROUGH = """
import os, resource, sys
from dagwright.cache.blobs import publish_blobs
from dagwright.contract.types import parse
from dagwright.files.access import StoreAccess
from dagwright.files.file import File
from dagwright.store import open_store
from dagwright.values import Codec

store, declared = open_store(sys.argv[1]), parse("file")
codec = Codec({}, files=StoreAccess(store))

def through(path):
    blobs = {}
    data = codec.encode(codec.normalise(File(path), declared), declared, blobs)
    publish_blobs(store, blobs)
    return codec.decode(data, declared, lambda _: b"").download()

def peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

through(sys.argv[2])
before = peak_kib()
print(os.stat(through(sys.argv[3])).st_size, peak_kib() - before)
"""


def taken_mib(url: str, folder: Path, size_mib: int, environment: Mapping[str, str]) -> float:
    """Memory that a long file takes beyond what a short one has taken already."""
    (folder / "short").write_bytes(os.urandom(9 * MIB))  # two parts: every thread and buffer is in use
    (folder / "long").touch()
    os.truncate(folder / "long", size_mib * MIB)
    command = [sys.executable, "-c", THROUGH, url, str(folder / "short"), str(folder / "long")]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    size, taken_kib = map(int, done.stdout.split())
    assert size == size_mib * MIB
    return taken_kib / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is Linux's")
def test_a_long_file_takes_a_few_parts_of_memory(tmp_path: Path) -> None:
    assert taken_mib(f"{tmp_path.as_uri()}/store", tmp_path, 128, {}) < 24


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is Linux's")
def test_a_long_file_takes_a_few_parts_of_memory_on_s3(tmp_path: Path) -> None:
    with object_store() as server:
        assert taken_mib(server.url, tmp_path, 128, server.environment) < 96
