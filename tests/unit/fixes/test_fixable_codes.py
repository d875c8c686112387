from __future__ import annotations

import pytest
from golden_cases import cases, findings, read

from dagwright_compiler.diagnostics.fixable import FIXABLE, fix_line
from dagwright_compiler.fixes.making import FIXERS, with_fixes

RENAMED = {"DW201", "DW202", "DW312", "DW402"}
"""Codes whose only fixes are other names."""


def test_pages_name_the_codes_that_have_fixers() -> None:
    assert FIXABLE.keys() == FIXERS.keys() | RENAMED


@pytest.mark.parametrize("code", sorted(FIXABLE))
def test_a_page_says_which_flags_a_fix_takes(code: str) -> None:
    assert ("--unsafe-fixes` " in fix_line(code)) == (FIXABLE[code][0] == "maybe-incorrect")


def test_every_fix_of_a_golden_case_is_on_its_page() -> None:
    seen = set()
    for case in cases():
        if case.expected_findings():
            seen |= {found.code.id for found in with_fixes(findings(case), read(case).sources()) if found.fix is not None}
    assert seen <= FIXABLE.keys()
    assert len(seen) > len(FIXABLE) // 2
