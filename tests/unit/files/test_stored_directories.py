"""Directories to a store and back: short files several at a time, long ones alone, each where it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from object_store_server import object_store

from dagwright.cache.blobs import publish_blobs
from dagwright.contract.types import parse
from dagwright.files.access import StoreAccess
from dagwright.files.trees import scan, write_manifest
from dagwright.store import Damaged, open_store
from dagwright.values import Codec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dagwright.store.verbs import Store
    from dagwright.values.form import Blobs

DIRECTORY = parse("directory")


@pytest.fixture(params=["file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "file":
        yield open_store((tmp_path / "store").as_uri())
        return
    with object_store() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield open_store(server.url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    (made / "deep" / "empty").mkdir(parents=True)
    for number in range(40):
        (made / "deep" / f"{number}.txt").write_text(str(number % 30))
    (made / "long").write_bytes(os.urandom(9 << 20))
    (made / "also-long").write_bytes(os.urandom(2 << 20))
    (made / "deep" / "7.txt").chmod(0o755)
    (made / "none").touch()
    return made


def test_a_directory_arrives_as_it_was(store: Store, folder: Path) -> None:
    codec = Codec({}, files=StoreAccess(store))
    blobs: Blobs = {}
    data = codec.encode(codec.normalise(folder, DIRECTORY), DIRECTORY, blobs)
    publish_blobs(store, blobs)
    assert len(blobs) == 30 + 3 + 1  # equal files are one blob; the manifest is one, too
    arrived = codec.decode(data, DIRECTORY, lambda _: b"")
    assert arrived.size == sum(item.stat().st_size for item in folder.rglob("*") if item.is_file())
    assert write_manifest(scan(arrived.download())) == write_manifest(scan(str(folder)))


def test_a_file_that_is_damaged_in_the_store_is_never_there(store: Store, folder: Path) -> None:
    codec = Codec({}, files=StoreAccess(store))
    blobs: Blobs = {}
    data = codec.encode(codec.normalise(folder, DIRECTORY), DIRECTORY, blobs)
    publish_blobs(store, blobs)
    digest = scan(str(folder))["deep/3.txt"]
    assert digest is not None
    key = next(key for key in store.list("v1/cas") if digest.digest() in key)
    store.put(key, b"4")
    with pytest.raises(Damaged):
        codec.decode(data, DIRECTORY, lambda _: b"").download()
