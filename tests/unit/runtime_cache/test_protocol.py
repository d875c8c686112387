from __future__ import annotations

import pytest

from dagwright.cache import (
    InputsDiffer,
    Output,
    PinDamaged,
    Result,
    fetcher,
    lookup,
    pack_output,
    publish,
    read_pin,
    unpack_output,
)
from dagwright.cache.blobs import verify_blob
from dagwright.cache.results import DamagedResult
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key, entry_key, pin_key
from dagwright.store import NotFound, open_store

ENTRY = entry_key("p", "d", "flow.t", "k" * 64)
PIN = pin_key("run", "node")


@pytest.fixture
def store(url):
    return open_store(url)


def made(value, *, long=False, name="o0"):
    """A result of one output, with the blobs that it needs."""
    blobs: dict[str, bytes] = {}
    data = [value] * 40_000 if long else [value]
    return Result((pack_output(name, "list[int]", data, {}, blobs),), made={"task": "flow.t"}), blobs


def first(store, result):
    return unpack_output(result.outputs[0], fetcher(store, result))[0]


@pytest.mark.parametrize("long", [False, True])
def test_what_is_published_is_found(store, long):
    result, blobs = made(7, long=long)
    publish(store, result, blobs, entry_key=ENTRY, pin_key=PIN, inputs_digest="i")
    assert first(store, lookup(store, ENTRY)) == 7
    assert first(store, read_pin(store, PIN, inputs_digest="i")) == 7
    assert lookup(store, ENTRY).made == {"task": "flow.t"}


def test_nothing_is_found_where_nothing_was_published(store):
    assert lookup(store, ENTRY) is None
    assert read_pin(store, PIN) is None


@pytest.mark.parametrize("long", [False, True])
def test_the_first_writers_value_counts_for_all(store, long):
    one, one_blobs = made(1, long=long)
    two, two_blobs = made(2, long=long)
    assert first(store, publish(store, one, one_blobs, entry_key=ENTRY)) == 1
    adopted = publish(store, two, two_blobs, entry_key=ENTRY, pin_key=PIN, inputs_digest="i")
    assert first(store, adopted) == 1
    assert first(store, read_pin(store, PIN)) == 1


def test_a_pinned_value_counts_before_a_cached_one(store):
    pinned, _ = made(1)
    cached, _ = made(2)
    publish(store, pinned, {}, pin_key=PIN, inputs_digest="i")
    publish(store, cached, {}, entry_key=ENTRY)
    assert first(store, publish(store, lookup(store, ENTRY), {}, pin_key=PIN, inputs_digest="i")) == 1


def test_a_task_that_is_not_cached_writes_no_entry(store):
    result, blobs = made(1)
    publish(store, result, blobs, pin_key=PIN, inputs_digest="i")
    assert store.list("v1") == [PIN]


def test_a_pin_of_other_inputs_is_refused_naming_both(store):
    result, _ = made(1)
    publish(store, result, {}, pin_key=PIN, inputs_digest="one")
    for attempt in (
        lambda: publish(store, result, {}, pin_key=PIN, inputs_digest="two"),
        lambda: read_pin(store, PIN, inputs_digest="two"),
    ):
        with pytest.raises(InputsDiffer, match="made from inputs one, and now the inputs are two") as found:
            attempt()
        assert (found.value.pin_key, found.value.pinned, found.value.given) == (PIN, "one", "two")


DAMAGE = [b"", b"{}", b"not json at all", None, "truncated", "flipped"]


