"""Forms of date, time, Decimal, UUID and Path: values that a text says exactly."""

from __future__ import annotations

from dagwright.values.form import Form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.values.form import Blobs, Fetch, Json


class _TextForm(Form):
    """A value that its own text gives back."""

    __slots__ = ()

    def _read(self, text: str) -> Any:
        """Read a text; raises ``ValueError`` where it is none."""
        raise NotImplementedError

    def _plain(self, value: Any) -> Any:
        """The value as its class makes it, of a subclass too; ``None`` where it is something else."""
        raise NotImplementedError

    def _write(self, value: Any) -> str:
        return str(value)

    def normalise(self, value: Any) -> Any:
        plain = self._plain(value)
        if plain is None:
            raise self.mismatch(value)
        return plain

    def exact(self, value: Any) -> bool:
        plain = self._plain(value)
        return plain is not None and type(value) is type(plain)

    def encode(self, value: Any, blobs: Blobs) -> Json:
        return self._write(value)

    def decode(self, data: Json, fetch: Fetch) -> Any:
        if type(data) is str:
            try:
                value = self._read(data)
            except (ValueError, ArithmeticError):
                pass
            else:
                if self._write(value) == data:  # readers take more than one spelling, keys must not
                    return value
        raise self.mismatch(data)

    def from_user(self, data: Json) -> Any:
        if type(data) is str:
            try:
                return self._read(data)
            except (ValueError, ArithmeticError):
                pass
        raise self.mismatch(data)


class DateForm(_TextForm):
    """date, and no datetime: which day an instant is on depends on where."""

    __slots__ = ()

    def _read(self, text: str) -> Any:
        from datetime import date

        return date(int(text[:4]), int(text[5:7]), int(text[8:])) if len(text) == 10 else date.fromisoformat(text)

    def _plain(self, value: Any) -> Any:
        from datetime import date, datetime

        if not isinstance(value, date) or isinstance(value, datetime):
            return None
        return date(value.year, value.month, value.day)

    def _write(self, value: Any) -> str:
        return str(value.isoformat())


class TimeForm(_TextForm):
    """time, naive or with a fixed offset, which is kept."""

    __slots__ = ()

    def _read(self, text: str) -> Any:
        from datetime import time

        return time.fromisoformat(text)

    def _plain(self, value: Any) -> Any:
        from datetime import time, timezone

        if not isinstance(value, time):
            return None
        offset = value.utcoffset()
        if value.tzinfo is not None and (offset is None or offset.microseconds):
            return None  # a zone whose offset depends on the day, or one that Python itself does not read back
        zone = None if offset is None else timezone(offset)
        return time(value.hour, value.minute, value.second, value.microsecond, zone)

    def _write(self, value: Any) -> str:
        return str(value.isoformat())


class DecimalForm(_TextForm):
    """Decimal, its trailing zeros kept."""

    __slots__ = ()

    def _read(self, text: str) -> Any:
        from decimal import Decimal

        return Decimal(text)

    def _plain(self, value: Any) -> Any:
        from decimal import Decimal

        return Decimal(value) if isinstance(value, Decimal) else None

    def from_user(self, data: Json) -> Any:
        return super().from_user(str(data) if type(data) is int else data)


class UuidForm(_TextForm):
    """UUID."""

    __slots__ = ()

    def _read(self, text: str) -> Any:
        from uuid import UUID

        return UUID(text)

    def _plain(self, value: Any) -> Any:
        from uuid import UUID

        return UUID(int=value.int) if isinstance(value, UUID) else None


class PathForm(_TextForm):
    """Path: the text of a path. The file itself does not travel."""

    __slots__ = ()

    def _read(self, text: str) -> Any:
        from pathlib import Path

        if "\0" in text:
            raise ValueError(text)
        return Path(text)

    def _plain(self, value: Any) -> Any:
        from pathlib import Path, PurePath

        return Path(str(value)) if isinstance(value, PurePath) else None

    def _write(self, value: Any) -> str:
        return str(value.as_posix())


FORMS = {"date": DateForm, "time": TimeForm, "decimal": DecimalForm, "uuid": UuidForm, "path": PathForm}
