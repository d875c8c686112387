"""Slices of wide lists: read by range, verified, and the same as slices of the whole."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright.cache import PinDamaged, Result, pack_output
from dagwright.cache.packs import fetch_slice
from dagwright.cache.results import DamagedResult, decode_result, encode_result
from dagwright.contract.names import blob_key
from dagwright.store import open_store

WIDE = [f"{number:05d}-" + "x" * (number % 300) for number in range(4_000)]


class Watched:
    """A store that tells how many bytes were asked of it."""

    def __init__(self, store):
        self.url = store.url
        self.asked = []
        self._store = store

    def get_range(self, key, start, length):
        self.asked.append(length)
        return self._store.get_range(key, start, length)


@pytest.fixture
def store(tmp_path):
    return open_store(f"file://{tmp_path}/store")


def packed(store, data, declared="list[str]"):
    blobs = {}
    output = pack_output("o0", declared, data, {}, blobs)
    for digest, content in blobs.items():
        store.put(blob_key(digest), content)
    return decode_result(encode_result(Result((output,)))).output("o0")


def test_the_blob_of_a_wide_list_is_its_json(store):
    output = packed(store, WIDE)
    assert output.slices is not None
    assert json.loads(store.get(blob_key(output.blob))) == WIDE


@pytest.mark.parametrize(
    "bounds", [(0, 1), (0, 4_000), (3_999, 4_000), (17, 18), (100, 200), (1_999, 2_001), (0, 0), (4_000, 4_000)]
)
def test_a_slice_is_that_of_the_whole(store, bounds):
    lower, upper = bounds
    assert fetch_slice(store, packed(store, WIDE), lower, upper) == WIDE[lower:upper]


def test_neighbours_are_read_by_one_request_of_about_their_size(store):
    watched = Watched(store)
    fetch_slice(watched, packed(store, WIDE), 1_000, 1_100)
    [length] = watched.asked
    assert length < 200_000 < len(json.dumps(WIDE))


@given(
    st.lists(
        st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.lists(st.booleans(), max_size=3),
        max_size=60,
    ),
    st.integers(0, 5_000),
    st.data(),
)
def test_any_list_of_any_length_is_cut_as_python_cuts_it(store_of_properties, few, longest, data):
    items = [*few, "y" * longest] * 40
    output = packed(store_of_properties, items)
    lower = data.draw(st.integers(0, len(items)))
    upper = data.draw(st.integers(lower, len(items)))
    assert fetch_slice(store_of_properties, output, lower, upper) == items[lower:upper]


@pytest.fixture(scope="module")
def store_of_properties(tmp_path_factory):
    return open_store(f"file://{tmp_path_factory.mktemp('store')}")


@pytest.mark.parametrize("declared", ["str", "dict[str, int]", "unknown"])
def test_what_is_declared_no_list_has_no_slices(store, declared):
    output = packed(store, WIDE, declared)
    assert (output.slices, output.count) == (None, None)


def test_one_long_element_makes_no_slices(store):
    assert packed(store, ["x" * 1_000_000]).slices is None
    assert len(packed(store, ["x" * 1_000_000] * 3).slices.lengths) == 3


def test_the_document_of_a_very_wide_list_stays_short(store):
    output = packed(store, list(range(3_000_000)), "list[int]")
    assert len(output.slices.lengths) <= 520
    assert len(encode_result(Result((output,)))) < 64 * 1024


@pytest.mark.parametrize("damage", [lambda text: text[:-2], lambda text: b"", lambda text: text[:100] + b"#" + text[101:]])
def test_damage_within_the_slice_is_found(store, damage):
    output = packed(store, WIDE)
    key = blob_key(output.blob)
    store.put(key, damage(store.get(key)))
    with pytest.raises(PinDamaged, match="holds other bytes"):
        fetch_slice(store, output, 0, 4_000)


def test_a_blob_that_is_gone_is_damage(store):
    output = packed(store, WIDE)
    store.delete(blob_key(output.blob))
    with pytest.raises(PinDamaged):
        fetch_slice(store, output, 0, 1)


EDITS = [
    lambda slices: slices.update(per=0),
    lambda slices: slices.update(per=True),
    lambda slices: slices.update(per=slices["per"] + 100),
    lambda slices: slices["lengths"].pop(),
    lambda slices: slices["lengths"].append(1),
    lambda slices: slices["sums"].pop(),
    lambda slices: slices.update(lengths=None),
    lambda slices: slices["lengths"].__setitem__(0, -5),
    lambda slices: slices["lengths"].__setitem__(0, slices["lengths"][0] + 1),
    lambda slices: slices["sums"].__setitem__(0, 1),
    lambda slices: slices.clear(),
]


@pytest.mark.parametrize("edit", range(len(EDITS)))
def test_a_document_whose_slices_do_not_add_up_is_damaged(store, edit):
    output = deepcopy(packed(store, WIDE))
    told = output.slices.encode()
    EDITS[edit](told)
    output.slices = type("Told", (), {"encode": lambda self: told})()
    with pytest.raises(DamagedResult):
        decode_result(encode_result(Result((output,))))
