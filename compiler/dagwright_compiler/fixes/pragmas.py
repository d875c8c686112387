"""Comments to dagwright that ignore what is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.model import Fix

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.fixes.view import View

_PRAGMA = re.compile(rb"#\s*dagwright:\s*[\w-]+[ \t]*\[(?P<codes>[^\]]*)\]")
_NEXT = re.compile(rb"[ \t]+#")


def remove_code(found: Diagnostic, view: View) -> Fix | None:
    """Take a code out of a comment, and the comment away with its last one."""
    if found.span is None:
        return None
    start, end = view.offsets(found.span)
    first, behind = view.lines.position(found.span.line), view.lines.position(found.span.line + 1)
    data = view.lines.data
    for pragma in _PRAGMA.finditer(data, first, behind):
        low, high = pragma.span("codes")
        if low <= start and end <= high:
            break
    else:
        return None
    code = data[start:end].decode()
    if len(pragma["codes"].replace(b",", b" ").split()) > 1:
        start, end = _with_comma(data, (start, end), (low, high))
        return Fix(f"remove `{code}`", "machine-applicable", (view.between(start, end, ""),))
    content = len(data[first:behind].rstrip(b"\r\n"))
    following = _NEXT.search(data, pragma.end(), first + content)
    start, end = pragma.start(), first + content
    ahead = data[first:start]
    if following:
        end = following.end() - 1  # the next comment moves to where this one stood
    elif not ahead.strip():
        start, end = first, behind  # the line held nothing else
    else:
        start = first + len(ahead.rstrip(b" \t"))
    return Fix("remove the comment", "machine-applicable", (view.between(start, end, ""),))


def _with_comma(data: bytes, code: tuple[int, int], codes: tuple[int, int]) -> tuple[int, int]:
    """A code with what parts it from the next, or from the one before where it is the last."""
    start, end = code
    behind = re.compile(rb"[\s,]*").match(data, end, codes[1])
    if behind is not None and behind.end() < codes[1]:
        return start, behind.end()
    ahead = data[codes[0] : start]
    return codes[0] + len(ahead.rstrip(b" \t,")), end
