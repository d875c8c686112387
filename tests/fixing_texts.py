"""Texts through all passes of fixing, in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dagwright_compiler.config import Settings
from dagwright_compiler.diagnostics.selection import Selection
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.fixing import Fixed, fix_all
from dagwright_compiler.driver.reading import Reading, read_sources
from dagwright_compiler.driver.reporting import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.diagnostics.model import Diagnostic


class Texts:
    """Files in memory, as fixing wants them."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}

    def read(self, unsaved: Mapping[str, bytes]) -> Reading:
        return read_sources({**self._files, **unsaved}, Settings(root=Path.cwd()))

    def original(self, location: str) -> bytes:
        return self._files[location]


def find(reading: Reading) -> tuple[Diagnostic, ...]:
    check_all(reading)
    return checked(reading, Selection())


def fixed(files: Mapping[str, str | bytes], *, unsafe: bool = False) -> Fixed:
    return fix_all(Texts(files), find, unsafe=unsafe)


def fixed_bytes(data: str | bytes, *, unsafe: bool = False, name: str = "flow.py") -> bytes:
    """One file after fixing."""
    files = Texts({name: data})
    done = fix_all(files, find, unsafe=unsafe)
    assert done.refused == ()
    return done.changes[0].after if done.changes else files.original(name)


def fixed_text(text: str, *, unsafe: bool = False) -> str:
    return fixed_bytes(text, unsafe=unsafe).decode()
