"""When workflows run by themselves: what Argo's controller takes as a schedule, and what it would only refuse when it reads one.

The grammar is the one of Argo's own parser (robfig/cron, five fields and descriptors), not that of other crons: Sunday is 0 and never 7, and there is no
``L`` or ``#``. A test holds it to that parser.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dagwright_argo.settings import ScheduleSetting

MAX_NAME = 52
"""Longest name of a CronWorkflow: its workflows get the time behind it."""
_MOST = 2**31 - 1
"""What Argo reads into 32 bits."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = re.compile(r"@every (?=[0-9])((?P<h>[0-9]{1,6})h)?((?P<m>[0-9]{1,6})m)?((?P<s>[0-9]{1,6})s)?")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LETTERS = re.compile("[A-Za-z]+")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_ZONE = re.compile(r"[A-Za-z][-+_A-Za-z0-9]*(/[A-Za-z][-+_A-Za-z0-9]*)*")


def schedule_problems(schedules: Mapping[str, ScheduleSetting]) -> Iterator[tuple[str, str, str]]:
    """Check schedules by themselves: whom each is for, only lowering knows.

    Yields:
        The schedule's name, what is wrong, and what to write instead.
    """
    for name, schedule in schedules.items():
        where = f"the schedule {name!r}"
        if not _NAME.fullmatch(name):
            yield name, f"{where} has a name that Kubernetes does not take", "use lower-case letters, digits and -"
        if not schedule.cron:
            yield name, f"{where} never runs: its list cron is empty", 'write for instance cron = ["0 3 * * *"]'
        for text in schedule.cron:
            wrong = cron_problem(text)
            if wrong:
                yield (
                    name,
                    f"{where}: {wrong}",
                    "write minute, hour, day of the month, month and day of the week, as in 30 3 * * MON-FRI",
                )
        if not is_zone(schedule.timezone):
            yield (
                name,
                f"{where} has the timezone {schedule.timezone!r}, which is none",
                "write for instance Europe/Berlin or UTC",
            )
        for setting in ("starting_deadline_s", "successful_history", "failed_history"):
            if not 0 <= getattr(schedule, setting) <= _MOST:
                yield name, f"{where} has {setting} = {getattr(schedule, setting)}, not 0 to {_MOST}", ""


def cron_problem(text: str) -> str:
    """Say what is wrong with a schedule as Argo reads it; empty if it can be used."""
    if text.startswith("@"):
        every = _EVERY.fullmatch(text)
        if every is None:
            return "" if text in _DESCRIPTORS else f"{text!r} is none of {', '.join(_DESCRIPTORS)}, @every 1h30m"
        return "" if any(int(part or 0) for part in every.groupdict().values()) else f"{text!r} has no length"
    words = text.split()
    if len(words) != len(_FIELDS):
        return f"{text!r} has {len(words)} fields, not 5"
    found: list[frozenset[int]] = []
    for word, (what, low, high, names) in zip(words, _FIELDS, strict=True):
        values = _values(word, low, high, names)
        if values is None:
            return f"{word!r} of {text!r} is no {what} from {names[0].upper() if names else low} to {names[-1].upper() if names else high}"
        found.append(values)
    _, _, days, months, _ = found
    any_day = words[4] in ("*", "?")
    if any_day and all(min(days) > _LONGEST[month - 1] for month in months):
        return f"{text!r} never comes: no such day is in any of its months"
    return ""


def cron_text(text: str) -> str:
    """Write a schedule with which nothing is wrong as every API server takes it: the full CRDs of Argo 4 know no names (``MON``), though its parser does."""
    if text.startswith("@"):
        return text
    return " ".join(_in_numbers(word, low, names) for word, (_, low, _, names) in zip(text.split(), _FIELDS, strict=True))


def _in_numbers(word: str, low: int, names: tuple[str, ...]) -> str:
    return _LETTERS.sub(lambda name: str(names.index(name[0].lower()) + low), word)


def _values(field: str, low: int, high: int, names: tuple[str, ...]) -> frozenset[int] | None:
    """What a field stands for; ``None`` if it is none."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        first_text, hyphen, last_text = span.partition("-")
        step = _number(step_text, ()) if slash else 1
        if span in ("*", "?"):
            first, last = low, high
        else:
            first_number = _number(first_text, names, low)
            last_number = _number(last_text, names, low) if hyphen else (high if slash else first_number)
            if first_number is None or last_number is None:
                return None
            first, last = first_number, last_number
        if not step or not low <= first <= last <= high:
            return None
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...], low: int = 0) -> int | None:
    if text.lower() in names:
        return names.index(text.lower()) + low
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def is_zone(name: str) -> bool:
    """Whether a timezone is one: by its name, and by this machine's table of them where it has one."""
    if name == "UTC":
        return True  # what nearly every compilation asks: the table is slow to import
    if not _ZONE.fullmatch(name):
        return False
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Europe/Berlin")
    except ZoneInfoNotFoundError:
        return True
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return False
    return True
