"""What is generated stands in the repository as it would be generated now."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import cli_reference
import msgspec
import settings_reference

from dagwright.authoring import keywords
from dagwright.contract import exits
from dagwright_argo.settings import ArgoSettings
from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.pages import GROUPS, markdown

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
GOLDENS = Path(__file__).parents[1] / "golden"
SOURCES = [path for folder in ("compiler", "targets", "runtime") for path in (REFERENCE.parents[1] / folder).rglob("*.py")]
VARIABLE = re.compile(r"(?:DAGWRIGHT|ARGO|FLYTE_SECRETS)_[A-Z_]+")


def test_the_reference_of_codes_is_fresh() -> None:
    written = (REFERENCE / "codes.md").read_text("utf-8")
    assert written == markdown(tuple(ALL.values())), (
        "run: dagwright explain DW --output-format markdown > docs/reference/codes.md"
    )


def test_every_code_stands_under_the_heading_of_its_group() -> None:
    assert [code for code in ALL if sum(code.startswith(start) for start in GROUPS) != 1] == []


def test_the_reference_of_settings_is_fresh() -> None:
    written = (REFERENCE / "settings.md").read_text("utf-8")
    assert written == settings_reference.text(), "run: python tests/settings_reference.py > docs/reference/settings.md"


def test_the_reference_of_the_command_line_is_fresh() -> None:
    written = (REFERENCE / "cli.md").read_text("utf-8")
    assert written == cli_reference.text(), "run: python tests/cli_reference.py > docs/reference/cli.md"


def test_every_variable_that_the_sources_name_has_a_line_and_no_other() -> None:
    named = {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value)
    }
    rows = [line.split("|")[1] for line in (REFERENCE / "variables.md").read_text("utf-8").splitlines() if line.startswith("|")]
    assert set(VARIABLE.findall(" ".join(rows))) == named


def test_every_ending_of_an_attempt_has_a_line() -> None:
    _, _, of_attempts = (REFERENCE / "exit-codes.md").read_text("utf-8").partition("## Of attempts")
    told = {
        int(number)
        for line in of_attempts.splitlines()
        if line.startswith("|")
        for number in re.findall(r"-?\d+", line.split("|")[1])
    }
    assert told == {exits.SUCCEEDED, *exits.RETRYABLE, *exits.FINAL, *exits.ORCHESTRATOR_RETRYABLE}


def test_every_keyword_has_a_line() -> None:
    page = (REFERENCE.parent / "keywords.md").read_text("utf-8")
    known = (
        keywords.TASK
        | keywords.TASK_UNSUPPORTED
        | keywords.WORKFLOW
        | keywords.WORKFLOW_UNSUPPORTED
        | keywords.MAP
        | keywords.MAP_UNSUPPORTED
    )
    assert sorted(word for word in known if not re.search(rf"`{word}\b", page)) == []


def test_every_setting_of_argo_is_in_a_golden() -> None:
    shown: set[str] = set()
    for path in GOLDENS.glob("*/*/input/pyproject.toml"):
        if path.parts[-4].endswith("errors"):
            continue
        table = tomllib.loads(path.read_text("utf-8"))["tool"]["dagwright"]
        tables = (table, *table.get("profiles", {}).values())
        shown |= {key for item in tables for key in (*item.get("argo", {}), *({"store"} & item.keys()))}
    assert sorted(field.name for field in msgspec.structs.fields(ArgoSettings) if field.name not in shown) == []
