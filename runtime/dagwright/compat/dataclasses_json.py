"""What flytekit users need of ``dataclasses_json``: dataclasses that turn into JSON and back.

Values cross tasks without it; files only keep importing it because flytekit once asked for it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

__all__ = ["DataClassJsonMixin", "dataclass_json"]

_METHODS = ("to_dict", "to_json", "from_dict", "from_json")
_NoneType = type(None)
Class = TypeVar("Class")


class DataClassJsonMixin:
    """The methods that ``dataclass_json`` gives a class."""

    def to_dict(self, encode_json: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  # the library's signature
        """Give the fields as nested dicts; ``encode_json`` changes nothing for JSON values."""
        del encode_json
        data: dict[str, Any] = asdict(self)  # type: ignore[call-overload]
        return data

    def to_json(self, **options: Any) -> str:
        """Give the fields as JSON text; ``options`` are those of ``json.dumps``."""
        return json.dumps(self.to_dict(), **options)

    @classmethod
    def from_dict(cls, data: dict[str, Any], *, infer_missing: bool = False) -> Self:
        """Build an instance from nested dicts; with ``infer_missing`` an absent field becomes ``None``."""
        built: Self = _build(cls, data, infer_missing=infer_missing)
        return built

    @classmethod
    def from_json(cls, text: str | bytes, *, infer_missing: bool = False, **options: Any) -> Self:
        """Build an instance from JSON text; ``options`` are those of ``json.loads``."""
        return cls.from_dict(json.loads(text, **options), infer_missing=infer_missing)


def dataclass_json(cls: type[Class] | None = None, **options: Any) -> Any:
    """Give a dataclass the methods of ``DataClassJsonMixin``; usable bare and with empty parentheses.

    Raises:
        TypeError: An option (``letter_case``, ``undefined``) is set: the real package is needed for it.
    """
    for name, value in options.items():
        if value is not None:
            raise TypeError(f"dataclass_json() with {name!r} needs the package dataclasses-json, which is not installed")
    return _add_methods if cls is None else _add_methods(cls)


def _add_methods(cls: type[Class]) -> type[Class]:
    for name in _METHODS:
        if not hasattr(cls, name):
            setattr(cls, name, DataClassJsonMixin.__dict__[name])
    return cls


def _build(cls: Any, data: dict[str, Any], *, infer_missing: bool) -> Any:
    hints = get_type_hints(cls, vars(sys.modules[cls.__module__]))
    values: dict[str, Any] = {}
    for field in fields(cls):
        if field.name in data:
            values[field.name] = _convert(hints[field.name], data[field.name], infer_missing=infer_missing)
        elif infer_missing:
            values[field.name] = None
    return cls(**values)


def _convert(hint: Any, value: Any, *, infer_missing: bool) -> Any:
    origin: Any = getattr(hint, "__origin__", None)
    args: tuple[Any, ...] = getattr(hint, "__args__", ())
    if value is None:
        return None
    if origin is Union or type(hint).__name__ == "UnionType":
        members = [arg for arg in args if arg is not _NoneType]
        return _convert(members[0], value, infer_missing=infer_missing) if len(members) == 1 else value
    convert: Callable[[Any, Any], Any] = lambda inner, item: _convert(inner, item, infer_missing=infer_missing)  # noqa: E731
    if is_dataclass(hint):
        return _build(hint, value, infer_missing=infer_missing)
    if origin is list:
        return [convert(args[0], item) for item in value]
    if origin is dict:
        return {key: convert(args[1], item) for key, item in value.items()}
    if origin is tuple:
        return tuple(convert(arg, item) for arg, item in zip(args, value))
    return value
