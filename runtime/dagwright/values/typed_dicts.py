"""The form of a ``TypedDict``: a plain dict whose keys and types are declared."""

from __future__ import annotations

from dagwright.values.form import Form
from dagwright.values.mismatch import ValueMismatch, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json


class TypedDictForm(Form):
    """Keys in declared order; those that may be absent are left out where they are."""

    __slots__ = ("_form_of", "_forms", "_optional", "_specs")

    def __init__(self, declared: Type, spelling: str, spec: ClassDef, form_of: Callable[[str], Form]) -> None:
        super().__init__(declared, spelling)
        self._form_of = form_of
        self._specs = spec.get("fields", [])
        self._optional = frozenset(field["name"] for field in self._specs if field.get("optional"))
        self._forms: dict[str, Form] | None = None

    def _fields(self) -> dict[str, Form]:
        """Forms of the keys, found at first use because classes may name each other."""
        if self._forms is None:
            self._forms = {field["name"]: self._form_of(field["type"]) for field in self._specs}
        return self._forms

    def _each(self, value: Any, convert: Callable[[Form, Any], Any]) -> dict[str, Any]:
        if type(value) is not dict:
            raise self.mismatch(value)
        fields = self._fields()
        for name in value:
            if name not in fields:
                raise ValueMismatch(self.spelling, f"a key {shown(name)}", help=f"its keys are {', '.join(fields)}")
        out = {}
        for name, form in fields.items():
            if name in value:
                try:
                    out[name] = convert(form, value[name])
                except ValueMismatch as wrong:
                    wrong.under(0)
                    wrong.under_key(name)
                    raise
            elif name not in self._optional:
                raise ValueMismatch(self.spelling, f"no key {name!r}")
        return out

    def normalise(self, value: Any) -> Any:
        return self._each(value, lambda form, item: form.normalise(item))

    def exact(self, value: Any) -> bool:
        if type(value) is not dict or not self._fields().keys() >= value.keys():
            return False
        fields = self._fields()
        return all(fields[name].exact(value[name]) if name in value else name in self._optional for name in fields)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        fields = self._fields()
        return {name: fields[name].encode(item, blobs) for name, item in value.items()}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return self._each(data, lambda form, item: form.decode(item, fetch))

    def from_user(self, data: Json) -> Any:
        return self._each(data, lambda form, item: form.from_user(item))

    def to_user(self, value: Any) -> Json:
        fields = self._fields()
        return {name: fields[name].to_user(item) for name, item in value.items()}
