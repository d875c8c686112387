"""Holds every golden case to its expectations, byte for byte; ``pytest --update-golden`` rewrites them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from golden_cases import ALWAYS, INPUTS, OUTPUTS, REPORT, ROOT, Case, announced, cases, compiled, findings, report

CASES = list(cases())


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_finds_what_its_lines_announce(case: Case) -> None:
    expected = case.expected_findings()
    found = {announced(diagnostic): diagnostic.message for diagnostic in findings(case)}
    assert sorted(found) == sorted(expected), "\n" + report(case)
    for place, part in expected.items():
        assert part in found[place]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_compiles_to_its_files(case: Case, *, updating: bool) -> None:
    for name, form in OUTPUTS.items():
        path = case.folder / name
        if case.is_refused():
            assert not path.exists(), f"{case.name} expects errors, so {name} can never be written"
            text, _ = compiled(case, form)
            assert text == ""
        elif path.exists() or name in ALWAYS:
            text, _ = compiled(case, form)
            if updating:
                path.write_bytes(text.encode())
            assert path.exists(), f"{case.name} lacks {name}: run pytest --update-golden"
            assert path.read_bytes().decode() == text


@pytest.mark.parametrize("case", [case for case in CASES if (case.folder / REPORT).exists()], ids=lambda case: case.name)
def test_a_report_reads_as_pinned(case: Case, *, updating: bool) -> None:
    path = case.folder / REPORT
    if updating:
        path.write_bytes(report(case).encode())
    assert path.read_bytes().decode() == report(case)


def test_no_file_is_left_without_a_purpose() -> None:
    known = {*INPUTS, *OUTPUTS, REPORT}
    strangers = [path for case in CASES for path in case.folder.iterdir() if path.name not in known]
    strangers += [path for area in ROOT.iterdir() for path in ([area] if area.is_file() else area.iterdir()) if path.is_file()]
    assert strangers == []
    assert [case.name for case in CASES if not case.entry.is_file()] == []


def test_ci_never_rewrites() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--update-golden", "--collect-only", __file__],
        env={"CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "CI never rewrites" in ran.stderr
