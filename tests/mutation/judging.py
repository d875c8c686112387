"""What ``check`` finds in a project in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mutation.vocabulary import GIVEN

from dagwright_compiler.config import Settings
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.reading import Reading, read_sources
from dagwright_compiler.driver.reporting import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


_BATCH = {
    "execution_role_arn": "arn:aws:iam::123456789012:role/reader",
    "secrets": {"vault.token": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token"},
}
SETTINGS = Settings(root=Path("/project"), constants=GIVEN, targets={"batch": _BATCH})
"""Settings of every generated project."""


class Found(NamedTuple):
    """One finding; line 0 stands for no place."""

    path: str
    line: int
    code: str


def judged(sources: Mapping[str, str]) -> tuple[list[Found], Reading]:
    """Findings in reading order."""
    reading = read_sources(sources, SETTINGS)
    check_all(reading)
    found = checked(reading, reading.settings.check)
    return [
        Found(each.span.path if each.span else "", each.span.line if each.span else 0, each.code.id) for each in found
    ], reading
