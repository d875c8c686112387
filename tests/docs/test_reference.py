"""What is generated stands in the repository as it would be generated now."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from settings_reference import text

from dagwright_argo.settings import ArgoSettings
from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.pages import GROUPS, markdown

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
GOLDENS = Path(__file__).parents[1] / "golden"


def test_the_reference_of_codes_is_fresh() -> None:
    written = (REFERENCE / "codes.md").read_text("utf-8")
    assert written == markdown(tuple(ALL.values())), (
        "run: dagwright explain DW --output-format markdown > docs/reference/codes.md"
    )


def test_every_code_stands_under_the_heading_of_its_group() -> None:
    assert [code for code in ALL if sum(code.startswith(start) for start in GROUPS) != 1] == []


def test_the_reference_of_settings_is_fresh() -> None:
    written = (REFERENCE / "settings.md").read_text("utf-8")
    assert written == text(), "run: python tests/settings_reference.py > docs/reference/settings.md"


def test_every_setting_of_argo_is_in_a_golden() -> None:
    shown: set[str] = set()
    for path in GOLDENS.glob("*/*/input/pyproject.toml"):
        if path.parts[-4].endswith("errors"):
            continue
        table = tomllib.loads(path.read_text("utf-8"))["tool"]["dagwright"]
        tables = (table, *table.get("profiles", {}).values())
        shown |= {key for item in tables for key in (*item.get("argo", {}), *({"store"} & item.keys()))}
    assert sorted(field.name for field in msgspec.structs.fields(ArgoSettings) if field.name not in shown) == []
