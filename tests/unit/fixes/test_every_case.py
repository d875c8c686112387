"""Fixing every golden case and every example of the pages: the file stays Python, what was fixed is gone, nothing new is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from golden_cases import Case, cases

from dagwright_compiler.config import load_settings
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.fixing import Fixed, fix_all
from dagwright_compiler.driver.reading import location_of, read_project
from dagwright_compiler.driver.reporting import checked
from dagwright_compiler.fixes.making import with_fixes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.diagnostics.model import Diagnostic
    from dagwright_compiler.driver.reading import Reading

CASES = [case for case in cases() if case.expected_findings()]
UNREAD = {code.id for code in (codes.INVALID_SYNTAX, codes.UNDECODABLE_SOURCE, codes.NESTED_TOO_DEEPLY)}


class Folder:
    """A case on the disk, as fixing wants it."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def read(self, unsaved: Mapping[str, bytes]) -> Reading:
        settings = load_settings(self._case.entry, environ={}, display_root=self._case.folder)
        return read_project([self._case.entry], settings, display_root=self._case.folder, unsaved=unsaved)

    def original(self, location: str) -> bytes:
        return Path(location).read_bytes()

    def find(self, reading: Reading) -> tuple[Diagnostic, ...]:
        check_all(reading, self._case.target)
        return checked(reading, reading.settings.check)


class Later(Folder):
    """The same folder after fixing."""

    def __init__(self, case: Case, done: Fixed) -> None:
        super().__init__(case)
        self._files = {change.location: change.after for change in done.changes}

    def read(self, unsaved: Mapping[str, bytes]) -> Reading:
        return super().read({**self._files, **unsaved})

    def original(self, location: str) -> bytes:
        return self._files[location] if location in self._files else super().original(location)


@pytest.mark.parametrize("unsafe", [False, True], ids=["certain", "guesses"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixing_ends_what_it_fixes_and_finds_nothing_new(case: Case, *, unsafe: bool) -> None:
    folder = Folder(case)
    before = folder.read({})
    found = with_fixes(folder.find(before), before.sources())
    done = fix_all(folder, folder.find, unsafe=unsafe)
    assert done.refused == ()
    assert bool(done.changes) == any(one.fix is not None and (unsafe or one.fix.is_certain) for one in found)
    had, has = (Counter((one.code.id, one.message) for one in some) for some in (found, done.found))
    for one in found:
        if one.fix is not None and (unsafe or one.fix.is_certain):
            key = (one.code.id, one.message)
            assert has[key] < had[key], f"{key} outlived its fix"
    assert {code for code, _ in has} <= {code for code, _ in had}
    assert all(one.code.id not in UNREAD or one.code.id in {code for code, _ in had} for one in done.found)
    again = Later(case, done)
    assert fix_all(again, again.find, unsafe=unsafe).changes == ()


def test_some_cases_are_fixed() -> None:
    fixed = [case for case in CASES if fix_all(folder := Folder(case), folder.find, unsafe=True).changes]
    assert len(fixed) > len(CASES) // 5


def test_a_location_is_what_reading_calls_a_file(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text("from dagwright import task\n")
    reading = read_project([tmp_path / "flow.py"], load_settings(tmp_path))
    assert [module.location for module in reading.elaborated.modules.values()] == [location_of(tmp_path / "flow.py")]
