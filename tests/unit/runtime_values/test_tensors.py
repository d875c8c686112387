"""Tensors of torch: what arrives, what a file of one looks like, what is refused, and what they are in pickles."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from math import prod
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch_here import PATHS, torch_here

from dagwright.contract.keys import value_digest
from dagwright.contract.types import TENSOR, UNKNOWN, parse
from dagwright.values import Codec, ValueMismatch
from dagwright.values.safetensors import ITEM_SIZES, read_header, write_header
from dagwright.values.tensors import _DTYPES

if TYPE_CHECKING:
    from collections.abc import Generator

    from dagwright.contract.types import Type

CODEC = Codec({}, warn=pytest.fail)
WRITTEN_BY_THE_LIBRARY = {
    "float32": (
        (2,),
        b"\0\0\x80?\0\0\0@",
        b'@\0\0\0\0\0\0\0{"tensor":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     \0\0\x80?\0\0\0@',
    ),
    "bfloat16": (
        (),
        b"\x80?",
        b'@\0\0\0\0\0\0\0{"tensor":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}     \x80?',
    ),
    "float8_e4m3fn": (
        (2, 0, 3),
        b"",
        b'H\0\0\0\0\0\0\0{"tensor":{"dtype":"F8_E4M3","shape":[2,0,3],"data_offsets":[0,0]}}     ',
    ),
    "bool": ((1,), b"\1", b'@\0\0\0\0\0\0\0{"tensor":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}    \1'),
}
"""As ``safetensors`` 0.8.0 writes them."""


@pytest.fixture(scope="module")
def torch() -> Generator[Any]:
    with torch_here() as module:
        yield module


def send(value: Any, declared: Type = TENSOR, codec: Codec = CODEC) -> tuple[Any, Any, dict[str, Any]]:
    """What arrives, its wire form, and the blobs."""
    blobs: dict[str, Any] = {}
    data = codec.encode(codec.normalise(value, declared), declared, blobs)
    return codec.decode(json.loads(json.dumps(data)), declared, blobs.__getitem__), data, blobs


def numbers(tensor: Any) -> tuple[str, tuple[int, ...], bytes]:
    """All that there is to a tensor, its numbers as bytes."""
    flat = tensor.detach().contiguous()
    size = flat.numel() * flat.element_size()
    return str(tensor.dtype), tuple(tensor.shape), ctypes.string_at(flat.data_ptr(), size) if size else b""


def made(torch: Any, name: str, shape: tuple[int, ...], content: bytes) -> Any:
    """A tensor of these bytes."""
    dtype = getattr(torch, name)
    return torch.frombuffer(bytearray(content), dtype=dtype).reshape(shape) if content else torch.empty(shape, dtype=dtype)


SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
NAMES = [*_DTYPES.values(), "complex64", "complex128"]


@st.composite
def descriptions(draw: st.DrawFn) -> tuple[str, tuple[int, ...], bytes]:
    """A type of numbers, a shape, and bytes for it."""
    name, shape = draw(st.sampled_from(NAMES)), draw(SHAPES)
    sizes = {**{_DTYPES[stored]: size for stored, size in ITEM_SIZES.items()}, "complex64": 8, "complex128": 16}
    byte = st.integers(0, 1) if name == "bool" else st.integers(0, 255)
    count = prod(shape) * sizes[name]
    return name, shape, bytes(draw(st.lists(byte, min_size=count, max_size=count)))


@given(descriptions())
def test_every_bit_of_every_type_and_shape_arrives(torch: Any, described: tuple[str, tuple[int, ...], bytes]) -> None:
    arrived, data, _ = send(made(torch, *described))
    assert numbers(arrived) == (f"torch.{described[0]}", *described[1:])
    assert data["enc"] == "safetensors"


@given(descriptions(), descriptions(), st.booleans())
def test_two_tensors_share_a_digest_exactly_when_they_are_equal(torch: Any, one: Any, other: Any, same: bool) -> None:
    other = one if same else other
    digests = {value_digest(TENSOR, send(made(torch, *described))[1]) for described in (one, other)}
    assert (len(digests) == 1) == (one == other)


@pytest.mark.parametrize("name", WRITTEN_BY_THE_LIBRARY)
def test_a_file_is_what_the_library_writes(torch: Any, name: str) -> None:
    shape, content, file = WRITTEN_BY_THE_LIBRARY[name]
    _, _, blobs = send(made(torch, name, shape, content))
    assert list(blobs.values()) == [file]


def test_steps_through_memory_do_not_count(torch: Any) -> None:
    rows = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    turned = torch.tensor([[1.0, 3.0], [2.0, 4.0]]).t()
    assert not turned.is_contiguous()
    (arrived, one, _), (_, other, _) = send(turned), send(rows)
    assert arrived.is_contiguous()
    assert one == other


def test_taking_part_in_gradients_survives_and_counts(torch: Any) -> None:
    plain, learning = torch.tensor([1.0]), torch.tensor([1.0]).requires_grad_()
    (arrived, one, blobs), (_, other, _) = send(learning), send(plain)
    assert arrived.requires_grad
    assert one["$blob"] != other["$blob"]
    assert read_header(next(iter(blobs.values()))).marks == {"requires_grad": "true"}


def test_what_arrives_shares_no_memory(torch: Any) -> None:
    value = torch.tensor([1, 2])
    first = CODEC.normalise(value, TENSOR)
    assert first.data_ptr() != value.data_ptr()
    assert send(first)[0].data_ptr() != first.data_ptr()


def test_dicts_of_tensors_and_tensors_of_no_declared_type(torch: Any) -> None:
    state = {"weight": torch.tensor([[1.0]]), "steps": torch.tensor(3)}
    for declared in (parse("dict[str, tensor]"), parse("dict[str, union[tensor, int]]"), UNKNOWN):
        arrived, _, blobs = send(state, declared)
        assert {name: numbers(part) for name, part in arrived.items()} == {name: numbers(part) for name, part in state.items()}
        assert len(blobs) == 2


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[1]", "got list of 1 item (write torch.tensor(...))"),
        ("1.5", "got float 1.5 (write torch.tensor(...))"),
        ("None", "got None"),
        ("torch.tensor([[1.0]]).to_sparse()", "got one of layout torch.sparse_coo (write ….to_dense())"),
    ],
)
def test_what_safetensors_cannot_hold_is_refused(torch: Any, source: str, said: str) -> None:
    with pytest.raises(ValueMismatch) as found:
        CODEC.normalise(eval(source, {"torch": torch}), TENSOR)
    assert str(found.value) == f"expected torch.Tensor, {said}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "its header is cut off"),
        (b"\xff" * 8, "its header is cut off"),
        (b"\x02\0\0\0\0\0\0\0{}", "it does not hold the one tensor"),
        (b"\x02\0\0\0\0\0\0\0{]", ""),
        (write_header("F32", (2,), {}) + b"\0" * 7, "it holds 7 bytes of numbers, not 8"),
        (write_header("F32", (2,), {}) + b"\0" * 9, "it holds 9 bytes of numbers, not 8"),
        (write_header("F32", (2,), {}).replace(b"F32", b"F33") + b"\0" * 8, "no type and shape that are known: F33 [2]"),
        (write_header("F32", (2,), {}).replace(b"[2]", b'"2"') + b"\0" * 8, "no type and shape that are known"),
        (write_header("F32", (0, 1 << 63), {}), "no type and shape that are known: F32 [0, 9223372036854775808]"),
        (write_header("F32", (2,), {}).replace(b"[0,8]", b"[1,9]") + b"\0" * 8, "of numbers"),
        (write_header("F32", (3,), {"complex": "true"}) + b"\0" * 12, "no .safetensors file"),
    ],
)
def test_a_damaged_file_says_so(torch: Any, content: bytes, said: str) -> None:
    with pytest.raises(ValueMismatch, match="a blob that is no") as found:
        CODEC.decode({"$blob": "x", "size": len(content), "enc": "safetensors"}, TENSOR, lambda _: content)
    assert said in str(found.value)


_PIECES = st.sampled_from(
    [
        '"F32"',
        '"C64"',
        "[2]",
        "[0]",
        "[0,0]",
        "[0,8]",
        "[[]]",
        "{}",
        "null",
        "-1",
        "1e9",
        "9" * 30,
        "[0," + "9" * 30 + "]",
        '"',
        "}",
    ]
)


@given(st.tuples(_PIECES, _PIECES, _PIECES), st.binary(max_size=9), st.integers(-2, 2))
def test_no_file_breaks_the_reader(torch: Any, pieces: tuple[str, str, str], numbers: bytes, off: int) -> None:
    assert torch
    header = '{"tensor":{"dtype":%s,"shape":%s,"data_offsets":%s}}' % pieces  # noqa: UP031 - braces are JSON's
    content = (len(header) + off).to_bytes(8, "little") + header.encode() + numbers
    try:
        CODEC.decode({"$blob": "x", "size": len(content), "enc": "safetensors"}, TENSOR, lambda _: content)
    except ValueMismatch as wrong:
        assert "no .safetensors file" in str(wrong)  # some files are fine


def test_a_pickle_is_no_tensor(torch: Any) -> None:
    with pytest.raises(ValueMismatch, match="got dict"):
        CODEC.decode({"$blob": "x", "size": 1, "enc": "pickle"}, TENSOR, pytest.fail)


def test_people_write_numbers_and_lists_of_them(torch: Any) -> None:
    assert numbers(CODEC.from_user([[1, 2]], TENSOR)) == numbers(torch.tensor([[1, 2]]))
    assert CODEC.from_user(0.5, TENSOR).tolist() == 0.5
    assert CODEC.to_user(torch.tensor([[1, 2]]), TENSOR) == [[1, 2]]
    for wrong in ("1", {"a": 1}, [[1], [2, 3]], ["a"]):
        with pytest.raises(ValueMismatch, match="expected torch"):
            CODEC.from_user(wrong, TENSOR)


class Net:
    def __init__(self, weight: Any, other: Any) -> None:
        self.weight = weight
        self.tied = weight
        self.other = other


NET = parse(f"opaque[{Net.__module__}.Net]")


def test_tensors_in_a_pickle_travel_beside_it(torch: Any) -> None:
    codec = Codec({}, warn=lambda _: None)
    weight, sparse = torch.tensor([1.0, 2.0]), torch.tensor([[1.0]]).to_sparse()
    arrived, _, blobs = send(Net(weight, sparse), NET, codec)
    assert numbers(arrived.weight) == numbers(weight)
    assert arrived.tied is arrived.weight
    assert arrived.weight is not weight
    assert str(arrived.other.layout) == "torch.sparse_coo"
    assert sum(content[8:].startswith(b'{"tensor"') for content in blobs.values()) >= 1


def test_a_pickle_with_tensors_is_the_same_in_every_process(tmp_path: Any) -> None:
    (tmp_path / "nets.py").write_text("class Net: ...\n")
    script = (
        "import sys; junk = [bytearray(64) for _ in range(int(sys.argv[1]))]\n"
        "import torch, nets\n"
        "from dagwright.contract.types import parse\n"
        "from dagwright.values import Codec\n"
        "net, declared = nets.Net(), parse('opaque[nets.Net]')\n"
        "net.weight = torch.tensor([1.0, 2.0])\n"
        "codec = Codec({}, warn=lambda _: None)\n"
        "print(codec.encode(codec.normalise(net, declared), declared, {}))\n"
    )
    paths = [str(tmp_path), *map(str, PATHS), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    texts = {
        subprocess.run(
            [sys.executable, "-c", script, junk], env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout
        for junk in ("0", "1000")
    }
    assert len(texts) == 1
    assert "$blob" in texts.pop()


def test_torch_is_not_imported_before_there_is_a_tensor() -> None:
    script = (
        "import sys\n"
        "from dagwright.contract.types import parse\n"
        "from dagwright.values import Codec, ValueMismatch\n"
        "codec = Codec({})\n"
        "codec.normalise({'a': None, 'b': 'x'}, parse('dict[str, union[tensor, ndarray, str, none]]'))\n"
        "try: codec.normalise([1], parse('tensor'))\n"
        "except ValueMismatch as wrong: print(wrong)\n"
        "assert not {'torch', 'numpy', 'ctypes'} & set(sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "expected torch.Tensor, got list of 1 item (write torch.tensor(...))\n"


@pytest.mark.parametrize(("declared", "name"), [("tensor", "torch"), ("ndarray", "numpy")])
def test_an_image_without_the_library_is_told_to_add_it(monkeypatch: pytest.MonkeyPatch, declared: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    enc = {"tensor": "safetensors", "ndarray": "npy"}[declared]
    with pytest.raises(ValueMismatch, match=f"got one that only {name} can read \\(add {name} to the image\\)"):
        CODEC.decode({"$blob": "x", "size": 1, "enc": enc}, parse(declared), lambda _: b"x")
