"""Stands for torch where that is not installed: 5.8 GB, too much for every run of the tests.

Tensors over arrays of numpy, with what dagwright and its tests ask of torch, under torch's names. ``tests/torch_here.py`` prefers torch itself,
and the same tests pass with it.
"""

from __future__ import annotations

import sys
from math import prod
from typing import Any

import numpy as np

__version__ = "2.0.0+stand.in"
contiguous_format = "torch.contiguous_format"
_module: Any = sys.modules[__name__]


class dtype:
    """A type of numbers; ``held`` is numpy's, an integer of the size where numpy has none."""

    def __init__(self, name: str, held: str) -> None:
        self.name = name
        self.held = np.dtype(held)
        self.is_complex = name.startswith("complex")

    def __repr__(self) -> str:
        return f"torch.{self.name}"


_HELD = {
    **{name: name for name in ("float64", "float32", "float16", "int64", "int32", "int16", "int8", "bool")},
    **{name: name for name in ("uint64", "uint32", "uint16", "uint8", "complex64", "complex128")},
    "bfloat16": "uint16",
    "qint8": "int8",
    "float8_e4m3fnuz": "uint8",
    "float8_e5m2fnuz": "uint8",
    "float8_e4m3fn": "uint8",
    "float8_e5m2": "uint8",
}
for _name, _numpy in _HELD.items():
    setattr(_module, _name, dtype(_name, _numpy))
_OF_NUMPY = {name: getattr(_module, name) for name, held in _HELD.items() if name == held}
_PARTS = {"complex64": "float32", "complex128": "float64"}


class _Device:
    type = "cpu"


class Tensor:
    """Numbers of one type in some shape."""

    is_nested = False
    is_meta = False
    device = _Device()
    _backward_hooks = None
    __slots__ = ("__dict__", "_array", "dtype", "layout", "requires_grad")

    def __init__(self, array: Any, dtype: Any, *, layout: str = "torch.strided", requires_grad: bool = False) -> None:
        self._array = array
        self.dtype = dtype
        self.layout = layout
        self.requires_grad = requires_grad

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._array.shape)

    @property
    def is_quantized(self) -> bool:
        return self.dtype.name.startswith("q")

    def detach(self) -> Tensor:
        return Tensor(self._array, self.dtype, layout=self.layout)

    def as_subclass(self, cls: type) -> Tensor:
        assert cls is Tensor
        return self

    def cpu(self) -> Tensor:
        return self

    resolve_conj = resolve_neg = cpu

    def is_contiguous(self) -> bool:
        return self._array.flags.c_contiguous is True

    def contiguous(self) -> Tensor:
        array = self._array if self.is_contiguous() else self._array.copy(order="C")
        return Tensor(array, self.dtype, requires_grad=self.requires_grad)

    def clone(self, *, memory_format: str) -> Tensor:
        assert memory_format == contiguous_format
        return Tensor(self._array.copy(order="C"), self.dtype, requires_grad=self.requires_grad)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        self.requires_grad = requires_grad
        return self

    def is_complex(self) -> bool:
        return self.dtype.is_complex is True

    def numel(self) -> int:
        return int(self._array.size)

    def element_size(self) -> int:
        return int(self._array.itemsize)

    def data_ptr(self) -> int:
        return int(self._array.ctypes.data) if self._array.size else 0

    def reshape(self, shape: tuple[int, ...]) -> Tensor:
        return Tensor(self._array.reshape(shape), self.dtype)

    def t(self) -> Tensor:
        return Tensor(self._array.T, self.dtype)

    def to_sparse(self) -> Tensor:
        return Tensor(self._array, self.dtype, layout="torch.sparse_coo")

    def tolist(self) -> Any:
        return self._array.tolist()

    def sum(self) -> Tensor:
        return Tensor(self._array.sum(), self.dtype)

    def item(self) -> Any:
        return self._array.item()

    def __reduce_ex__(self, protocol: Any) -> Any:
        # In torch, too, the address of the numbers is in a pickle, so that no two processes write the same.
        return _rebuilt, (self._array.copy(), self.dtype.name, self.layout, id(self))


def _rebuilt(array: Any, name: str, layout: str, _: int) -> Tensor:
    return Tensor(array, getattr(_module, name), layout=layout)


def tensor(data: Any, dtype: Any = None) -> Tensor:
    """As in torch: numbers of Python become float32 and int64."""
    array = np.array(data, dtype.held if dtype else None)
    if dtype is None and array.dtype == np.float64:
        array = array.astype(np.float32)
    if array.dtype.name not in _OF_NUMPY:
        raise TypeError(f"can't make a tensor of {array.dtype}")
    return Tensor(array, dtype or _OF_NUMPY[array.dtype.name])


def arange(stop: int) -> Tensor:
    return tensor(list(range(stop)))


def empty(shape: tuple[int, ...], *, dtype: Any) -> Tensor:
    return Tensor(np.empty(shape, dtype.held), dtype)


def frombuffer(buffer: Any, *, dtype: Any, offset: int = 0) -> Tensor:
    if offset >= len(buffer):
        raise ValueError("requested buffer length must not be 0")
    return Tensor(np.frombuffer(buffer, dtype.held, offset=offset), dtype)


def view_as_real(value: Tensor) -> Tensor:
    part = _PARTS[value.dtype.name]
    return Tensor(value._array.reshape(value.numel()).view(part).reshape((*value.shape, 2)), _OF_NUMPY[part])


def view_as_complex(value: Tensor) -> Tensor:
    if value.shape[-1:] != (2,):
        raise RuntimeError("Tensor must have a last dimension of size 2")
    name = next(name for name, part in _PARTS.items() if part == value.dtype.name)
    array = np.ascontiguousarray(value._array).reshape(prod(value.shape)).view(name)
    return Tensor(array.reshape(value.shape[:-1]), _OF_NUMPY[name])
