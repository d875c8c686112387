"""Codecs that installed distributions register for classes, under the entry-point group ``dagwright.codecs``.

An entry point is named after the class, ``geo.Grid = geo_codecs:GRID``. Which there are is asked when the first class is met that is known
by its name only; one is imported when the first value of its class is.
"""

from __future__ import annotations

import os
import sys

from dagwright.values.blobs import get_blob, put_blob
from dagwright.values.form import Form
from dagwright.values.mismatch import ValueMismatch, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from dagwright.authoring.value_codec import ValueCodec
    from dagwright.contract.types import Type
    from dagwright.values.form import Blobs, Fetch, Json
    from dagwright.values.pickles import OpaqueForm

GROUP = "dagwright.codecs"
ENC = "codec"


class Registration:
    """An entry point: the class, the object that it names (``module:attribute``), and the distribution."""

    __slots__ = ("cls", "distribution", "target")

    def __init__(self, cls: str, target: str, distribution: str) -> None:
        self.cls = cls
        self.target = target
        self.distribution = distribution

    def __str__(self) -> str:
        return f"{self.target} of {self.distribution}"


def registrations() -> dict[str, list[Registration]]:
    """All that the distributions on this process's path register, by the name of the class."""
    found: dict[str, list[Registration]] = {}
    if not any(map(_registers, sys.path)):
        return found
    from importlib.metadata import distributions  # slow to import, and most images register nothing

    seen: set[tuple[str, str]] = set()
    for distribution in distributions():
        for point in distribution.entry_points:
            if point.group != GROUP:
                continue
            name = distribution.metadata["Name"]
            if (name, point.name) not in seen:  # the first of one name on the path hides the others, as for imports
                seen.add((name, point.name))
                found.setdefault(point.name, []).append(Registration(point.name, point.value, name))
    return found


def _registers(folder: str) -> bool:
    """Whether some distribution in a folder has entry points of the group."""
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return False
    return any(_mentions_group(f"{folder or '.'}/{name}") for name in names if name.endswith((".dist-info", ".egg-info")))


def _mentions_group(metadata: str) -> bool:
    try:
        with open(f"{metadata}/entry_points.txt", "rb") as file:
            return GROUP.encode() in file.read()
    except OSError:
        return False


class RegisteredForm(Form):
    """A class for which a codec is registered.

    A value that was pickled where the codec was not installed is read as the pickle that it is.
    """

    __slots__ = ("_codec", "_pickled", "_registrations")

    def __init__(self, declared: Type, spelling: str, found: Sequence[Registration], pickled: OpaqueForm) -> None:
        super().__init__(declared, spelling)
        self._registrations = found
        self._pickled = pickled
        self._codec: Any = None

    def normalise(self, value: Any) -> Any:
        codec = self._loaded()
        return self._read(codec, self._written(codec, value))

    def exact(self, value: Any) -> bool:
        return self._pickled.exact(value)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        codec = self._loaded()
        stored = put_blob(self._written(codec, value), ENC, blobs)
        return {**stored, "format": codec.format, "by": self._registrations[0].distribution}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is dict and data.get("enc") == "pickle":
            return self._pickled.decode(data, fetch)
        content = get_blob(data, ENC, fetch, self.spelling)
        codec = self._loaded()
        if data.get("format") != codec.format:
            raise ValueMismatch(
                self.spelling,
                f"one in the format {data.get('format')!r}, where {self._registrations[0]} reads {codec.format!r}",
                help="install the version that wrote it, or have it made again under another cache_version",
            )
        return self._read(codec, content)

    def from_user(self, data: Json) -> Any:
        return self._pickled.from_user(data)

    def to_user(self, value: Any) -> Json:
        return self._pickled.to_user(value)

    def _loaded(self) -> ValueCodec[Any]:
        """Import the codec; what is wrong with it is told as what keeps a value from travelling."""
        if self._codec is not None:
            return self._codec  # type: ignore[no-any-return]
        if len(self._registrations) > 1:
            raise self._wrong(
                f"one for which several codecs are registered: {' and '.join(map(str, self._registrations))}",
                "keep one of these distributions in the image",
            )
        registered = self._registrations[0]
        try:
            module, _, path = registered.target.partition(":")
            __import__(module)
            found: Any = sys.modules[module]
            for part in filter(None, path.split(".")):
                found = getattr(found, part)
            codec = found() if isinstance(found, type) else found
        except Exception as error:  # a module may raise anything
            raise self._wrong(f"one whose codec cannot be loaded: {registered} ({type(error).__name__}: {error})") from error
        lacking = [name for name in ("encode", "decode") if not callable(getattr(codec, name, None))]
        if type(getattr(codec, "format", None)) is not str:
            lacking.insert(0, "format")
        if lacking:
            raise self._wrong(f"one whose codec has no {' and no '.join(lacking)}: {registered}", "see dagwright.ValueCodec")
        self._codec = codec
        return codec  # type: ignore[no-any-return]

    def _written(self, codec: ValueCodec[Any], value: Any) -> bytes:
        if not self.exact(value):
            raise self.mismatch(value)
        registered = self._registrations[0]
        try:
            content = codec.encode(value)
        except Exception as error:
            raise self._wrong(f"one that {registered} cannot write ({type(error).__name__}: {error})") from error
        if type(content) is not bytes:
            raise self._wrong(f"one for which {registered} gives {type_name(type(content))}, not bytes")
        return content

    def _read(self, codec: ValueCodec[Any], content: bytes) -> Any:
        registered = self._registrations[0]
        try:
            value = codec.decode(content)
        except Exception as error:
            raise self._wrong(f"bytes that {registered} cannot read ({type(error).__name__}: {error})") from error
        if not self.exact(value):
            raise self._wrong(f"{type_name(type(value))} from {registered}, which is to give what it was given")
        return value

    def _wrong(self, got: str, help_: str = "") -> ValueMismatch:
        return ValueMismatch(self.spelling, got, help=help_)


def unregistered(data: Json, spelling: str) -> ValueMismatch:
    """Refuse a value that a codec wrote which is not registered here."""
    by = data.get("by")
    return ValueMismatch(spelling, f"one that only the codec of {by} can read", help=f"add {by} to the image")
