"""Argo's own validators are asked of every manifest of ``BREAKS``: which of our rules they have too, and which only we hold."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from argo_breaks import BREAKS, changed, whole
from argo_linters import VERSIONS, linter


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A file for each; names must not repeat within one call of the validator."""
    valid, folder = whole(), tmp_path_factory.mktemp("breaks")
    found = []
    for number, row in enumerate(BREAKS):
        template, schedule = changed(valid, row.edits)
        reference = schedule["spec"]["workflowSpec"]["workflowTemplateRef"]
        for part in (template["metadata"], schedule["metadata"], reference):
            part["name"] = f"b{number}-{part['name']}"
        found.append(folder / f"{number}.yaml")
        found[-1].write_text("\n---\n".join(map(json.dumps, (template, schedule))), "utf-8")
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_validator_says_what_is_noted(version: str, files: list[Path]) -> None:
    rows = list(zip(BREAKS, files, strict=True))
    read = [path for row, path in rows if row.verdict != "unread"]
    said = run(version, *read).stdout
    for row, path in rows:
        verdict = "refused" if f"{path}: " in said else "taken" if path in read else "unread"
        said_by, _, only = row.verdict.partition(" by ")
        assert verdict == (said_by if only in ("", VERSIONS[version]) else "taken"), row


@pytest.mark.parametrize("version", VERSIONS)
def test_the_validator_cannot_read_quantities_of_other_forms(version: str, files: list[Path]) -> None:
    unread = [path for row, path in zip(BREAKS, files, strict=True) if row.verdict == "unread"]
    assert unread
    for path in unread:
        done = run(version, path)
        assert done.returncode == 2
        assert "quantities must match" in done.stderr


def run(version: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([linter(version), *map(str, paths)], capture_output=True, text=True, check=False)
