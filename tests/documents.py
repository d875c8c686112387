"""Reads the README and the pages of docs as scripts: files are written, commands run, their output compared.

An HTML comment before a fenced block says what it is:

``<!-- file: NAME -->``     the block is written to NAME in a fresh folder (a ``...`` line is no wildcard here)
``<!-- shell -->``          lines that start with ``$ `` run in a shell there; the lines after each are its output
``<!-- cluster -->``        the same, on a live cluster alone (``tests/cluster/test_documents.py``)
``<!-- excerpt: COMMAND -->``  the block stands in the output of COMMAND

In outputs a line ``...`` stands for any lines, and ``…`` for any text within a line. ``<!-- prose -->`` marks what cannot run (make itself,
another's servers) and is kept to that by review.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(
    r"(?:<!-- (?P<word>file|shell|cluster|excerpt|prose)(?:: (?P<rest>.+?))? -->\n)?^```[^\n]*\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_NAMED = re.compile(r"(?m)^dagwright: (?P<name>\S+) submitted |^(?P<alone>[a-z0-9-]+-[a-z0-9]{6})$")
_TOLD = r"\d\d:\d\d:\d\d |dagwright: created ConfigMap "
_PROGRESS = rf"(?:(?:{_TOLD}).*\n)*"
_OF_THE_DAY = (
    (re.compile(r"\d\d:\d\d:\d\d"), r"\\d\\d:\\d\\d:\\d\\d"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "[0-9a-f]{12}"),
    (re.compile(r"(?:\d+\\ min\\ )?\b\d+\\ s\b"), r"(?:\\d+ min )?\\d+ s"),
    (re.compile(r"(?:\\ )+"), " +"),
)


class Block(NamedTuple):
    """A fenced block: what it is, the rest of the comment, and its text."""

    word: str | None
    rest: str
    body: str


def blocks(document: Path) -> list[Block]:
    """All fenced blocks of a page."""
    return [Block(m["word"], m["rest"] or "", m["body"]) for m in _BLOCK.finditer(document.read_text("utf-8"))]


def is_for_a_cluster(document: Path) -> bool:
    """Whether a page shows what only a cluster can show."""
    return any(block.word == "cluster" for block in blocks(document))


def steps(body: str) -> list[tuple[str, str]]:
    """Commands of a block with the output that it shows for each."""
    found = []
    for step in re.split(r"(?m)^\$ ", body)[1:]:
        command, _, expected = step.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = f"{command[:-1]} {more.lstrip('> ')}"
        found.append((command, expected))
    return found


class Session:
    """One page, played in a folder. Names of runs that the page shows become the names that the runs have."""

    def __init__(self, folder: Path, *, cluster: bool = False) -> None:
        self._folder = folder
        self._cluster = cluster
        self.names: dict[str, str] = {}

    def play(self, block: Block) -> None:
        """Do what a block says; an ``AssertionError`` tells what it showed instead."""
        if block.word == "file":
            path = self._folder / block.rest
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, "utf-8")
        elif block.word == "excerpt":
            self._compare(block.rest, block.body, whole=False)
        elif block.word == "shell" or (block.word == "cluster" and self._cluster):
            for command, expected in steps(block.body):
                self._compare(command, expected, whole=True)

    def _compare(self, command: str, expected: str, *, whole: bool) -> None:
        for shown, name in self.names.items():
            command = command.replace(shown, name)
        pattern, groups = self._pattern(expected)
        printed = self._output_of(command)
        found = re.fullmatch(pattern, printed) if whole else re.search(r"(?m)^" + pattern, printed)
        assert found, f"$ {command}\nprinted\n{printed}\nbut the document says\n{expected}"
        self.names |= {shown: found[group] for shown, group in groups.items()}

    def _pattern(self, expected: str) -> tuple[str, dict[str, str]]:
        """What output must fit, and the groups in it that are names of runs, by the names that the page shows."""
        if not self._cluster:
            return pattern_of(expected), {}
        pattern = as_on_a_cluster(expected)
        for shown, name in self.names.items():
            pattern = pattern.replace(re.escape(shown), re.escape(name))
        groups: dict[str, str] = {}
        for found in _NAMED.finditer(expected):
            shown = found["name"] or found["alone"]
            if shown not in self.names and shown not in groups:
                group = groups[shown] = f"run{len(groups)}"
                pattern = pattern.replace(re.escape(shown), rf"(?P<{group}>[a-z0-9-]+)", 1).replace(
                    re.escape(shown), rf"(?P={group})"
                )
        return pattern, groups

    def _output_of(self, command: str) -> str:
        """What a command prints on both its outputs, in the environment of a user of today."""
        kept = ("ARGO_",) if self._cluster else ()
        environment = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("DAGWRIGHT_", "ARGO_")) or name.startswith(kept)
        }
        environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "100"}
        return subprocess.run(
            command,
            shell=True,
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        ).stdout


def pattern_of(expected: str) -> str:
    """What output fits the text that a page shows."""
    parts = []
    for line in expected.splitlines():
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r".*?".join(re.escape(piece) for piece in line.rstrip().split("…")) + r"[ ]*\n")
    return "".join(parts)


def as_on_a_cluster(expected: str) -> str:
    """The same where times, durations and digests are those of the day, and progress is told as often as it happens to be seen."""
    lines: list[str] = []
    for line in expected.splitlines(keepends=True):
        if not re.match(_TOLD, line):
            pattern = pattern_of(line)
            for of_the_day, any_day in _OF_THE_DAY:
                pattern = of_the_day.sub(any_day, pattern)
            lines.append(pattern)
        elif lines[-1:] != [_PROGRESS]:
            lines.append(_PROGRESS)
    return "".join(lines)
