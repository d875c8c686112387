"""Forms of dataclasses, named tuples and enums: classes whose definition stands in the program's table."""

from __future__ import annotations

from dagwright.values.form import Form, no_blobs
from dagwright.values.mismatch import ValueMismatch, described, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from dagwright.contract.schema import ClassDef, Field
    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json

    Load = Callable[[], type]
    FormOf = Callable[[str], Form]


class RecordForm(Form):
    """What dataclasses, named tuples and models share: named, typed fields."""

    __slots__ = ("_cls", "_fields", "_form_of", "_load", "_specs")

    def __init__(self, declared: Type, spelling: str, spec: ClassDef, load: Load, form_of: FormOf) -> None:
        super().__init__(declared, spelling)
        self._load = load
        self._form_of = form_of
        self._specs: list[Field] = spec.get("fields", [])
        self._cls: type | None = None
        self._fields: list[tuple[str, Form]] | None = None

    def cls(self) -> type:
        """The class itself; importing it runs the user's module, so not before a value needs it."""
        if self._cls is None:
            cls = self._load()
            self._check(cls)
            self._cls = cls
        return self._cls

    def fields(self) -> list[tuple[str, Form]]:
        """Forms of the fields, found at first use because classes may name each other."""
        if self._fields is None:
            self._fields = [(spec["name"], self._form_of(spec["type"])) for spec in self._specs]
        return self._fields

    def _check(self, cls: type) -> None:
        raise NotImplementedError

    def _values(self, value: Any) -> list[Any]:
        try:
            return [getattr(value, spec["name"]) for spec in self._specs]
        except AttributeError:
            unset = [spec["name"] for spec in self._specs if not hasattr(value, spec["name"])]
            raise ValueMismatch(self.spelling, f"one whose field {unset[0]!r} was never set") from None

    def _restore(self, values: list[Any]) -> Any:
        raise NotImplementedError

    def normalise(self, value: Any) -> Any:
        cls = self.cls()
        if type(value) is not cls:
            help_ = f"a subclass would lose its own fields; declare {type(value).__qualname__}" if isinstance(value, cls) else ""
            raise self.mismatch(value, help=help_)
        out: list[Any] = []
        values = self._values(value)
        try:
            for (_, form), item in zip(self.fields(), values):
                out.append(form.normalise(item))
        except ValueMismatch as wrong:
            wrong.under(f".{self._specs[len(out)]['name']}")
            raise
        return self._restore(out)

    def exact(self, value: Any) -> bool:
        return type(value) is self.cls() and all(form.exact(item) for (_, form), item in zip(self.fields(), self._values(value)))

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return {name: form.encode(item, blobs) for (name, form), item in zip(self.fields(), self._values(value))}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is not dict or len(data) > len(self._specs):
            raise self.mismatch(data)
        out: list[Any] = []
        for spec, (name, form) in zip(self._specs, self.fields()):
            if name not in data and not spec.get("deferred"):
                raise ValueMismatch(self.spelling, f"no field {name!r}")
            try:
                # A literal of a plan leaves out what only the class knows.
                out.append(form.decode(data[name], fetch) if name in data else self._default(spec, form))
            except ValueMismatch as wrong:
                if name in data:
                    wrong.under(f".{name}")
                raise
        return self._restore(out)

    def from_user(self, data: Json) -> Any:
        if type(data) is not dict:
            raise self.mismatch(data, help="write an object with its fields")
        names = [spec["name"] for spec in self._specs]
        extra = [name for name in data if name not in names]
        if extra:
            raise ValueMismatch(self.spelling, f"a field {shown(extra[0])}", help=f"its fields are {', '.join(names)}")
        out: list[Any] = []
        for spec, (name, form) in zip(self._specs, self.fields()):
            try:
                out.append(form.from_user(data[name]) if name in data else self._default(spec, form))
            except ValueMismatch as wrong:
                if name in data:
                    wrong.under(f".{name}")
                raise
        return self._restore(out)

    def to_user(self, value: Any) -> Json:
        return {name: form.to_user(item) for (name, form), item in zip(self.fields(), self._values(value))}

    def _default(self, spec: Field, form: Form) -> Any:
        if spec.get("has_default"):
            return form.decode(spec.get("default"), no_blobs)
        if spec.get("deferred"):
            return self._filled_in(spec["name"], form)
        raise ValueMismatch(self.spelling, f"no field {spec['name']!r}")

    def _filled_in(self, name: str, form: Form) -> Any:
        """The default of a field that only the class knows."""
        self.cls()  # what the import of its module raises is told as that
        try:
            return form.normalise(self._own_default(name))
        except ValueMismatch as wrong:
            wrong.under(f".{name}")
            raise
        except Exception as error:
            what = f"a default of {name!r} that raises {type(error).__name__}: {error}"
            raise ValueMismatch(self.spelling, what) from error

    def _own_default(self, name: str) -> Any:
        """The default as the class gives it; whatever that raises passes through."""
        raise NotImplementedError


