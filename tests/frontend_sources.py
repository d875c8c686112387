"""Small sources through the front end, for its tests.

Expected findings stand on their lines: ``# E: DW304`` (several codes are separated by spaces).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.frontend.elaboration import Elaborated, elaborate
from dagwright_compiler.frontend.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dagwright_compiler.ir.program import TaskDef, Workflow

_MARK = re.compile(r"# E: ([DW0-9 ]+)")

TASKS = """\
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union
from dagwright import Resources, map_task, task, workflow


class Pair(NamedTuple):
    count: int
    label: str


@task
def number(x: int = 1) -> int:
    return x


@task
def half(x: float) -> float:
    return x / 2


@task
def text(s: str, times: int = 2) -> str:
    return s * times


@task
def numbers(n: int) -> List[int]:
    return list(range(n))


@task
def total(xs: List[float]) -> float:
    return sum(xs)


@task
def both(x: int) -> Tuple[int, str]:
    return x, str(x)


@task
def named(x: int) -> Pair:
    return Pair(x, str(x))


@task
def silent(x: int) -> None:
    print(x)


"""


class Front(NamedTuple):
    """What the front end makes of a source."""

    elaborated: Elaborated
    found: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        return [found.code.id for found in self.found]

    @property
    def only(self) -> Diagnostic:
        (found,) = self.found
        return found

    def task(self, name: str) -> TaskDef:
        return self.elaborated.library.tasks[name]

    def workflow(self, name: str = "flow.main") -> Workflow:
        return self.elaborated.library.workflows[name]


def front(source: str | bytes | Mapping[str, str | bytes], files: Sequence[str] | None = None) -> Front:
    """Elaborate one source (``flow.py``) or several by path."""
    sources = {"flow.py": source} if isinstance(source, str | bytes) else source
    collector = Collector()
    elaborated = elaborate(Project.from_sources(sources, files=files), collector)
    return Front(elaborated, collector.sorted())


def clean(source: str | Mapping[str, str | bytes], files: Sequence[str] | None = None) -> Front:
    """Elaborate a source that must have no findings."""
    result = front(source, files)
    assert [(found.code.id, found.message) for found in result.found] == []
    return result


def body(lines: str, signature: str = "def main(n: int = 3) -> None:") -> str:
    """A workflow with this body below ``TASKS``; lines are indented here."""
    indented = "\n".join(f"    {line}" for line in lines.strip("\n").splitlines())
    return f"{TASKS}@workflow\n{signature}\n{indented}\n"


def assert_marked(source: str) -> Front:
    """Check that the findings are exactly those that the source's marks say."""
    result = front(source)
    expected = [(number, code) for number, line in enumerate(source.splitlines(), 1) for code in _codes(line)]
    actual = [(found.span.line if found.span else 0, found.code.id) for found in result.found]
    assert sorted(actual) == sorted(expected), "\n".join(
        f"{found.code.id} {found.span} {found.message}" for found in result.found
    )
    return result


def _codes(line: str) -> list[str]:
    match = _MARK.search(line)
    return match.group(1).split() if match else []
