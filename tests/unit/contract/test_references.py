"""Long inputs go by reference and come back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright.contract.keys import sha256_hex
from dagwright.contract.references import refer, referred


@given(st.text(), st.integers(min_value=0, max_value=20))
def test_a_text_travels_as_itself_or_as_the_digest_of_its_blob(text, longest):
    blobs = {}
    carried = refer(text, blobs.__setitem__, longest=longest)
    digest = referred(carried) if carried != text else None
    if digest is None:
        assert (carried, blobs) == (text, {})
        assert len(text) <= longest
    else:
        assert blobs[digest].decode("utf-8", "surrogatepass") == text
        assert sha256_hex(blobs[digest]) == digest


@pytest.mark.parametrize(
    ("value", "rest"), [([1, 2, 3], {"len": 3}), ([], {"len": 0}), ({"a": 1}, {}), ("text", {}), (12345, {})]
)
def test_a_reference_counts_lists(value, rest):
    reference = json.loads(refer(json.dumps(value), lambda *_: None, longest=1))
    assert {name: reference[name] for name in reference if name != "$ref"} == rest


def test_a_bare_text_goes_by_reference_too():
    assert referred(refer("no json at all", lambda *_: None, longest=3)) == sha256_hex(b"no json at all")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"$ref"',
        '{"$ref": 1}',
        '{"$ref": "ab"}',
        f'{{"$ref": "{"G" * 64}"}}',
        f'{{"$ref": "{"a" * 64}", "other": 1}}',
        "[1]",
    ],
)
def test_what_is_no_reference_is_itself(text):
    assert referred(text) is None
