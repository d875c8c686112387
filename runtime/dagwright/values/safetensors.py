"""The safetensors format, for one tensor a file: bytes in, bytes out, and nothing imported.

Eight bytes of length, a JSON header, the numbers in little-endian order. The ``safetensors`` package of an image is not used: it needs
numpy for tensors of torch, and which version an image holds must not decide the bytes, whose digest is in cache keys. What stands
here it reads, and the other way round.
"""

from __future__ import annotations

from dagwright.contract.jsontext import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

_NAME = "tensor"
_MARKS = "__metadata__"
_MOST = 1 << 63
_LENGTH = 8
"""Bytes of the length before the header; the header is padded to a multiple, so that the numbers are aligned."""

ITEM_SIZES = {
    **dict.fromkeys(("F64", "I64", "U64"), 8),
    **dict.fromkeys(("F32", "I32", "U32"), 4),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 2),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 1),
}
"""Bytes a number, by the names that the format gives to types of numbers."""


class StoredTensor:
    """What a file says of its tensor; its numbers stand from ``start`` on."""

    __slots__ = ("dtype", "marks", "shape", "start")

    def __init__(self, dtype: str, shape: tuple[int, ...], start: int, marks: Mapping[str, str]) -> None:
        self.dtype = dtype
        self.shape = shape
        self.start = start
        self.marks = marks


def write_header(dtype: str, shape: tuple[int, ...], marks: Mapping[str, str]) -> bytes:
    """What stands before the numbers of a tensor.

    Args:
        dtype: A key of ``ITEM_SIZES``.
        shape: Its shape; empty for a single number.
        marks: What else is to be known of it.
    """
    described = {"dtype": dtype, "shape": list(shape), "data_offsets": [0, _byte_count(dtype, shape)]}
    noted = {_MARKS: {name: marks[name] for name in sorted(marks)}} if marks else {}
    header = dumps({**noted, _NAME: described}).encode("ascii")
    header += b" " * (-len(header) % _LENGTH)
    return len(header).to_bytes(_LENGTH, "little") + header


def read_header(content: bytes) -> StoredTensor:
    """Read what stands before the numbers, and check that they are all there.

    Raises:
        ValueError: The bytes are no file of one tensor.
    """
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
    if not _LENGTH < start <= len(content):
        raise ValueError("its header is cut off")
    header: Any = loads(content[_LENGTH:start].decode("utf-8"))
    tensor = header.get(_NAME) if type(header) is dict and set(header) <= {_MARKS, _NAME} else None
    if type(tensor) is not dict or set(tensor) != {"dtype", "shape", "data_offsets"}:
        raise ValueError("it does not hold the one tensor")
    dtype, shape, marks = tensor["dtype"], tensor["shape"], header.get(_MARKS, {})
    sizes = shape if type(shape) is list else [-1]
    if type(dtype) is not str or dtype not in ITEM_SIZES or not all(type(size) is int and 0 <= size < _MOST for size in sizes):
        raise ValueError(f"its header names no type and shape that are known: {dtype} {shape}")
    count = _byte_count(dtype, tuple(shape))
    if tensor["data_offsets"] != [0, count] or len(content) - start != count:
        raise ValueError(f"it holds {len(content) - start} bytes of numbers, not {count}")
    return StoredTensor(dtype, tuple(shape), start, marks if type(marks) is dict else {})


def _byte_count(dtype: str, shape: tuple[int, ...]) -> int:
    count = ITEM_SIZES[dtype]
    for size in shape:
        count *= size
    return count
