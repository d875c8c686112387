"""``ValueCodec``: what a distribution registers to say how values of a class travel."""

from __future__ import annotations

from typing import Protocol, TypeVar

T = TypeVar("T")


class ValueCodec(Protocol[T]):
    """Writes values of one class as bytes and reads them again; no base class is needed.

    A distribution registers one under the entry-point group ``dagwright.codecs``, by the qualified name of the class as people import
    it. It is loaded in an attempt that meets a value of that class, and nowhere else. Equal values should give equal bytes: their
    digest stands in cache keys.
    """

    format: str
    """Name and version of the form of the bytes, such as ``grid/1``. It travels with each value and stands in cache keys; bytes of
    another format are refused."""

    def encode(self, value: T, /) -> bytes:
        """Write a value."""
        ...

    def decode(self, content: bytes, /) -> T:
        """Read what ``encode`` wrote into a fresh value."""
        ...
