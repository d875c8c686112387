"""Forms of datetime and timedelta."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from dagwright.contract.literals import datetime_from_wire, datetime_to_wire, timedelta_from_wire, timedelta_to_wire
from dagwright.values.form import Form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.values.form import Blobs, Fetch, Json

_UTC = timezone.utc


class DatetimeForm(Form):
    """datetime: an instant. It arrives aware, in UTC; a naive one is read as UTC, as in flytekit."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            raise self.mismatch(value)
        if value != value:  # noqa: PLR0124 - pandas.NaT
            raise self.mismatch(value, help="it is no instant; where there may be none, annotate `datetime | None` and give None")
        if getattr(value, "nanosecond", 0):
            raise self.mismatch(value, help="a datetime has no nanoseconds; write ….floor('us')")
        try:
            aware = value.replace(tzinfo=_UTC) if value.tzinfo is None else value.astimezone(_UTC)
            return datetime(aware.year, aware.month, aware.day, aware.hour, aware.minute, aware.second, aware.microsecond, _UTC)
        except (OverflowError, ValueError):  # beyond year 1 or 9999 in UTC
            raise self.mismatch(value, help="no such instant in UTC") from None

    def exact(self, value: Any) -> bool:
        return type(value) is datetime

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return datetime_to_wire(value)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        try:
            return datetime_from_wire(data)
        except (ValueError, OverflowError):
            raise self.mismatch(data, help="write 2024-01-31T10:00:00+00:00") from None


class TimedeltaForm(Form):
    """timedelta."""

    __slots__ = ()

    def normalise(self, value: Any) -> Any:
        if not isinstance(value, timedelta):
            raise self.mismatch(value)
        if getattr(value, "nanoseconds", 0):
            raise self.mismatch(value, help="a timedelta has no nanoseconds; write ….floor('us')")
        return timedelta(value.days, value.seconds, value.microseconds)

    def exact(self, value: Any) -> bool:
        return type(value) is timedelta

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return timedelta_to_wire(value)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        try:
            return timedelta_from_wire(data)
        except (ValueError, OverflowError):
            raise self.mismatch(data, help="write PT90S, or a number of seconds") from None
