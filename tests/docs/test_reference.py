"""What is generated stands in the repository as it would be generated now."""

from __future__ import annotations

from pathlib import Path

from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.pages import GROUPS, markdown

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_reference_of_codes_is_fresh() -> None:
    written = (REFERENCE / "codes.md").read_text("utf-8")
    assert written == markdown(tuple(ALL.values())), (
        "run: dagwright explain DW --output-format markdown > docs/reference/codes.md"
    )


def test_every_code_stands_under_the_heading_of_its_group() -> None:
    assert [code for code in ALL if sum(code.startswith(start) for start in GROUPS) != 1] == []
