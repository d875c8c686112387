"""Which codes have a fix: what pages say, and what a test holds the table of fixers to.

Where a fix is listed, some findings of the code have it; whether a single one does depends on how its source is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Applicability

FIXABLE: dict[str, tuple[Applicability, str]] = {
    codes.UNRESOLVED_NAME.id: ("machine-applicable", "writes the only name that is near, or imports a well-known one"),
    codes.UNRESOLVED_IMPORT.id: ("machine-applicable", "writes the only name that is near, also where the file uses it"),
    codes.MISSING_ANNOTATION.id: ("maybe-incorrect", "takes the type of the default"),
    codes.EDGE_MISMATCH.id: ("machine-applicable", "writes a list for a tuple"),
    codes.CONSTANT_MISMATCH.id: ("machine-applicable", "writes a list for a tuple; with --unsafe-fixes adds or removes quotes"),
    codes.DEFAULT_MISMATCH.id: ("maybe-incorrect", "adds or removes quotes, or writes `Optional[...]` for a default of `None`"),
    codes.RETURN_MISMATCH.id: ("machine-applicable", "writes a list for a tuple; with --unsafe-fixes adds or removes quotes"),
    codes.UNKNOWN_PART.id: ("machine-applicable", "writes the only field that is near"),
    codes.UNKNOWN_ARGUMENT.id: ("machine-applicable", "writes the only input that is near"),
    codes.REPEATED_ARGUMENT.id: ("maybe-incorrect", "removes the argument that repeats another's text"),
    codes.DROPPED_PRINT.id: ("machine-applicable", "removes the `print`; with --unsafe-fixes also one that calls something"),
    codes.NOT_STATIC.id: ("maybe-incorrect", "writes the default of `os.getenv(NAME, DEFAULT)` in its place"),
    codes.WRONG_MAP.id: ("maybe-incorrect", "writes `map_task(f)(...)` for `map_task(f(...))`"),
    codes.UNREACHABLE_CODE.id: ("maybe-incorrect", "removes the statements"),
    codes.UNKNOWN_OPTION.id: (
        "machine-applicable",
        "writes the only keyword that is near; with --unsafe-fixes `container_image` for `image`",
    ),
    codes.UNSUPPORTED_OPTION.id: ("maybe-incorrect", "leaves the keyword out"),
    codes.WRONG_OPTION.id: (
        "machine-applicable",
        "writes text for numbers, numbers for text, `timedelta(seconds=...)` and `Resources(...)` where they are meant; with --unsafe-fixes `Secret(...)`",
    ),
    codes.INVALID_QUANTITY.id: ("machine-applicable", "writes the quantity that is meant"),
    codes.LIMIT_BELOW_REQUEST.id: ("maybe-incorrect", "raises the limit to the request"),
    codes.RETRIES_OUT_OF_RANGE.id: ("maybe-incorrect", "writes the nearest number that is allowed"),
    codes.INVALID_TIMEOUT.id: ("maybe-incorrect", "leaves the keyword out"),
    codes.CACHE_WITHOUT_VERSION.id: ("maybe-incorrect", 'adds `cache_version="1"`'),
    codes.INCONSISTENT_CACHE.id: (
        "machine-applicable",
        "writes the only input that is near; with --unsafe-fixes adds `cache=True`",
    ),
    codes.WRONG_PRAGMA.id: ("machine-applicable", "writes the only word or code that is near"),
    codes.UNUSED_PRAGMA.id: ("machine-applicable", "removes the code, or the comment with its last one"),
}
"""Code -> what it takes to apply the fix, and what the fix does."""


def fix_line(code: str) -> str:
    """What a page says of fixes; empty for codes without one."""
    if code not in FIXABLE:
        return ""
    applicability, does = FIXABLE[code]
    flags = "--fix" if applicability == "machine-applicable" else "--fix --unsafe-fixes"
    return f"`check {flags}` {does}."
