"""Every page's wrong example gives exactly its code, and every right one nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dagwright_compiler.config import load_settings
from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.diagnostics.explanations import (
    CONSOLE,
    DEFAULT_FILE,
    FOLDER,
    Block,
    UnknownCodeError,
    codes_of,
    explanation,
    parse,
)
from dagwright_compiler.diagnostics.model import InternalError
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.reading import read_project
from dagwright_compiler.driver.reporting import checked as reported

TARGETS = {"DW53": "argo", "DW54": "argo", "DW55": "batch"}
WITHOUT_EXAMPLE = {
    "DW103": "an expression of ten thousand operators",
    "DW534": "hundreds of inputs",
    "DW535": "hundreds of calls",
}
"""Codes that no text of reasonable size shows, and what it would take; golden cases and the targets' tests hold them."""
EXAMPLES = [(code.id, role) for code in ALL.values() if code.id not in WITHOUT_EXAMPLE for role in ("wrong", "right")]


@pytest.mark.parametrize(("code", "role"), EXAMPLES, ids=[f"{code}-{role}" for code, role in EXAMPLES])
def test_an_example_gives_its_code_or_nothing(code: str, role: str, tmp_path: Path) -> None:
    blocks = explanation(ALL[code]).example(role)  # type: ignore[arg-type]
    assert blocks
    for block in blocks:
        if block.name:
            (tmp_path / block.name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.name).write_text(block.text, encoding="utf-8")
    typed = [block.text for block in blocks if block.language == CONSOLE]
    found = typed_in(tmp_path, typed[0]) if typed else checked(tmp_path, TARGETS.get(code[:4]))
    assert found == ({code} if role == "wrong" else set())


def checked(folder: Path, target: str | None) -> set[str]:
    reading = read_project([folder], load_settings(folder, environ={}, display_root=folder), display_root=folder)
    check_all(reading, target)
    return {found.code.id for found in reported(reading, reading.settings.check)}


def typed_in(folder: Path, console: str) -> set[str]:
    lines = console.splitlines()
    assert all(line.startswith("$ ") for line in lines)
    ran = subprocess.run(
        " && ".join(line[2:] for line in lines),
        shell=True,
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    found = set(re.findall(r"^(?:error|warning)\[(DW\d{3})\]", ran.stdout, re.MULTILINE))
    assert bool(found) == bool(ran.returncode), ran.stdout
    return found


@pytest.mark.parametrize("code", ALL)
def test_a_page_says_what_why_and_what_to_do(code: str) -> None:
    page = explanation(ALL[code])
    assert len(page.text) > 100
    assert page.text.endswith(".")
    assert all(len(line) <= 160 for line in page.text.splitlines())
    assert bool(page.wrong) == bool(page.right) == (code not in WITHOUT_EXAMPLE)


def test_no_page_is_left_without_a_code() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{code}.md" for code in ALL)


def test_blocks_say_which_example_they_belong_to() -> None:
    page = "Text.\n\n```python both steps.py\na\n```\n\n```python wrong\nb\n```\n\n```console right\n$ c\n```\n"
    found = parse(ALL["DW101"], page)
    steps = Block("python", "steps.py", "a\n")
    assert found.text == "Text."
    assert found.wrong == (steps, Block("python", DEFAULT_FILE, "b\n"))
    assert found.right == (steps, Block(CONSOLE, "", "$ c\n"))


@pytest.mark.parametrize(
    "page", ["Text.\n\n```python\na\n```\n", "Text.\n\n```python wrong\na\n```\n\nMore.\n", "```python wrong\n"]
)
def test_a_page_of_another_form_is_a_bug_of_ours(page: str) -> None:
    with pytest.raises(InternalError):
        parse(ALL["DW101"], page)


def test_codes_are_found_by_id_and_by_beginning() -> None:
    assert [code.id for code in codes_of("dw304")] == ["DW304"]
    assert [code.id for code in codes_of(" dw 304 ")] == [code.id for code in codes_of("304")] == ["DW304"]
    assert {code.id[:3] for code in codes_of("DW3")} == {"DW3"}
    assert codes_of("DW") == tuple(ALL.values())
    with pytest.raises(UnknownCodeError) as failed:
        codes_of("DW314")
    assert failed.value.meant in ALL
    with pytest.raises(UnknownCodeError):
        codes_of("")
