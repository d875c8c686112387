"""The form of values without a declared type (``Any``, TypeVars): the wire form tells what each part is."""

from __future__ import annotations

import sys
from math import isfinite, nan

from dagwright.contract.types import Type, opaque, parse, table_of
from dagwright.values.form import Form
from dagwright.values.mismatch import ValueMismatch, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.values.codec import Codec
    from dagwright.values.form import Blobs, Fetch, Json

_PLAIN_INT = 1 << 8192
_TAGGED = {
    "int": "int",
    "float": "float",
    "bytes": "bytes",
    "datetime.datetime": "datetime",
    "datetime.timedelta": "timedelta",
    "datetime.date": "date",
    "datetime.time": "time",
    "decimal.Decimal": "decimal",
    "uuid.UUID": "uuid",
    "pathlib.PosixPath": "path",
    "pathlib._local.PosixPath": "path",
}


class UnknownForm(Form):
    """Any value. Types are taken exactly: a subclass of int is not an int here, since nobody said that it should be."""

    __slots__ = ("_codec",)

    def __init__(self, declared: Type, spelling: str, codec: Codec) -> None:
        super().__init__(declared, spelling)
        self._codec = codec

    def normalise(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (bool, int):
            return value
        if kind is float:
            return value if value == value else nan  # noqa: PLR0124 - one NaN, as ``FloatForm`` gives
        if kind is list:
            return self.normalise_many(value)
        if kind is tuple:
            return tuple(self.normalise_many(list(value)))
        if kind is dict:
            return self._normalise_dict(value)
        return self._codec.form(self._type_of(value)).normalise(value)

    def exact(self, value: Any) -> bool:
        return True

    def encode(self, value: Any, blobs: Blobs) -> Json:
        kind = type(value)
        if value is None or kind in (bool, str) or (kind is float and isfinite(value)):
            return value
        if kind is int and -_PLAIN_INT < value < _PLAIN_INT:
            return value
        if kind is list:
            return self.encode_many(value, blobs)
        if kind is dict:
            return {"$d": [[self.encode(key, blobs), self.encode(item, blobs)] for key, item in value.items()]}
        declared = self._type_of(value)
        return {"$u": declared.text, "v": self._codec.form(declared).encode(value, blobs)}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is list:
            return self.decode_many(data, fetch)
        if type(data) is not dict:
            return data
        if set(data) == {"$d"}:
            return {self.decode(key, fetch): self.decode(item, fetch) for key, item in data["$d"]}
        if set(data) != {"$u", "v"}:
            raise self.mismatch(data)
        return self._codec.form(parse(data["$u"])).decode(data["v"], fetch)

    def from_user(self, data: Json) -> Any:
        """Plain JSON; an object is a dict."""
        return self.normalise(data)

    def to_user(self, value: Any) -> Json:
        kind = type(value)
        if kind in (list, tuple):
            return list(map(self.to_user, value))
        if kind is dict:
            if all(type(key) is str for key in value):
                return {key: self.to_user(item) for key, item in value.items()}
            return [[self.to_user(key), self.to_user(item)] for key, item in value.items()]
        if value is None or kind in (bool, str):
            return value
        return self._codec.form(self._type_of(value)).to_user(value)

    def _normalise_dict(self, value: dict[Any, Any]) -> dict[Any, Any]:
        out = {}
        for key, item in value.items():
            try:
                out[self.normalise(key)] = self.normalise(item)
            except ValueMismatch as wrong:
                wrong.under(0)
                wrong.under_key(key)
                raise
        if len(out) != len(value):
            raise self.mismatch(value, help="two keys are the same once they are stored")
        return out

    def _type_of(self, value: Any) -> Type:
        """The type that the wire form names for a value that is not plain JSON."""
        kind = type(value)
        name = type_name(kind)
        if name in _TAGGED or kind is str:
            return parse(_TAGGED.get(name, "str"))
        if kind is tuple:
            return Type("tuple", (self.declared,) * len(value))
        if kind in (set, frozenset):
            return Type(kind.__name__, (self.declared,))
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(value, numpy.ndarray):
            return parse("ndarray")
        if name in ("torch.Tensor", "torch._tensor.Tensor"):
            return parse("tensor")
        files = sys.modules.get("dagwright.files.located")
        if files is not None and isinstance(value, files.Located):
            declared: Type = value.declared()
            return declared
        if name.partition(".")[0] in ("pandas", "polars", "pyarrow"):
            from dagwright.values.frame_libraries import frame_of

            frames = frame_of(value)
            if frames:
                return table_of(frames)
        if name == "dagwright.values.structured_datasets.StructuredDataset":
            return parse("table")
        for known, spec in self._codec.classes.items():
            if spec["qualname"] == kind.__qualname__ and self._codec.form(Type("class", (), known)).exact(value):
                return Type("class", (), known)
        module = self._codec.aliases.get(kind.__module__, kind.__module__)
        return opaque(f"{module}.{kind.__qualname__}")
