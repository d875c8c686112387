from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dagwright_compiler.cli.main import invoke

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
import os

from dagwright import task, workflow

REGION = os.environ["REGION"]
PARTS = os.environ["PARTS"]


@task
def load(region: str, part: int) -> int:
    return part


@workflow
def main() -> list[int]:
    return [load(region=REGION, part=part) for part in PARTS]
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.dagwright.set]\nREGION = "eu"\n', "utf-8")
    path = tmp_path / "flow.py"
    path.write_text(FLOW, "utf-8")
    return path


@pytest.mark.parametrize("name", ["PARTS", "flow.PARTS"])
def test_constants_come_from_settings_and_from_the_command_line(
    flow: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["check", str(flow)]) == 1
    assert invoke(["check", str(flow), "--set", f"{name}=[1, 2]"]) == 0
    capsys.readouterr()
    assert invoke(["compile", "-t", "ir", str(flow), "--set", f"{name}=[7]", "--set", "REGION=us"]) == 0
    printed = capsys.readouterr().out
    assert '"value": "us"' in printed
    assert '"value": 7' in printed


@pytest.mark.parametrize("text", ["PARTS", "=1", "1x=2", "a..b=1"])
def test_a_constant_without_a_name_is_wrong_usage(flow: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["check", str(flow), "--set", text]) == 2
    assert "has not the form NAME=VALUE" in capsys.readouterr().err
