"""Wire forms of scalars, shared by the compiler (literals in the program) and the runtime (values).

The wire is JSON read with the declared type at hand, so most values stand as themselves:

========================  =====================================================================================
bool, str, None           themselves
int                       a JSON number; from 2 ** 8192 on hexadecimal text ``"0x..."`` (Python limits long decimals)
float                     a JSON number, or the strings ``"nan"``, ``"inf"``, ``"-inf"``
bytes                     base64 text
datetime                  ISO 8601 in UTC: ``2024-01-31T10:00:00+00:00`` (naive values are read as UTC, as flytekit does)
timedelta                 ISO 8601 duration in days, seconds, microseconds: ``P1DT30.5S``
date, time, uuid          ISO 8601 text; the hexadecimal text with dashes
decimal, path             their texts; a path with ``/``
literal                   the value itself
list, tuple, vartuple     array
set, frozenset            array, its items in the order of their canonical texts
dict                      object when the key type is str, else an array of pairs
class                     dataclass, named tuple and typed dict: object by field; enum: the member's name
union with none only      null, or the other member's form
other union               ``{"$u": <text of the member's type>, "v": <its form>}``
ndarray, tensor, opaque   ``{"$blob": <sha256>, "size": n, "enc": "npy" | "safetensors" | "pickle"}``; of a registered codec with
                          ``"enc": "codec", "format": <its format>, "by": <distribution>``
table                     the same with ``"enc": "parquet"`` (or ``"pickle"`` and ``"of": <class>``), or ``{"uri": <text>}``
unknown                   scalars and arrays as themselves; objects as ``{"$d": [[key, value], ...]}``; other known
                          values as ``{"$u": type, "v": ...}``; anything else a pickled blob
========================  =====================================================================================
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone

_NONFINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


INT_LIMIT = 1 << 8192
"""From here on an int is text: newer Pythons refuse to read or write decimals of more than 4300 digits."""


def int_to_wire(value: int) -> int | str:
    """Write an int: all but enormous ones stay numbers."""
    return value if -INT_LIMIT < value < INT_LIMIT else hex(value)


def int_from_wire(data: object) -> int:
    """Read an int.

    Raises:
        ValueError: ``data`` is no int (a bool is none).
    """
    if type(data) is int:
        return data
    if type(data) is str and data.lstrip("-").startswith("0x"):
        value = int(data, 16)
        if abs(value) >= INT_LIMIT:
            return value
    raise ValueError(f"expected int, got {data!r}")


def float_to_wire(value: float) -> float | str:
    """Write a float: finite values stay numbers."""
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def float_from_wire(data: object) -> float:
    """Read a float; an int widens.

    Raises:
        ValueError: ``data`` is no number (a bool is none).
    """
    if type(data) is float:
        return data
    if type(data) is int:
        return float(data)
    if type(data) is str and data in _NONFINITE:
        return _NONFINITE[data]
    raise ValueError(f"expected float, got {data!r}")


def datetime_to_wire(value: datetime) -> str:
    """Write an instant in UTC; a naive value is read as UTC."""
    aware = value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).isoformat()


def datetime_from_wire(data: object) -> datetime:
    """Read an instant; it arrives aware, in UTC.

    Raises:
        ValueError: ``data`` is not ISO 8601 text.
    """
    if not isinstance(data, str):
        raise ValueError(f"expected datetime text, got {data!r}")
    value = datetime.fromisoformat(_as_isoformat_writes(data))
    return (value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def _as_isoformat_writes(text: str) -> str:
    """Bring ISO 8601 text to the one form that Python 3.9 reads, so that newer interpreters read no more than that.

    ``Z`` becomes an offset and a fraction gets six digits; a date stands alone or before a time with two digits a part.
    """
    date, time = text[:10], text[11:]
    at = max(time.find("+"), time.find("-"))
    time, offset = (time[:at], time[at:]) if at >= 0 else (time[:-1], "+00:00") if time[-1:] in ("Z", "z") else (time, "")
    time, point, fraction = time.partition(".")
    digits = f"{date[:4]}{date[5:7]}{date[8:]}{time.replace(':', '')}{fraction}{offset[1:].replace(':', '')}"
    shaped = (
        (len(date), date[4:5], date[7:8]) == (10, "-", "-")
        and (time[2:3] + time[5:6], len(time)) in (("", 0), ("", 2), (":", 5), ("::", 8))
        and (not point or (len(time) == 8 and 0 < len(fraction) <= 6))
        and (not offset or (len(offset) == 6 and offset[3] == ":" and time))
        and digits.isascii()
        and digits.isdigit()
    )
    if not shaped or (len(text) > 10) != bool(time):
        raise ValueError(f"not an ISO 8601 datetime: {text!r}")
    return f"{date}T{time}{point and '.' + fraction.ljust(6, '0')}{offset}" if time else date


def timedelta_to_wire(value: timedelta) -> str:
    """Write a duration exactly; negative ones carry the sign in front."""
    total = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    sign, total = ("-", -total) if total < 0 else ("", total)
    days, rest = divmod(total, 86_400_000_000)
    seconds, micros = divmod(rest, 1_000_000)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    return f"{sign}P{days}DT{seconds}{fraction}S"


def timedelta_from_wire(data: object) -> timedelta:
    """Read a duration: ISO 8601 (weeks, days, hours, minutes, seconds) or a number of seconds.

    Raises:
        ValueError: ``data`` is neither.
    """
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        return timedelta(seconds=data)
    if not isinstance(data, str):
        raise ValueError(f"expected duration text or seconds, got {data!r}")
    text = data.lstrip("+-")
    if not text.startswith("P") or len(text) < 3:
        raise ValueError(f"not an ISO 8601 duration: {data!r}")
    micros = 0
    day_part, _, time_part = text[1:].partition("T")
    for part, units in ((day_part, _DAY_UNITS), (time_part, _TIME_UNITS)):
        number = ""
        for char in part:
            if char in "0123456789.":
                number += char
            elif char in units and number:
                whole, _, fraction = number.partition(".")
                micros += int(whole or "0") * units[char]
                micros += int((fraction + "000000")[:6]) * units[char] // 1_000_000 if fraction else 0
                number = ""
            else:
                raise ValueError(f"not an ISO 8601 duration: {data!r}")
        if number:
            raise ValueError(f"not an ISO 8601 duration: {data!r}")
    return timedelta(microseconds=-micros if data.startswith("-") else micros)


_DAY_UNITS = {"W": 604_800_000_000, "D": 86_400_000_000}
_TIME_UNITS = {"H": 3_600_000_000, "M": 60_000_000, "S": 1_000_000}
