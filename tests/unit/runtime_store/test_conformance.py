"""One suite for all stores: what ``verbs.Store`` promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from store_drivers import DRIVERS

from dagwright.contract.names import quote_part
from dagwright.store import NotFound, open_store


@pytest.fixture
def store(url):
    return open_store(url)


def test_get_gives_what_put_wrote(store):
    store.put("a/b", b"one")
    store.put("a/b", b"two")
    assert store.get("a/b") == b"two"


def test_get_of_an_absent_key_names_the_key(store):
    with pytest.raises(NotFound, match="a/b") as found:
        store.get("a/b")
    assert found.value.key == "a/b"
    assert not found.value.transient


def test_a_folder_is_no_value(store):
    store.put("a/b/c", b"x")
    with pytest.raises(NotFound):
        store.get("a/b")


def test_the_first_create_wins(store):
    assert store.create("k", b"first") is True
    assert store.create("k", b"second") is False
    assert store.get("k") == b"first"


def test_create_after_delete_works_again(store):
    store.create("k", b"first")
    store.delete("k")
    assert store.create("k", b"second") is True
    assert store.get("k") == b"second"


def test_the_store_tells_whether_creation_is_exclusive(store, driver):
    assert store.conditional is DRIVERS[driver].conditional


def test_a_creator_that_was_told_nothing_stood_there_wrote_its_value(store):
    """What every driver promises, the one without conditions, too: alone, a creator is told the truth."""
    won = [store.create("k", b"%d" % number) for number in range(4)]
    assert won == [True, False, False, False]
    assert store.get("k") == b"0"


def test_one_of_many_concurrent_creates_wins_and_all_read_its_value(url):
    if not open_store(url).conditional:
        pytest.skip("fsspec promises no exclusive creation")
    stores = [open_store(url) for _ in range(8)]
    together = Barrier(8)

    def write(store, number):
        won = []
        for key in range(40):
            together.wait()
            won.append(store.create(f"race/{key}", b"%d" % number))
        return won

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write, store, number) for number, store in enumerate(stores)]
        won = [writer.result() for writer in writers]
    for key in range(40):
        assert [number for number in range(8) if won[number][key]] == [int(stores[0].get(f"race/{key}"))]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, 5, b"hello"), (1, 3, b"ell"), (3, 9, b"lo"), (5, 1, b""), (9, 1, b""), (4, 0, b"")],
)
def test_a_range_ends_where_the_value_ends(store, start, length, expected):
    store.put("k", b"hello")
    assert store.get_range("k", start, length) == expected


@pytest.mark.parametrize("length", [0, 1])
def test_a_range_of_an_absent_key_is_not_found(store, length):
    with pytest.raises(NotFound):
        store.get_range("k", 0, length)


def test_an_empty_value_is_a_value(store):
    assert store.create("k", b"") is True
    assert store.get("k") == b""
    assert store.create("k", b"x") is False


def test_a_long_value_survives(store):
    long = bytes(range(256)) * 40_000  # several parts of a multipart upload
    store.put("k", long)
    assert store.get("k") == long
    assert store.get_range("k", 9_999_990, 20) == long[9_999_990:10_000_010]
    assert store.create("other", long) is True
    assert store.get("other") == long


def test_list_names_keys_below_a_folder_sorted(store):
    for key in ("f/b", "f/a/z", "f/a/b", "f/B", "fa/x", "g"):
        store.put(key, b"")
    assert store.list("f") == ["f/B", "f/a/b", "f/a/z", "f/b"]
    assert store.list("f/a") == ["f/a/b", "f/a/z"]


def test_an_absent_folder_lists_nothing(store):
    assert store.list("nowhere") == []


def test_delete_is_idempotent(store):
    store.put("a/b", b"x")
    store.delete("a/b")
    store.delete("a/b")
    store.delete("never/was")
    assert store.list("a") == []


HOSTILE = [
    "../up",
    "/root",
    ".",
    "..",
    "a b",
    "é😀",
    "%2F",
    "x\x00y",
    "a\nb",
    "{{workflow.name}}",
    "$(id)",
    "con",
    "#?&=+;",
    "\ud800",
]


def test_quoted_names_of_any_text_are_keys_that_list_back(store):
    keys = sorted({f"v1/{quote_part(name)}/{quote_part(name)}.json" for name in HOSTILE})
    for key in keys:
        assert store.create(key, key.encode())
    assert store.list("v1") == keys
    assert [store.get(key) for key in keys] == [key.encode() for key in keys]


@pytest.mark.parametrize(
    "key", ["", "/", "/etc/passwd", "../x", "a/../b", "a/./b", ".tmp/x", "a//b", "a/", "a\\b", "a\x00b", "a\nb"]
)
def test_keys_that_could_leave_the_root_are_refused_by_every_verb(store, key):
    for verb in (store.get, store.list, store.delete, lambda k: store.get_range(k, 0, 1)):
        with pytest.raises(ValueError, match="not a key"):
            verb(key)
    for verb in (store.create, store.put):
        with pytest.raises(ValueError, match="not a key"):
            verb(key, b"x")
