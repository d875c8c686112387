"""The table of what may lose or hang a run names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS / "cluster" / "README.md"
_NAMED = re.compile(r"`((?:cluster|unit)/[\w/]+\.py)::(\w+)`")
_ROW = re.compile(r"(?m)^\| (?!what was seen)(?!---)(.*) \|$")


def test_every_row_is_shown_by_tests_that_exist() -> None:
    text = TABLE.read_text("utf-8")
    rows = [found[1] for found in _ROW.finditer(text)]
    assert len(rows) > 30
    for row in rows:
        named = _NAMED.findall(row.rpartition(" | ")[2])
        assert named, row
        for path, name in named:
            assert re.search(rf"(?m)^def {name}\(", (TESTS / path).read_text("utf-8")), f"{path}::{name}"
