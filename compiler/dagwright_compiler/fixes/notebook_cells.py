"""New texts for cells of a notebook, written into its JSON: only the ``source`` of these cells changes."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SPACE = re.compile(r"[ \t\r\n]*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DECODER = json.JSONDecoder()


def replace_cells(data: bytes, texts: Mapping[int, str]) -> bytes | None:
    """The notebook with new texts for cells.

    Args:
        data: The file.
        texts: Text by the number of a cell, from 1, all cells counted.

    Returns:
        ``None`` when the file is no notebook in UTF-8, or lacks one of the cells.
    """
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        document = data[len(mark) :].decode("utf-8")
        places = _sources(document)
        edits = sorted(((places[number], text) for number, text in texts.items()), reverse=True)
    except (ValueError, IndexError, KeyError):  # of JSON and of UTF-8: both are kinds of it
        return None
    for (start, end), text in edits:
        document = document[:start] + _written(document[start:end], text, ascii_only=data.isascii()) + document[end:]
    return mark + document.encode("utf-8")


def _sources(document: str) -> dict[int, tuple[int, int]]:
    """Where the source of each cell stands."""
    top = _SPACE.match(document)
    cells = dict(_members(document, top.end() if top else 0))["cells"]
    found: dict[int, tuple[int, int]] = {}
    for number, (start, _) in enumerate(_elements(document, cells[0]), 1):
        source = dict(_members(document, start)).get("source")
        if source is not None:
            found[number] = source
    return found


def _written(old: str, text: str, *, ascii_only: bool) -> str:
    """A source in the form of the old one: a string, or a list of lines laid out as it was."""
    if not old.startswith("["):
        return json.dumps(text, ensure_ascii=ascii_only)
    items = list(_elements(old, 0))
    # Lines that stay are written as they were, escapes and all.
    known = {_DECODER.raw_decode(old, start)[0]: old[start:end] for start, end in items}
    lines = [known.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in _LINE.findall(text)]
    if not lines or not items:
        return f"[{', '.join(lines)}]"
    opening, closing = old[1 : items[0][0]], old[items[-1][1] : -1]
    between = old[items[0][1] : items[1][0]] if len(items) > 1 else f",{opening or ' '}"
    return f"[{opening}{between.join(lines)}{closing}]"


def _members(document: str, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Keys of an object, and where their values stand."""
    if document[at] != "{":
        raise ValueError
    at = _skip(document, at + 1)
    while document[at] != "}":
        key, at = _DECODER.raw_decode(document, at)
        start = _skip(document, _skip(document, at) + 1)
        _, end = _DECODER.raw_decode(document, start)
        yield key, (start, end)
        at = _behind(document, end)


def _elements(document: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the items of a list stand."""
    if document[at] != "[":
        raise ValueError
    at = _skip(document, at + 1)
    while document[at] != "]":
        _, end = _DECODER.raw_decode(document, at)
        yield at, end
        at = _behind(document, end)


def _behind(document: str, at: int) -> int:
    """Where the next item begins, or the bracket that closes."""
    at = _skip(document, at)
    return _skip(document, at + 1) if document[at] == "," else at


def _skip(document: str, at: int) -> int:
    space = _SPACE.match(document, at)
    return space.end() if space else at
