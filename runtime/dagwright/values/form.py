"""The interface of a form: what a codec can do with values of one declared type."""

from __future__ import annotations

from dagwright.values.mismatch import ValueMismatch, described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Union

    from dagwright.contract.types import Type
    from dagwright.values.blobs import BlobFile

    Json = Any
    Blobs = dict[str, Union[bytes, BlobFile]]
    Fetch = Callable[[str], bytes]


class Form:
    """Base of all forms. The ``*_many`` methods exist because a long list of scalars must not cost a call an element."""

    __slots__ = ("declared", "spelling")

    def __init__(self, declared: Type, spelling: str) -> None:
        self.declared = declared
        self.spelling = spelling
        """The type as Python spells it, for messages."""

    def normalise(self, value: Any) -> Any:
        """Give what a consumer would decode: checked, widened, in containers of its own; raises ``ValueMismatch``."""
        raise NotImplementedError

    def exact(self, value: Any) -> bool:
        """Whether the value is of this type without any widening: unions ask."""
        raise NotImplementedError

    def encode(self, value: Any, blobs: Blobs) -> Json:
        """Write the wire form of a normalised value."""
        raise NotImplementedError

    def decode(self, data: Json, fetch: Fetch) -> Any:
        """Read the wire form; raises ``ValueMismatch`` where it is not one."""
        raise NotImplementedError

    def from_user(self, data: Json) -> Any:
        """Read JSON that a person wrote: the wire form, and what is plainly meant."""
        return self.decode(data, no_blobs)

    def to_user(self, value: Any) -> Json:
        """Write JSON for a person to read: the wire form without tags and blobs."""
        return self.encode(value, {})

    def normalise_many(self, values: list[Any]) -> list[Any]:
        """``normalise`` for each; a mismatch carries the position."""
        return each(self.normalise, values)

    def encode_many(self, values: list[Any], blobs: Blobs) -> list[Json]:
        """``encode`` for each."""
        encode = self.encode
        return [encode(value, blobs) for value in values]

    def decode_many(self, data: list[Json], fetch: Fetch) -> list[Any]:
        """``decode`` for each; a mismatch carries the position."""
        decode = self.decode
        return each(lambda item: decode(item, fetch), data)

    def mismatch(self, value: Any, help: str = "") -> ValueMismatch:  # noqa: A002
        """Exception for a value that is not of this type."""
        return ValueMismatch(self.spelling, described(value), help=help)


def each(convert: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    """Convert items one by one; a mismatch carries the position of its item."""
    out: list[Any] = []
    keep = out.append
    try:
        for item in items:
            keep(convert(item))
    except ValueMismatch as wrong:
        wrong.under(len(out))
        raise
    return out


def no_blobs(sha256: str) -> bytes:
    """Fetch nothing: JSON that a person wrote holds no blobs."""
    raise ValueMismatch("a value", f"a reference to the blob {sha256[:12]}", help="blobs cannot be given by hand")