def spoil(store, key, damage):
    content = store.get(key)
    if damage is None:
        store.delete(key)
    elif damage == "truncated":
        store.put(key, content[: len(content) // 2])
    elif damage == "flipped":
        store.put(key, content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    else:
        store.put(key, damage)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_a_miss_is_removed_and_can_be_made_again(store, damage):
    result, blobs = made(1)
    publish(store, result, blobs, entry_key=ENTRY)
    spoil(store, ENTRY, damage)
    assert lookup(store, ENTRY) is None
    with pytest.raises(NotFound):
        store.get(ENTRY)
    assert first(store, publish(store, *made(2), entry_key=ENTRY)) == 2
    assert first(store, lookup(store, ENTRY)) == 2


@pytest.mark.parametrize("damage", DAMAGE)
def test_an_entry_with_a_damaged_blob_is_a_miss_and_the_blob_is_mended(store, damage):
    result, blobs = made(1, long=True)
    publish(store, result, blobs, entry_key=ENTRY)
    [digest] = blobs
    spoil(store, blob_key(digest), damage)
    assert lookup(store, ENTRY) is None
    assert store.list("v1/ac") == []
    assert first(store, publish(store, result, blobs, entry_key=ENTRY)) == 1
    assert first(store, lookup(store, ENTRY)) == 1


@pytest.mark.parametrize("damage", DAMAGE)
def test_publishing_past_a_damaged_entry_replaces_it(store, damage):
    publish(store, *made(1, long=True), entry_key=ENTRY)
    spoil(store, ENTRY, damage)
    assert first(store, publish(store, *made(2), entry_key=ENTRY)) == 2


@pytest.mark.parametrize("damage", [damage for damage in DAMAGE if damage is not None])
def test_a_damaged_pin_is_an_error_and_stays(store, damage):
    publish(store, *made(1), pin_key=PIN, inputs_digest="i")
    spoil(store, PIN, damage)
    with pytest.raises(PinDamaged, match=r"run/node/out\.json in .* is damaged"):
        read_pin(store, PIN)
    with pytest.raises(PinDamaged):
        publish(store, *made(2), pin_key=PIN, inputs_digest="i")
    assert store.list("v1/run") == [PIN]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_pin_with_a_damaged_blob_is_an_error_for_its_reader(store, damage):
    result, blobs = made(1, long=True)
    publish(store, result, blobs, pin_key=PIN, inputs_digest="i")
    spoil(store, blob_key(next(iter(blobs))), damage)
    with pytest.raises(PinDamaged):
        first(store, read_pin(store, PIN))


def test_blobs_read_to_verify_a_hit_are_not_read_again(store):
    publish(store, *made(1, long=True), entry_key=ENTRY)
    found = lookup(store, ENTRY)
    for key in store.list("v1/cas"):
        store.delete(key)
    assert first(store, found) == 1


@pytest.mark.parametrize("damage", ["absent", *DAMAGE])
def test_a_blob_too_long_for_one_request_is_written_and_mended(store, damage):
    content = bytes(9 * 1024 * 1024)
    digest = sha256_hex(content)
    result = Result(
        (Output("o0", "ndarray", {"$blob": digest, "size": len(content), "enc": "npy"}, sizes={digest: len(content)}),)
    )
    if damage != "absent":
        publish(store, result, {digest: content})
        spoil(store, blob_key(digest), damage)
    publish(store, result, {digest: content}, entry_key=ENTRY)
    found = lookup(store, ENTRY)
    assert found.verified == {}
    assert fetcher(store, found)(digest) == content


def test_where_a_result_comes_from_changes_no_key_and_no_value(store):
    result, _ = made(1)
    other = Result(result.outputs, made={"task": "flow.other", "cache_version": "9"})
    publish(store, result, {}, entry_key=ENTRY)
    assert publish(store, other, {}, entry_key=ENTRY).made == {"task": "flow.t"}
    assert store.list("v1/ac") == [ENTRY]


def test_an_entry_with_other_outputs_than_the_tasks_is_refused(store):
    publish(store, *made(1), entry_key=ENTRY)
    assert lookup(store, ENTRY, outputs=[("o0", "list[int]")]) is not None
    words = []
    assert lookup(store, ENTRY, outputs=[("o0", "int")], damaged=words.append) is None
    assert words == ["its outputs are not those of the task"]
    assert store.list("v1/ac") == []


def test_a_reader_that_may_not_write_leaves_a_damaged_entry(store):
    publish(store, *made(1), entry_key=ENTRY)
    spoil(store, ENTRY, "flipped")
    words = []
    assert lookup(store, ENTRY, remove=False, damaged=words.append) is None
    assert words == ["the checksum does not fit"]
    assert store.list("v1/ac") == [ENTRY]


def test_overwriting_replaces_the_entry_and_never_the_pin(store):
    publish(store, *made(1), entry_key=ENTRY, pin_key=PIN, inputs_digest="i")
    assert first(store, publish(store, *made(2), entry_key=ENTRY, overwrite=True)) == 2
    assert first(store, lookup(store, ENTRY)) == 2
    assert first(store, publish(store, *made(3), entry_key=ENTRY, overwrite=True, pin_key=PIN, inputs_digest="i")) == 1


@pytest.mark.parametrize("digest", ["../../../../etc/passwd", "/etc/passwd", "a" * 64, "", ".tmp/1"])
def test_a_blob_that_a_result_does_not_list_is_not_fetched(store, digest):
    publish(store, *made(1, long=True), pin_key=PIN, inputs_digest="i")
    with pytest.raises(PinDamaged, match="refers to a blob that it does not list"):
        fetcher(store, read_pin(store, PIN))(digest)


def test_an_endless_entry_is_not_read(store, monkeypatch):
    monkeypatch.setattr("dagwright.cache.protocol._LONGEST", 1000)
    store.put(ENTRY, b"x" * 2000)
    words = []
    assert lookup(store, ENTRY, damaged=words.append) is None
    assert words == ["it is too long to be a result's"]


@pytest.mark.parametrize("size", [0, 1, 8 * 1024 * 1024 - 1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1])
def test_long_blobs_are_verified_in_parts_to_the_last_byte(store, size):
    content = bytes(size)
    digest = sha256_hex(content)
    store.put(blob_key(digest), content)
    verify_blob(store, digest, size)
    for spoilt in (content + b"x", content[:-1], b"x" + content[1:], content[:-1] + b"x"):
        if spoilt != content:
            store.put(blob_key(digest), spoilt)
            with pytest.raises(DamagedResult):
                verify_blob(store, digest, size)
