"""What findings do to each other: a broken file hides none elsewhere, and one cause gives one finding."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from dagwright_compiler.config import load_settings
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.reading import read_project

HEAD = """\
from dataclasses import dataclass
from datetime import timedelta
from typing import List, NamedTuple
from dagwright import Cache, Resources, map_task, task, workflow

@dataclass
class Row:
    name: str
    size: int

@task
def number(x: int) -> int:
    return x

@task
def numbers(n: int) -> List[int]:
    return list(range(n))

@task
def text(s: str, times: int = 1) -> str:
    return s * times

@task
def row(name: str) -> Row:
    return Row(name, 1)

"""


class Cause(NamedTuple):
    """Code with one mistake that could be blamed in several places, and the finding that names it."""

    name: str
    code: str
    finding: str


CAUSES = [
    Cause("a misspelt task, its result used twice", "def w(n: int) -> int:\n    a = nubmer(x=n)\n    b = number(x=a)\n    return number(x=a)", "DW201"),
    Cause("a misspelt argument, which is also missing", "def w(n: int) -> int:\n    return number(y=n)", "DW402"),
    Cause("an argument of an unknown name", "def w(n: int) -> int:\n    return number(x=m)", "DW201"),
    Cause("an annotation that names nothing", "def w(n: Nmber) -> int:\n    a = number(x=n)\n    return number(x=a)", "DW201"),
    Cause("an attribute that is not there, passed on", "def w(n: str) -> str:\n    a = row(name=n).nam\n    return text(s=text(s=a))", "DW312"),
    Cause("an f-string over a result, passed on", "def w(n: int) -> str:\n    a = f'{number(x=n)}'\n    return text(s=text(s=a))", "DW408"),
    Cause("arithmetic over a result, passed on", "def w(n: int) -> int:\n    a = number(x=n) + 1\n    return number(x=a)", "DW408"),
    Cause("a branch whose variable is returned", "def w(n: int) -> int:\n    if n:\n        a = number(x=n)\n    else:\n        a = 1\n    return number(x=a)", "DW406"),
    Cause("a loop whose variables are used after it", "def w(n: int) -> int:\n    while n:\n        a = number(x=n)\n    return number(x=a)", "DW406"),
    Cause("too few names for the values of a call", "def w(n: int) -> int:\n    a, b = row(name='x')\n    return number(x=a)", "DW405"),
    Cause("a map of nothing known", "def w(n: int) -> List[int]:\n    return map_task(nmuber)(x=numbers(n=n))", "DW201"),
    Cause("a map over a number, its result unpacked", "def w(n: int) -> int:\n    a = map_task(number)(x=n)\n    return number(x=a[0])", "DW308"),
    Cause("a constant from the environment", "def w(n: int) -> str:\n    return text(s=LATE)", "DW410"),
    Cause("a wrong override, its call used", "def w(n: int) -> int:\n    return number(x=number(x=n).with_overrides(retires=3))", "DW501"),
    Cause("a wrong type, used twice", "def w(n: int) -> str:\n    a = text(s=n)\n    return text(s=a)", "DW304"),
]  # fmt: skip


def _check(folder: Path, **sources: str | bytes) -> list[tuple[str, int, str]]:
    for name, text in sources.items():
        (folder / f"{name}.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = read_project(sorted(folder.glob("*.py")), load_settings(folder))
    check_all(reading, None)
    return [
        (Path(found.span.path).stem, found.span.line, found.code.id)
        for found in reading.diagnostics.sorted()
        if found.span is not None
    ]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name.replace(" ", "-"))
def test_one_cause_gives_one_finding(tmp_path: Path, cause: Cause) -> None:
    late = "import os\nLATE = os.environ['LATE']\n\n" if "LATE" in cause.code else ""
    found = _check(tmp_path, flow=HEAD + late + "@workflow\n" + cause.code + "\n")
    assert [code for _, _, code in found if code != "DW493"] == [cause.finding]


def test_broken_files_hide_nothing_in_others(tmp_path: Path) -> None:
    wrong = HEAD + "@workflow\ndef {0}(n: int) -> str:\n    return text(s=n)\n"
    line = wrong.count("\n")
    found = _check(
        tmp_path,
        first=wrong.format("first"),
        broken=HEAD + "@workflow\ndef broken(n: int) -> str:\n    return text(s=n\n",
        garbled=b"# -*- coding: utf-8 -*-\nNAME = '\xff\xfe'\n",
        imports=HEAD + "from broken import broken\nfrom nowhere_in_here import thing\nfrom first import frist\n"
        "@workflow\ndef imports(n: int) -> str:\n    return frist(n=n)\n",
        last=wrong.format("last"),
    )  # fmt: skip
    assert [entry for entry in found if entry[0] in ("first", "last")] == [("first", line, "DW304"), ("last", line, "DW304")]
    assert {code for file, _, code in found if file == "broken"} == {"DW101"}
    assert {code for file, _, code in found if file == "garbled"} == {"DW102"}
    assert {code for file, _, code in found if file == "imports"} == {"DW202"}
