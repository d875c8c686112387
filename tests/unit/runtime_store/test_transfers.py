"""Files to values and back: in parts, verified, and on from where it broke off."""

from __future__ import annotations

import hashlib

import pytest

from dagwright.store import Damaged, FileChanged, NotFound, StoreError, open_store
from dagwright.store.transfers import PART_BYTES

SIZES = [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 5 * PART_BYTES + 17]


@pytest.fixture
def store(url):
    return open_store(url)


def content(size):
    block = bytes(range(251)) * 4177  # coprime to any part, so that no two parts are alike
    return (block * (size // len(block) + 1))[:size]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_whole(store, tmp_path, size):
    data = content(size)
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(data)
    store.put_file("cas/x", str(source), sha256=sha256(data))
    assert store.get("cas/x") == data
    store.get_file("cas/x", str(copy), sha256=sha256(data), size=size)
    assert copy.read_bytes() == data
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy", "source"]


@pytest.mark.parametrize("size", [0, 7, PART_BYTES + 1])
def test_a_file_that_is_not_what_was_digested_is_not_written(store, tmp_path, size):
    source = tmp_path / "source"
    source.write_bytes(content(size))
    with pytest.raises(FileChanged, match=f"cannot write 'k': the file {source} was changed meanwhile"):
        store.put_file("k", str(source), sha256=sha256(b"other"))
    with pytest.raises(NotFound):
        store.get("k")


def test_a_file_that_is_gone_is_named(store, tmp_path):
    with pytest.raises(StoreError, match=f"cannot write 'k' from {tmp_path}/gone: No such file or directory") as found:
        store.put_file("k", str(tmp_path / "gone"), sha256=sha256(b""))
    assert not found.value.transient


@pytest.mark.parametrize("size", [0, 5, PART_BYTES * 2])
def test_an_absent_value_is_not_found_and_leaves_no_file(store, tmp_path, size):
    with pytest.raises(NotFound, match="absent"):
        store.get_file("absent", str(tmp_path / "copy"), sha256="0" * 64, size=size)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("size", [0, 1, PART_BYTES + 9])
@pytest.mark.parametrize("damage", [lambda data: data + b"x", lambda data: data[:-1], lambda data: data[:-1] + b"\xff"])
def test_other_bytes_are_damage_and_leave_no_file(store, tmp_path, size, damage):
    data = content(size)
    if (found := damage(data)) == data:
        found = b"longer"
    store.put("k", found)
    if found[:size] == data and size:
        return  # longer than it should be: the bytes that are read are the right ones
    with pytest.raises(Damaged, match="holds other bytes under 'k'"):
        store.get_file("k", str(tmp_path / "copy"), sha256=sha256(data), size=size)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("kept", [1, PART_BYTES, 2 * PART_BYTES + 5])
def test_what_was_fetched_before_is_not_fetched_again(store, tmp_path, kept, monkeypatch):
    data = content(3 * PART_BYTES)
    store.put("k", data)
    (tmp_path / "copy.part").write_bytes(data[:kept])
    store.delete("k")
    store.put("k", b"\0" * kept + data[kept:])  # so that reading the beginning again would be noticed
    store.get_file("k", str(tmp_path / "copy"), sha256=sha256(data), size=len(data))
    assert (tmp_path / "copy").read_bytes() == data


@pytest.mark.parametrize("kept", [b"not what stands there", b"\xff" * (PART_BYTES + 3), bytes(4 * PART_BYTES)])
def test_what_was_left_by_something_else_is_fetched_anew(store, tmp_path, kept):
    data = content(3 * PART_BYTES)
    store.put("k", data)
    (tmp_path / "copy.part").write_bytes(kept)
    store.get_file("k", str(tmp_path / "copy"), sha256=sha256(data), size=len(data))
    assert (tmp_path / "copy").read_bytes() == data


def test_a_folder_that_is_not_there_is_named(store, tmp_path):
    store.put("k", b"x")
    with pytest.raises(StoreError, match=f"cannot read 'k' into {tmp_path}/no/copy: No such file or directory"):
        store.get_file("k", str(tmp_path / "no" / "copy"), sha256=sha256(b"x"), size=1)


def test_listing_tells_sizes_and_times(store):
    store.put("f/a", b"123")
    store.put("f/b/c", b"")
    store.put("g", b"x")
    (a, size, modified), (b, empty, later) = store.listing("f")
    assert (a, size, b, empty) == ("f/a", 3, "f/b/c", 0)
    assert 1_700_000_000 < modified < 10_000_000_000
    assert abs(later - modified) < 60
    assert store.listing("nowhere") == []
