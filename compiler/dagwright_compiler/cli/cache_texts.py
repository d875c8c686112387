"""How the commands of ``dagwright cache`` write sizes, times, ages and tables, and how they read ages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_UNITS = ("KiB", "MiB", "GiB", "TiB")
_AGE = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


class Age(click.ParamType[float]):
    """An option's value such as ``30d``, ``12h`` or ``0s``, as seconds."""

    name = "AGE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        if isinstance(value, float):
            return value
        found = _AGE.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is not an age; write a number and s, m, h, d or w, as in 30d", param, ctx)
        return float(found[1]) * _UNITS_S[found[2]]


def say(text: str) -> None:
    """Print lines about what stands in a store: a terminal shows what others wrote there, and obeys none of it."""
    if not text.replace("\n", "").isprintable():
        text = "".join(
            char if char == "\n" or char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
        )
    click.echo(text)


def size_text(count: int) -> str:
    """Write a number of bytes."""
    if count < 1024:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, len(_UNITS))
    return f"{count / 1024**power:.1f} {_UNITS[power - 1]}"


def age_text(seconds: float) -> str:
    """Write an age in the largest unit that divides it."""
    for unit, each in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= each and seconds % each == 0:
            return counted(int(seconds // each), unit)
    return counted(int(seconds), "second")


def time_text(written: float) -> str:
    """Write a time as clocks here show it, to the minute."""
    return f"{datetime.fromtimestamp(written, UTC).astimezone():%Y-%m-%d %H:%M}"


def time_data(written: float) -> str:
    """Write a time for machines: ISO 8601 in UTC."""
    return datetime.fromtimestamp(written, UTC).isoformat(timespec="seconds")


def counted(count: int, word: str) -> str:
    """Write a number of things."""
    return (
        f"{count} {word}"
        if count == 1
        else f"{count} {word[:-1]}ies"
        if word.endswith("y") and word != "day"
        else f"{count} {word}s"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> str:
    """Lay rows out under their heads; columns in ``right`` are flush on the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if name in right else cell.ljust(width) for name, cell, width in zip(head, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
