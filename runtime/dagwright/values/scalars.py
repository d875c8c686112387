"""Forms of int, float, bool, str, bytes and None."""

from __future__ import annotations

from math import isfinite, nan

from dagwright.values.form import Form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.values.form import Blobs, Fetch, Json

_PLAIN_INT = 1 << 8192  # contract.literals.INT_LIMIT; that module is imported only for what is not plain


class NoneForm(Form):
    """None."""

    __slots__ = ()

    def normalise(self, value: Any) -> None:
        if value is not None:
            raise self.mismatch(value)

    def exact(self, value: Any) -> bool:
        return value is None

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return None

    def decode(self, data: Json, fetch: Fetch) -> None:
        self.normalise(data)


class BoolForm(Form):
    """bool, and nothing that is merely true or false."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if type(value) is not bool:
            raise self.mismatch(value, help="write bool(...)" if type(value).__module__ == "numpy" else "")
        return value

    def exact(self, value: Any) -> bool:
        return type(value) is bool

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return value

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return self.normalise(data)


class IntForm(Form):
    """int; a subclass (``IntEnum``) becomes a plain int, a bool is none."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if type(value) is int:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return int.__int__(value)
        raise self.mismatch(value, help="write int(...)" if type(value).__module__ == "numpy" else "")

    def exact(self, value: Any) -> bool:
        return type(value) is int

    def encode(self, value: Any, blobs: Blobs) -> Json:
        if -_PLAIN_INT < value < _PLAIN_INT:
            return value
        from dagwright.contract.literals import int_to_wire

        return int_to_wire(value)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is int:
            return data
        from dagwright.contract.literals import int_from_wire

        try:
            return int_from_wire(data)
        except ValueError:
            raise self.mismatch(data) from None

    def normalise_many(self, values: list[Any]) -> list[Any]:
        return list(values) if _all(values, int) else super().normalise_many(values)

    def encode_many(self, values: list[Any], blobs: Blobs) -> list[Json]:
        if values and min(values) > -_PLAIN_INT and max(values) < _PLAIN_INT:
            return list(values)
        return super().encode_many(values, blobs)

    def decode_many(self, data: list[Json], fetch: Fetch) -> list[Any]:
        return list(data) if _all(data, int) else super().decode_many(data, fetch)


class FloatForm(Form):
    """float; an int widens, and so does a subclass of float (``numpy.float64``)."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if isinstance(value, float):
            return float.__float__(value) if value == value else nan  # noqa: PLR0124 - one NaN: keys of dicts must meet
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                return float(int.__int__(value))
            except OverflowError:
                raise self.mismatch(value, help="too large for a float") from None
        raise self.mismatch(value, help="write float(...)" if type(value).__module__ == "numpy" else "")

    def exact(self, value: Any) -> bool:
        return type(value) is float

    def encode(self, value: Any, blobs: Blobs) -> Json:
        if isfinite(value):
            return value
        from dagwright.contract.literals import float_to_wire

        return float_to_wire(value)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is float:
            return data
        if type(data) is int:
            return self.normalise(data)
        from dagwright.contract.literals import float_from_wire

        try:
            return float_from_wire(data)
        except ValueError:
            raise self.mismatch(data) from None

    def normalise_many(self, values: list[Any]) -> list[Any]:
        # A sum is finite only if every term is; one that merely overflows takes the longer way.
        return list(values) if _all(values, float) and isfinite(sum(values)) else super().normalise_many(values)

    def encode_many(self, values: list[Any], blobs: Blobs) -> list[Json]:
        return list(values) if isfinite(sum(values)) else super().encode_many(values, blobs)

    def decode_many(self, data: list[Json], fetch: Fetch) -> list[Any]:
        return list(data) if _all(data, float) else super().decode_many(data, fetch)


class StrForm(Form):
    """str; a subclass (``numpy.str_``, a ``str`` enum) becomes plain text."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if type(value) is str:
            return value if value.isascii() else _joined_surrogates(value)
        if isinstance(value, str):
            return _joined_surrogates(str.__str__(value))
        raise self.mismatch(value)

    def exact(self, value: Any) -> bool:
        return type(value) is str

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return value

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return self.normalise(data)

    def normalise_many(self, values: list[Any]) -> list[Any]:
        if _all(values, str) and "".join(values).isascii():
            return list(values)
        return super().normalise_many(values)

    def encode_many(self, values: list[Any], blobs: Blobs) -> list[Json]:
        return list(values)

    def decode_many(self, data: list[Json], fetch: Fetch) -> list[Any]:
        return self.normalise_many(data)


class BytesForm(Form):
    """bytes, as base64 text."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return b"".join((value,))  # plain bytes, also of a subclass
        raise self.mismatch(value, help="write bytes(...)" if isinstance(value, (bytearray, memoryview)) else "")

    def exact(self, value: Any) -> bool:
        return type(value) is bytes

    def encode(self, value: Any, blobs: Blobs) -> Json:
        from binascii import b2a_base64

        return b2a_base64(value, newline=False).decode("ascii")

    def decode(self, data: Json, fetch: Fetch) -> Any:
        from binascii import Error, a2b_base64, b2a_base64

        if type(data) is str:
            try:
                value = a2b_base64(data)
                if b2a_base64(value, newline=False).decode("ascii") == data:  # the reader alone skips what it does not know
                    return value
            except (Error, ValueError):
                pass
        raise self.mismatch(data, help="write base64")


def _all(values: list[Any], kind: type) -> bool:
    return not values or set(map(type, values)) == {kind}


def _joined_surrogates(text: str) -> str:
    """Join halves of one character that stand side by side, as JSON does when it is read; lone halves stay."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text
