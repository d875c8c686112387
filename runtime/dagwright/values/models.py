"""The form of pydantic models: their fields, and the model itself to make a value of them.

Nothing here imports pydantic: the user's class brings what is needed, of version 1 or 2.
"""

from __future__ import annotations

from dagwright.contract.jsontext import dumps
from dagwright.values.classes import RecordForm, other_class
from dagwright.values.mismatch import ValueMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.values.form import Json


class ModelForm(RecordForm):
    """A model: exactly the declared class.

    A value is made through the model, so its validators run where it arrives. A field that holds its default is left to
    the model, which does not validate defaults, and then counts it as not set.
    """

    __slots__ = ("_names", "_parse")

    def _check(self, cls: type) -> None:
        fields = _fields_of(cls)
        names = [spec["name"] for spec in self._specs]
        if sorted(fields) != sorted(names):
            raise other_class(self.spelling, list(fields), names)
        self._names = {name: _input_name(name, field) for name, field in fields.items()}
        live: Any = cls
        self._parse = live.model_validate if hasattr(cls, "model_validate") else live.parse_obj

    def _restore(self, values: list[Any]) -> Any:
        given = {}
        for spec, (name, form), value in zip(self._specs, self.fields(), values):
            if not (spec.get("has_default") and dumps(form.encode(value, {})) == dumps(spec.get("default"))):
                given[name] = value
        return self.made(given)

    def from_user(self, data: Json) -> Any:
        """The model from what a person wrote: it fills in its own defaults."""
        if type(data) is not dict:
            raise self.mismatch(data, help="write an object with its fields")
        forms = dict(self.fields())
        cls = self.cls()
        by_input = {self._names[name]: name for name in forms}
        given = {}
        for key, item in data.items():
            name = key if key in forms else by_input.get(key)
            if name is None:
                raise ValueMismatch(self.spelling, f"a field {key!r}", help=f"its fields are {', '.join(forms)}")
            try:
                given[name] = forms[name].from_user(item)
            except ValueMismatch as wrong:
                wrong.under(f".{name}")
                raise
        made = self.made(given)
        assert type(made) is cls
        return self.normalise(made)

    def _own_default(self, name: str) -> Any:
        cls: Any = self.cls()
        if hasattr(cls, "model_fields"):
            return cls.model_fields[name].get_default(call_default_factory=True)
        return cls.__fields__[name].get_default()

    def made(self, given: dict[str, Any]) -> Any:
        """The model from what its fields are given, by their own names; it fills in its own defaults.

        Raises:
            ValueMismatch: The model refuses it.
        """
        self.cls()  # fills in the names
        try:
            return self._parse({self._names[name]: value for name, value in given.items()})
        except ValueError as error:
            problems = getattr(error, "errors", None)
            if problems is None:
                raise
            raise self._refused(problems()) from None

    def _refused(self, problems: list[dict[str, Any]]) -> ValueMismatch:
        """Say what the model has against a value; the first field of several comes first."""
        problem = problems[0]
        where: tuple[Any, ...] = tuple(problem["loc"])
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        wrong = ValueMismatch(self.spelling, "a value that the model refuses", help=f"{problem['msg']}{more}")
        names = {given: name for name, given in self._names.items()}
        for number, step in reversed(list(enumerate(where))):
            wrong.under(step if isinstance(step, int) else f".{names.get(step, step) if number == 0 else step}")
        return wrong


def _fields_of(cls: Any) -> dict[str, Any]:
    found: dict[str, Any] = cls.model_fields if hasattr(cls, "model_fields") else getattr(cls, "__fields__", {})
    return found


def _input_name(name: str, field: Any) -> str:
    """The name under which the model takes a field: its alias, where it has one."""
    alias = getattr(field, "validation_alias", None)
    choices = getattr(alias, "choices", None)  # AliasChoices: any of them serves
    if choices:
        alias = next((choice for choice in choices if isinstance(choice, str)), None)
    for found in (alias, getattr(field, "alias", None)):
        if isinstance(found, str):
            return found
    return name
