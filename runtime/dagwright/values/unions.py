"""Forms of Optional and other unions."""

from __future__ import annotations

from dagwright.values.form import Form
from dagwright.values.mismatch import ValueMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json


class OptionalForm(Form):
    """One type or None: null, or that type's own form."""

    __slots__ = ("_some",)

    def __init__(self, declared: Type, spelling: str, some: Form) -> None:
        super().__init__(declared, spelling)
        self._some = some

    def normalise(self, value: Any) -> Any:
        return None if value is None else self._inner(self._some.normalise, value)

    def exact(self, value: Any) -> bool:
        return value is None or self._some.exact(value)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return None if value is None else self._some.encode(value, blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return None if data is None else self._some.decode(data, fetch)

    def from_user(self, data: Json) -> Any:
        return None if data is None else self._inner(self._some.from_user, data)

    def to_user(self, value: Any) -> Json:
        return None if value is None else self._some.to_user(value)

    def _inner(self, convert: Callable[[Any], Any], value: Any) -> Any:
        try:
            return convert(value)
        except ValueMismatch as wrong:
            if not wrong.path and wrong.expected == self._some.spelling:
                wrong.expected = self.spelling
            raise


class UnionForm(Form):
    """Two or more types besides None: the member is stored beside the value.

    The member is the first that the value fits exactly, else the first that it widens to: 1 is the int of ``int | float``.
    """

    __slots__ = ("_by_text", "_members")

    def __init__(self, declared: Type, spelling: str, members: tuple[Form, ...]) -> None:
        super().__init__(declared, spelling)
        self._members = members
        self._by_text = {member.declared.text: member for member in members}

    def normalise(self, value: Any) -> Any:
        for member in self._members:
            if member.exact(value):
                return member.normalise(value)
        return self._first(value, lambda member: member.normalise(value))

    def exact(self, value: Any) -> bool:
        return any(member.exact(value) for member in self._members)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        member = next(member for member in self._members if member.exact(value))
        return {"$u": member.declared.text, "v": member.encode(value, blobs)}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is not dict or set(data) != {"$u", "v"} or data["$u"] not in self._by_text:
            raise self.mismatch(data)
        return self._by_text[data["$u"]].decode(data["v"], fetch)

    def from_user(self, data: Json) -> Any:
        """The tagged form, or the bare value where the members leave no doubt: the first that reads it."""
        if type(data) is dict and set(data) == {"$u", "v"} and data["$u"] in self._by_text:
            return self._by_text[data["$u"]].from_user(data["v"])
        for member in self._members:
            if member.declared.kind in ("int", "float", "bool", "str", "none") and member.exact(data):
                return data
        return self._first(data, lambda member: member.from_user(data))

    def to_user(self, value: Any) -> Json:
        return next(member for member in self._members if member.exact(value)).to_user(value)

    def _first(self, value: Any, convert: Callable[[Form], Any]) -> Any:
        deepest: ValueMismatch | None = None
        for member in self._members:
            try:
                return convert(member)
            except ValueMismatch as wrong:
                if wrong.path and (deepest is None or len(wrong.path) > len(deepest.path)):
                    deepest = wrong
        # A value that one member takes in outline is meant for it: tell what is wrong inside.
        raise deepest or self.mismatch(value)
