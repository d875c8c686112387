"""Forms of set and frozenset: arrays whose items stand in the order of their canonical texts, so that equal sets have one form."""

from __future__ import annotations

from dagwright.contract.keys import canonical
from dagwright.values.form import Form, each
from dagwright.values.mismatch import ValueMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json


class SetForm(Form):
    """set or frozenset of one element type; items that are one once they are of that type stand once."""

    __slots__ = ("_cls", "_element")

    def __init__(self, declared: Type, spelling: str, element: Form) -> None:
        super().__init__(declared, spelling)
        self._element = element
        self._cls: type[set[Any] | frozenset[Any]] = set if declared.kind == "set" else frozenset

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, self._cls):
            raise self.mismatch(value, help=self._help(value))
        try:
            return self._made(self._element.normalise_many(list(value)))
        except ValueMismatch as wrong:
            wrong.path = (" an item", *wrong.path[1:])  # its position in a set says nothing
            raise

    def exact(self, value: Any) -> bool:
        return type(value) is self._cls and all(map(self._element.exact, value))

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return sorted(self._element.encode_many(list(value), blobs), key=canonical)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is not list:
            raise self.mismatch(data)
        return self._made(self._element.decode_many(data, fetch))

    def from_user(self, data: Json) -> Any:
        if type(data) is not list:
            raise self.mismatch(data, help="write an array")
        return self._made(each(self._element.from_user, data))

    def to_user(self, value: Any) -> Json:
        return sorted(map(self._element.to_user, value), key=canonical)

    def _made(self, items: list[Any]) -> Any:
        try:
            return self._cls(items)
        except TypeError:
            raise ValueMismatch(self.spelling, "an item that cannot be hashed") from None

    def _help(self, value: Any) -> str:
        return f"write {self._cls.__name__}(...)" if isinstance(value, (list, tuple, set, frozenset)) else ""
