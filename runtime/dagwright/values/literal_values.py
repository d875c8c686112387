"""The form of ``Literal[...]``: one of some values."""

from __future__ import annotations

from json import loads

from dagwright.values.form import Form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json


class LiteralForm(Form):
    """One of the listed texts, ints and truth values, of exactly its type: ``1`` is not ``True``."""

    __slots__ = ("_allowed",)

    def __init__(self, declared: Type, spelling: str) -> None:
        super().__init__(declared, spelling)
        self._allowed = {(type(value), value): value for value in loads(f"[{declared.name}]")}

    def normalise(self, value: Any) -> Any:
        kind = type(value)
        if kind not in (bool, int, str):  # a member of an enum of texts is that text
            kind = next((base for base in (str, int) if isinstance(value, base)), kind)
        try:
            return self._allowed[kind, value]
        except (KeyError, TypeError):
            raise self.mismatch(value) from None

    def exact(self, value: Any) -> bool:
        return type(value) in (bool, int, str) and (type(value), value) in self._allowed

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return value

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return self.normalise(data)
