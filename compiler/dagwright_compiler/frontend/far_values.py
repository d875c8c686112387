"""Constants that stand for what lies elsewhere: files, directories and tables under a URL.

What lies on the machine that compiles is refused: no task sees it, and compiling reads no data.
"""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING, Any

from dagwright.contract.files import is_url, url_of_path, url_wire
from dagwright.contract.types import TABLE, Type, parse
from dagwright_compiler.frontend.file_types import LOCATED, of_construction
from dagwright_compiler.frontend.known_values import KnownCall, StaticValue
from dagwright_compiler.frontend.typing_rules import spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = Any


OF_PATH = "write a URL, or make it an input of the workflow: whoever runs it gives the path"
"""What to write instead of a path on this machine."""


class NotFar(Exception):  # noqa: N818 - a reason, not an error of ours
    """A constant that no task could read; the text says why, and is empty where its type says it all; ``help`` is what to write instead."""

    def __init__(self, reason: str = "", help_: str = "") -> None:
        super().__init__(reason)
        self.help = help_


def type_of_call(call: KnownCall) -> Type | None:
    """The type of ``File(...)``, ``Directory(...)`` and ``StructuredDataset(...)``; ``None`` of other calls."""
    if call.symbol == "StructuredDataset":
        return TABLE
    return of_construction(parse(call.symbol), call.places[""].node) if call.symbol.startswith(LOCATED) else None


def located_wire(value: StaticValue, declared: Type) -> Json:
    """Wire form of a file or directory: of ``File(...)`` for it, or of its URL.

    Raises:
        NotFar: It is none, or stands on this machine.
    """
    found = type_of_call(value) if isinstance(value, KnownCall) else None
    if found is None or not isinstance(value, KnownCall):
        return url_wire(_url(value))
    if found.kind != declared.kind or (found.name and declared.name and found.name != declared.name):
        raise NotFar
    metadata = value.arguments.get("metadata")
    path = _written_path(value.arguments, declared)
    if not _is_path(path):
        raise NotFar(f"a `{spell(found)}` in a workflow is made of a URL", 'write its URL as a text: `"s3://..."`')
    wire = url_wire(_url(path))
    if not metadata:
        return wire
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for pair in metadata.items() for text in pair):
        raise NotFar("`metadata` takes a dict of texts")
    return {**wire, "meta": metadata}


def table_wire(value: StaticValue) -> Json:
    """Wire form of ``StructuredDataset(uri=...)``.

    Raises:
        NotFar: It is another value, holds a frame, or names a file of this machine.
    """
    if not isinstance(value, KnownCall) or type_of_call(value) != TABLE:
        raise NotFar
    if value.arguments.get("uri") is None:
        raise NotFar("a `StructuredDataset` with a frame is made in a task: here it takes `uri=`")
    return {"uri": _url(value.arguments["uri"])}


def _url(given: StaticValue | None) -> str:
    if not _is_path(given):
        raise NotFar
    text = str(given)
    if not is_url(text):
        raise NotFar(f"{text!r} is a path on this machine, which no task sees", OF_PATH)
    return text


def _is_path(given: StaticValue | None) -> bool:
    return type(given) is str or type(given).__name__ == "PurePosixPath"


def _written_path(arguments: Mapping[str, StaticValue], declared: Type) -> StaticValue | None:
    """The path or URL in ``File(...)``; with ``remote_path=False`` it is one of every image, whose URL travels."""
    rest = {name: argument for name, argument in arguments.items() if argument is not None and name != "metadata"}
    given = rest.pop("path", None) or rest.pop("source", None)
    stays = [rest.pop(name) for name in ("remote_path", "remote_directory") if rest.get(name) is False]
    if rest:
        raise NotFar(f"`{next(iter(rest))}` means something in a task only: make this `{spell(declared)}` there")
    if stays and isinstance(given, str) and given.startswith("/") and given.isprintable():
        return url_of_path(normpath(given))
    return given
