"""The codec: from values to the wire form and back, by declared type."""

from __future__ import annotations

import sys

from dagwright.contract.types import FILE, opaque, parse
from dagwright.values.containers import DictForm, ListForm, TupleForm, VartupleForm
from dagwright.values.mismatch import ValueMismatch
from dagwright.values.scalars import BoolForm, BytesForm, FloatForm, IntForm, NoneForm, StrForm
from dagwright.values.spelling import spell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Sequence

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type
    from dagwright.files.contents import Access
    from dagwright.values.form import Blobs, Fetch, Form, Json
    from dagwright.values.registered import Registration

_SCALARS = {"none": NoneForm, "bool": BoolForm, "int": IntForm, "float": FloatForm, "str": StrForm, "bytes": BytesForm}


class Codec:
    """Normalises, writes and reads values of one program.

    Args:
        classes: The program's table of classes.
        load_class: Gives the class of a module and a qualified name, and what a pickle names; the default imports the module.
            What it raises passes through.
        pickle: What to do with values that only pickle can carry: ``"warn"`` once per class, ``"deny"`` them, or a tuple of
            the qualified names that may pass.
        warn: Takes the text of a warning; the default prints it to stderr.
        aliases: The project's names of modules that this process has under other names, by those: a script is ``__main__``
            here and ``flow`` in the plan. Pickles carry the project's names, so they are the same everywhere.
        files: What can be done with the bytes of files here; without it they can be named, not read.
    """

    __slots__ = ("_forms", "_load_class", "_pickle", "_registered", "_warn", "aliases", "classes", "files")

    def __init__(
        self,
        classes: Mapping[str, ClassDef],
        load_class: Callable[[str, str], type] | None = None,
        pickle: str | tuple[str, ...] = "warn",
        warn: Callable[[str], None] | None = None,
        aliases: Mapping[str, str] | None = None,
        *,
        files: Access | None = None,
    ) -> None:
        self.classes = classes
        self.files = files
        self.aliases = aliases or {}
        self._load_class = load_class or import_class
        self._pickle = pickle
        self._warn = warn or _print_warning
        self._forms: dict[str, Form] = {}
        self._registered: Mapping[str, Sequence[Registration]] | None = None

    def normalise(self, value: Any, declared: Type) -> Any:
        """Give the value that a consumer would decode: of exactly the declared type, sharing nothing that can change.

        Raises:
            ValueMismatch: The value is not of the declared type.
        """
        form = self.form(declared)
        try:
            return form.normalise(value)
        except RecursionError:
            raise _too_deep(form) from None

    def encode(self, value: Any, declared: Type, blobs: Blobs) -> Json:
        """Write the wire form of a normalised value; ``blobs`` takes what stands outside of it, by SHA-256."""
        return self.form(declared).encode(value, blobs)

    def decode(self, data: Json, declared: Type, fetch: Fetch) -> Any:
        """Read the wire form into a fresh value; ``fetch`` gives the bytes of a blob by its SHA-256.

        Raises:
            ValueMismatch: ``data`` is not of the declared type.
        """
        form = self.form(declared)
        try:
            return form.decode(data, fetch)
        except RecursionError:
            raise _too_deep(form) from None

    def from_user(self, data: Json, declared: Type) -> Any:
        """Read JSON that a person wrote into a normalised value.

        Beyond the wire form it takes what can only mean one thing: a bare member of a union, an enum by value, a JSON
        object for any dict, a dataclass without the fields that have defaults.

        Raises:
            ValueMismatch: ``data`` cannot be of the declared type.
        """
        form = self.form(declared)
        try:
            return form.from_user(data)
        except RecursionError:
            raise _too_deep(form) from None

    def to_user(self, value: Any, declared: Type) -> Json:
        """Write a normalised value as JSON for a person to read."""
        return self.form(declared).to_user(value)

    def class_of(self, declared: Type) -> Callable[..., Any]:
        """What makes an instance of a class from its fields by name: the class itself, or ``dict`` for a typed dict."""
        spec = self.classes[declared.name]
        if spec["kind"] == "pydantic":
            from dagwright.values.models import ModelForm

            form = self.form(declared)
            assert isinstance(form, ModelForm)
            return lambda **fields: form.made(fields)
        return dict if spec["kind"] == "typeddict" else self._load_class(spec["module"], spec["qualname"])

    def form(self, declared: Type) -> Form:
        """What does the work for one type; built once."""
        found = self._forms.get(declared.text)
        if found is None:
            found = self._forms[declared.text] = self._build(declared)
        return found

    def _build(self, declared: Type) -> Form:
        kind = declared.kind
        spelling = spell(declared, self.classes)
        if kind in _SCALARS:
            return _SCALARS[kind](declared, spelling)
        if kind == "list":
            return ListForm(declared, spelling, self.form(declared.args[0]))
        if kind == "dict":
            return DictForm(declared, spelling, self.form(declared.args[0]), self.form(declared.args[1]))
        if kind == "vartuple":
            return VartupleForm(declared, spelling, self.form(declared.args[0]))
        if kind == "tuple":
            return TupleForm(declared, spelling, tuple(map(self.form, declared.args)))
        if kind == "union":
            return self._union(declared, spelling)
        if kind == "class":
            return self._class(declared, spelling)
        if kind in ("set", "frozenset"):
            from dagwright.values.sets import SetForm

            return SetForm(declared, spelling, self.form(declared.args[0]))
        if kind in ("datetime", "timedelta"):
            from dagwright.values.instants import DatetimeForm, TimedeltaForm

            return DatetimeForm(declared, spelling) if kind == "datetime" else TimedeltaForm(declared, spelling)
        if kind in ("date", "time", "decimal", "uuid", "path"):
            from dagwright.values.texts import FORMS

            return FORMS[kind](declared, spelling)
        if kind in ("file", "directory"):
            from dagwright.values.files import DirectoryForm, FileForm

            return (FileForm if kind == "file" else DirectoryForm)(declared, spelling, self.files)
        if kind == "literal":
            from dagwright.values.literal_values import LiteralForm

            return LiteralForm(declared, spelling)
        if kind == "ndarray":
            from dagwright.values.arrays import NdarrayForm

            return NdarrayForm(declared, spelling)
        if kind == "tensor":
            from dagwright.values.tensors import TensorForm

            return TensorForm(declared, spelling)
        if kind == "table":
            from dagwright.values.tables import TableForm

            return TableForm(declared, spelling, self._pickled, lambda: self.form(FILE))
        if kind == "opaque":
            return self._opaque(declared, spelling)
        if kind == "unknown":
            from dagwright.values.unknown import UnknownForm

            return UnknownForm(declared, spelling, self)
        raise ValueError(f"no values have the type {declared.text}")

    def _opaque(self, declared: Type, spelling: str) -> Form:
        """The form of a class that is known by its name: of a codec that is registered for it, else of pickles."""
        from dagwright.values.pickles import OpaqueForm, PicklePolicy
        from dagwright.values.registered import RegisteredForm, registrations

        policy = PicklePolicy(self._pickle, self._warn)
        pickled = OpaqueForm(declared, spelling, policy, aliases=self.aliases, load=self._load_class, form_of=self.form)
        if self._registered is None:
            self._registered = registrations()
        found = self._registered.get(declared.name)
        return pickled if found is None else RegisteredForm(declared, spelling, found, pickled)

    def _pickled(self, name: str, reason: str) -> Form:
        """The form of what is pickled for a reason of its own."""
        from dagwright.values.pickles import OpaqueForm, PicklePolicy

        policy = PicklePolicy(self._pickle, self._warn, reason)
        return OpaqueForm(opaque(name), name, policy, aliases=self.aliases, load=self._load_class, form_of=self.form)

    def _union(self, declared: Type, spelling: str) -> Form:
        from dagwright.values.unions import OptionalForm, UnionForm

        members = tuple(map(self.form, declared.args))
        if len(members) == 2 and members[1].declared.kind == "none":
            return OptionalForm(declared, spelling, members[0])
        return UnionForm(declared, spelling, members)

    def _class(self, declared: Type, spelling: str) -> Form:
        spec = self.classes.get(declared.name)
        if spec is None:
            raise ValueError(f"the plan defines no class {declared.name}")
        kind = spec["kind"]

        def load() -> type:
            return self._load_class(spec["module"], spec["qualname"])

        def form_of(text: str) -> Form:
            return self.form(parse(text))

        if kind == "typeddict":
            from dagwright.values.typed_dicts import TypedDictForm

            return TypedDictForm(declared, spelling, spec, form_of)
        if kind == "pydantic":
            from dagwright.values.models import ModelForm

            return ModelForm(declared, spelling, spec, load, form_of)
        from dagwright.values.classes import DataclassForm, EnumForm, NamedTupleForm

        if kind == "enum":
            return EnumForm(declared, spelling, spec, load)
        record = DataclassForm if kind == "dataclass" else NamedTupleForm
        return record(declared, spelling, spec, load, form_of)


def import_class(module: str, qualname: str) -> type:
    """Import a class; whatever the import of its module raises passes through."""
    __import__(module)
    found: Any = sys.modules[module]
    for part in qualname.split("."):
        found = getattr(found, part)
    cls: type = found
    return cls


def _too_deep(form: Form) -> ValueMismatch:
    return ValueMismatch(form.spelling, "a value that contains itself or is nested too deeply")


def _print_warning(text: str) -> None:
    print(f"warning: {text}", file=sys.stderr)  # noqa: T201 - the last resort of a codec that was given no other