class DataclassForm(RecordForm):
    """A dataclass: exactly the declared class; its fields are its value, other attributes are not.

    Decoding restores fields without calling ``__init__`` or ``__post_init__``: they ran where the value was made.
    """

    __slots__ = ()

    def _check(self, cls: type) -> None:
        fields = getattr(cls, "__dataclass_fields__", {})
        # Class variables stand in this table, too, under another mark; importing dataclasses to ask costs 6 ms.
        live = [name for name, field in fields.items() if field._field_type.name == "_FIELD"]  # noqa: SLF001
        names = [spec["name"] for spec in self._specs]
        if sorted(live) != sorted(names):
            raise other_class(self.spelling, live, names)

    def _restore(self, values: list[Any]) -> Any:
        out: Any = object.__new__(self.cls())
        for spec, value in zip(self._specs, values):
            object.__setattr__(out, spec["name"], value)  # also where the class is frozen
        return out

    def _own_default(self, name: str) -> Any:
        field = self.cls().__dataclass_fields__[name]  # type: ignore[attr-defined]
        return field.default_factory() if callable(field.default_factory) else field.default


class NamedTupleForm(RecordForm):
    """A named tuple: exactly the declared class."""

    __slots__ = ()

    def _check(self, cls: type) -> None:
        live: list[str] = list(getattr(cls, "_fields", ()))
        names = [spec["name"] for spec in self._specs]
        if live != names:
            raise other_class(self.spelling, live, names)

    def _values(self, value: Any) -> list[Any]:
        return list(value)

    def _restore(self, values: list[Any]) -> Any:
        return tuple.__new__(self.cls(), values)

    def from_user(self, data: Json) -> Any:
        if type(data) is list and len(data) == len(self._specs):
            data = {spec["name"]: item for spec, item in zip(self._specs, data)}
        return super().from_user(data)

    def _own_default(self, name: str) -> Any:
        return self.cls()._field_defaults[name]  # type: ignore[attr-defined]


class EnumForm(Form):
    """An enum, by the names of its members."""

    __slots__ = ("_cls", "_load", "_members")

    def __init__(self, declared: Type, spelling: str, spec: ClassDef, load: Load) -> None:
        super().__init__(declared, spelling)
        self._load = load
        self._members = spec.get("members", [])
        self._cls: Any = None

    def cls(self) -> Any:
        """The class itself, imported at first use."""
        if self._cls is None:
            cls: Any = self._load()
            live = getattr(cls, "__members__", {})
            own = [name for name, member in live.items() if member.name == name]  # an alias may or may not be compiled
            if not set(own) <= set(self._members) <= set(live):
                raise other_class(self.spelling, own, self._members)
            self._cls = cls
        return self._cls

    def normalise(self, value: Any) -> Any:
        if not self.exact(value):
            raise self.mismatch(value, help=f"write {self.spelling}(...)" if isinstance(value, (str, int)) else "")
        return value

    def exact(self, value: Any) -> bool:
        return type(value) is self.cls() and value.name in self.cls().__members__  # a combination of flags is no member

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return value.name

    def decode(self, data: Json, fetch: Fetch) -> Any:
        members = self.cls().__members__
        if type(data) is not str or data not in members:
            raise ValueMismatch(self.spelling, described(data), help=f"its members are {', '.join(members)}")
        return members[data]

    def from_user(self, data: Json) -> Any:
        """A member by name, else by value."""
        cls = self.cls()
        if type(data) is str and data in cls.__members__:
            return cls.__members__[data]
        for member in cls:
            if type(member.value) is type(data) and member.value == data:
                return member
        return self.decode(data, no_blobs)

    def to_user(self, value: Any) -> Json:
        return value.name


def other_class(spelling: str, live: list[str], compiled: list[str]) -> ValueMismatch:
    """Refuse a class that is not the one that was compiled: its values would be read into the wrong fields."""
    return ValueMismatch(
        f"{spelling} with {', '.join(compiled) or 'nothing'}",
        f"a class with {', '.join(live) or 'nothing'}",
        help="the module that is imported here is not the one that was compiled",
    )
