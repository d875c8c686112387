"""Everything that the README and the pages of docs show is executed: files are written, commands run, their output compared.

An HTML comment before a fenced block says what it is:

``<!-- file: NAME -->``     the block is written to NAME in a fresh folder (a ``...`` line is no wildcard here)
``<!-- shell -->``          lines that start with ``$ `` run in a shell there; the lines after each are its output
``<!-- excerpt: COMMAND -->``  the block stands in the output of COMMAND

In outputs a line ``...`` stands for any lines, and ``…`` for any text within a line. A block without a comment fails, so nothing
stands there unchecked; ``<!-- prose -->`` marks what cannot run here (a cluster, make itself) and is kept to that by review.
Generated pages stand in docs/reference: test_reference.py holds them to their sources, whose examples have tests of their own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- (?P<word>file|shell|excerpt|prose)(?:: (?P<rest>.+?))? -->\n)?^```[^\n]*\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def blocks(document: Path) -> list[tuple[str | None, str, str]]:
    return [(m["word"], m["rest"] or "", m["body"]) for m in BLOCK.finditer(document.read_text("utf-8"))]


def output_of(command: str, folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout


def pattern_of(expected: str) -> str:
    parts = []
    for line in expected.splitlines():
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r".*?".join(re.escape(piece) for piece in line.rstrip().split("…")) + r"[ ]*\n")
    return "".join(parts)


def assert_output(expected: str, command: str, folder: Path, *, whole: bool) -> None:
    printed = output_of(command, folder)
    pattern = pattern_of(expected)
    found = re.fullmatch(pattern, printed) if whole else re.search(r"(?m)^" + pattern, printed)
    assert found, f"$ {command}\nprinted\n{printed}\nbut the document says\n{expected}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_the_document_shows_is_what_happens(document, tmp_path):
    for word, rest, body in blocks(document):
        assert word is not None, f"a block of {document.name} says not what it is: {body[:80]}"
        if word == "file":
            (tmp_path / rest).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / rest).write_text(body, "utf-8")
        elif word == "excerpt":
            assert_output(body, rest, tmp_path, whole=False)
        elif word == "shell":
            for step in re.split(r"(?m)^\$ ", body)[1:]:
                command, _, expected = step.partition("\n")
                while command.endswith("\\"):
                    more, _, expected = expected.partition("\n")
                    command = f"{command[:-1]} {more.lstrip('> ')}"
                assert_output(expected, command, tmp_path, whole=True)


def test_the_readme_shows_something():
    assert {word for word, _, _ in blocks(DOCUMENTS[0])} >= {"file", "shell", "excerpt"}
