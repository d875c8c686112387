"""Forms of list, dict and tuple; sets have a module of their own."""

from __future__ import annotations

from dagwright.contract.jsontext import loads
from dagwright.values.form import Form, each
from dagwright.values.mismatch import ValueMismatch, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json


class ListForm(Form):
    """list of one element type."""

    __slots__ = ("_element",)

    def __init__(self, declared: Type, spelling: str, element: Form) -> None:
        super().__init__(declared, spelling)
        self._element = element

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise self.mismatch(value, help=_list_help(value))
        return self._element.normalise_many(value)

    def exact(self, value: Any) -> bool:
        return type(value) is list and all(map(self._element.exact, value))

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return self._element.encode_many(value, blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is not list:
            raise self.mismatch(data)
        return self._element.decode_many(data, fetch)

    def from_user(self, data: Json) -> Any:
        if type(data) is not list:
            raise self.mismatch(data)
        return each(self._element.from_user, data)

    def to_user(self, value: Any) -> Json:
        return list(map(self._element.to_user, value))


class TupleForm(Form):
    """tuple of fixed length."""

    __slots__ = ("_items",)

    def __init__(self, declared: Type, spelling: str, items: tuple[Form, ...]) -> None:
        super().__init__(declared, spelling)
        self._items = items

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            raise self.mismatch(value, help="write tuple(...)" if isinstance(value, list) else "")
        return tuple(self._each(value, [item.normalise for item in self._items]))

    def exact(self, value: Any) -> bool:
        if type(value) is not tuple or len(value) != len(self._items):
            return False
        return all(form.exact(item) for form, item in zip(self._items, value))

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return [form.encode(item, blobs) for form, item in zip(self._items, value)]

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is not list:
            raise self.mismatch(data)

        def reader(form: Form) -> Callable[[Json], Any]:
            return lambda item: form.decode(item, fetch)

        return tuple(self._each(data, [reader(form) for form in self._items]))

    def from_user(self, data: Json) -> Any:
        if type(data) is not list:
            raise self.mismatch(data)
        return tuple(self._each(data, [item.from_user for item in self._items]))

    def to_user(self, value: Any) -> Json:
        return [form.to_user(item) for form, item in zip(self._items, value)]

    def _each(self, values: Any, converts: list[Callable[[Any], Any]]) -> list[Any]:
        if len(values) != len(converts):
            raise self.mismatch(values)
        out: list[Any] = []
        try:
            for convert, value in zip(converts, values):
                out.append(convert(value))
        except ValueMismatch as wrong:
            wrong.under(len(out))
            raise
        return out


class VartupleForm(ListForm):
    """tuple of any length and one element type."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            raise self.mismatch(value, help="write tuple(...)" if isinstance(value, list) else "")
        return tuple(self._element.normalise_many(list(value)))

    def exact(self, value: Any) -> bool:
        return type(value) is tuple and all(map(self._element.exact, value))

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return self._element.encode_many(list(value), blobs)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return tuple(super().decode(data, fetch))

    def from_user(self, data: Json) -> Any:
        return tuple(super().from_user(data))


class DictForm(Form):
    """dict of one key type and one value type; the order of its pairs stays."""

    __slots__ = ("_key", "_text_keys", "_value")

    def __init__(self, declared: Type, spelling: str, key: Form, value: Form) -> None:
        super().__init__(declared, spelling)
        self._key = key
        self._value = value
        self._text_keys = key.declared.kind == "str"

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise self.mismatch(value)
        return self._build(list(value), self._key.normalise_many, list(value.values()), self._value.normalise_many)

    def exact(self, value: Any) -> bool:
        return type(value) is dict and all(map(self._key.exact, value)) and all(map(self._value.exact, value.values()))

    def encode(self, value: Any, blobs: Blobs) -> Json:
        items = self._value.encode_many(list(value.values()), blobs)
        if self._text_keys:
            return dict(zip(value, items))
        return [[key, item] for key, item in zip(self._key.encode_many(list(value), blobs), items)]

    def decode(self, data: Json, fetch: Fetch) -> Any:
        keys, items = self._split(data)
        return self._build(
            keys, lambda some: self._key.decode_many(some, fetch), items, lambda some: self._value.decode_many(some, fetch)
        )

    def from_user(self, data: Json) -> Any:
        if type(data) is dict and not self._text_keys:
            return self._build(
                list(data), self._keys_from_text, list(data.values()), lambda some: each(self._value.from_user, some)
            )
        keys, items = self._split(data)
        return self._build(
            keys, lambda some: each(self._key.from_user, some), items, lambda some: each(self._value.from_user, some)
        )

    def to_user(self, value: Any) -> Json:
        items = list(map(self._value.to_user, value.values()))
        keys = list(value) if self._text_keys else list(map(self._key.to_user, value))
        # Whatever the keys are (members, dates, anything): an object where all of them are texts, as ``from_user`` reads it back.
        if all(type(key) is str for key in keys) and len(set(keys)) == len(keys):
            return dict(zip(keys, items))
        return [[key, item] for key, item in zip(keys, items)]

    def _split(self, data: Json) -> tuple[list[Json], list[Json]]:
        if self._text_keys:
            if type(data) is not dict:
                raise self.mismatch(data)
            return list(data), list(data.values())
        if type(data) is not list or any(type(pair) is not list or len(pair) != 2 for pair in data):
            raise self.mismatch(data, help="write [[key, value], ...]")
        return [pair[0] for pair in data], [pair[1] for pair in data]

    def _keys_from_text(self, keys: list[str]) -> list[Any]:
        """Read the keys of a JSON object for another key type: text as such, else what the text says as JSON."""

        def read(text: str) -> Any:
            try:
                return self._key.from_user(text)
            except ValueMismatch as wrong:
                try:
                    return self._key.from_user(loads(text))
                except (ValueError, ValueMismatch):
                    raise wrong from None

        return each(read, keys)

    def _build(
        self,
        keys: list[Any],
        convert_keys: Callable[[list[Any]], list[Any]],
        values: list[Any],
        convert_values: Callable[[list[Any]], list[Any]],
    ) -> dict[Any, Any]:
        try:
            new_keys = convert_keys(keys)
        except ValueMismatch as wrong:
            position = wrong.path[0]
            assert isinstance(position, int)
            wrong.path = (f" key {shown(keys[position])}", *wrong.path[1:])
            raise
        try:
            new_values = convert_values(values)
        except ValueMismatch as wrong:
            position = wrong.path[0]
            assert isinstance(position, int)
            wrong.under_key(keys[position])
            raise
        try:
            out = dict(zip(new_keys, new_values))
        except TypeError:
            raise ValueMismatch(self.spelling, "a key that cannot be hashed") from None
        if len(out) != len(keys):
            raise ValueMismatch(
                self.spelling, f"{len(keys)} pairs of which some have one key once they are of type {self._key.spelling}"
            )
        return out


def _list_help(value: Any) -> str:
    if hasattr(value, "tolist"):
        return "write ….tolist()"
    return "write list(...)" if isinstance(value, (tuple, set, frozenset, range)) or hasattr(value, "__next__") else ""
