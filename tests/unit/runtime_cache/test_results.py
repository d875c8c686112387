from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright.cache.results import DamagedResult, Output, Result, decode_result, encode_result, pack_output, unpack_output
from dagwright.contract.keys import sha256_hex

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)
OUTPUTS = st.builds(
    Output,
    TEXT,
    TEXT,
    JSON,
    sizes=st.dictionaries(st.just("a" * 64), st.integers(0, 10)),
    count=st.none() | st.integers(0, 5),
) | st.builds(Output, TEXT, TEXT, blob=st.just("a" * 64), sizes=st.builds(lambda size: {"a" * 64: size}, st.integers(0, 10)))
RESULTS = st.builds(
    lambda outputs, inputs, made: Result(tuple(outputs), inputs=inputs, made=made),
    st.lists(OUTPUTS, max_size=3),
    st.sampled_from(["", "b" * 64]),
    st.dictionaries(TEXT, JSON, max_size=2),
)


def parts(result):
    outputs = [(o.name, o.type, None if o.blob else repr(o.data), o.blob, o.sizes, o.count) for o in result.outputs]
    return outputs, result.inputs, repr(result.made)


@given(RESULTS)
def test_a_document_gives_back_its_result(result):
    assert parts(decode_result(encode_result(result))) == parts(result)


DOCUMENT = encode_result(Result((Output("o0", "int", 1),), inputs="x"))


def test_every_changed_byte_is_noticed():
    for position, byte in enumerate(DOCUMENT):
        with pytest.raises(DamagedResult):
            decode_result(DOCUMENT[:position] + bytes([byte ^ 1]) + DOCUMENT[position + 1 :])


def test_every_truncation_and_every_addition_is_noticed():
    for length in range(len(DOCUMENT)):
        with pytest.raises(DamagedResult):
            decode_result(DOCUMENT[:length])
        with pytest.raises(DamagedResult):
            decode_result(DOCUMENT + DOCUMENT[:length] + b" ")


def test_a_document_of_another_version_is_not_read():
    tail = b'"v":2,"outputs":[]}'
    with pytest.raises(DamagedResult, match="version 2 is not 1"):
        decode_result(b'{"sum":"' + sha256_hex(tail).encode() + b'",' + tail)


def sealed(body):
    """A document with a checksum that fits, as anybody can write one who may write to the store."""
    tail = json.dumps(body, separators=(",", ":")).encode()[1:]
    return b'{"sum":"' + sha256_hex(tail).encode() + b'",' + tail


WHOLE = {"name": "o0", "type": "int", "data": 1}
SHAPES = [
    {},
    {"outputs": None},
    {"outputs": {}},
    {"outputs": [1]},
    {"outputs": [[]]},
    {"outputs": [{**WHOLE, "name": 1}]},
    {"outputs": [{**WHOLE, "type": ["int"]}]},
    {"outputs": [{"name": "o0", "type": "int"}]},
    {"outputs": [{**WHOLE, "len": -1}]},
    {"outputs": [{**WHOLE, "len": True}]},
    {"outputs": [{**WHOLE, "len": 1.0}]},
    {"outputs": [{**WHOLE, "sizes": []}]},
    {"outputs": [{**WHOLE, "sizes": {"../../../etc/passwd": 1}}]},
    {"outputs": [{**WHOLE, "sizes": {"A" * 64: 1}}]},
    {"outputs": [{**WHOLE, "sizes": {"a" * 63: 1}}]},
    {"outputs": [{**WHOLE, "sizes": {"a" * 64: "1"}}]},
    {"outputs": [{**WHOLE, "sizes": {"a" * 64: -1}}]},
    {"outputs": [{"name": "o0", "type": "int", "blob": "../../../etc/passwd", "sizes": {"a" * 64: 1}}]},
    {"outputs": [{"name": "o0", "type": "int", "blob": "a" * 64}]},
    {"outputs": [{"name": "o0", "type": "int", "blob": ["a" * 64], "sizes": {"a" * 64: 1}}]},
    {"outputs": [{**WHOLE, "blob": "a" * 64, "sizes": {"a" * 64: 1}}]},
    {"outputs": [], "inputs": 1},
    {"outputs": [], "made": []},
]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_a_forged_document_of_another_shape_is_refused(shape):
    with pytest.raises(DamagedResult):
        decode_result(sealed({"v": 1, **shape}))


def test_a_forged_document_of_our_shape_is_read():
    assert decode_result(sealed({"v": 1, "outputs": [WHOLE]})).output("o0").data == 1


def test_a_forged_document_that_is_nested_without_end_is_refused():
    tail = b'"v":1,"outputs":' + b"[" * 200_000
    with pytest.raises(DamagedResult):
        decode_result(b'{"sum":"' + sha256_hex(tail).encode() + b'",' + tail)


def test_short_data_stands_inline_and_long_data_in_a_blob():
    into: dict[str, bytes] = {}
    short = pack_output("o0", "list[int]", [1, 2], {}, into)
    assert (short.data, short.blob, short.count, into) == ([1, 2], None, 2, {})
    long = pack_output("o1", "str", "x" * 70_000, {}, into)
    assert long.data is None
    assert long.count is None
    assert {long.blob: len(into[long.blob])} == long.sizes
    assert sha256_hex(into[long.blob]) == long.blob
    assert unpack_output(long, into.__getitem__) == "x" * 70_000


def test_the_limit_counts_bytes_of_the_document():
    into: dict[str, bytes] = {}
    assert pack_output("o0", "str", "x" * (64 * 1024 - 2), {}, into).blob is None
    assert pack_output("o0", "str", "x" * (64 * 1024 - 1), {}, into).blob is not None


def test_blobs_that_the_data_refers_to_are_listed_with_their_sizes():
    into: dict[str, bytes] = {}
    content = b"pickled"
    output = pack_output(
        "o0", "opaque[m.C]", {"$blob": sha256_hex(content), "size": 7, "enc": "pickle"}, {sha256_hex(content): content}, into
    )
    assert output.sizes == {sha256_hex(content): 7}
    assert into == {sha256_hex(content): content}


def test_outputs_are_found_by_name_in_their_order():
    result = decode_result(encode_result(Result((Output("b", "int", 1), Output("a", "int", 2)))))
    assert [output.name for output in result.outputs] == ["b", "a"]
    assert result.output("a").data == 2
    with pytest.raises(KeyError):
        result.output("c")
