"""What a mistake makes unreadable gives no findings of its own where it is used."""

from __future__ import annotations

import pytest
from frontend_sources import front

CLASS = """\
from dataclasses import dataclass
from dagwright import map_task, task, workflow


@dataclass
class Size:
    width: int


"""
BODY = """\
@task
def area(size: {size}, scale: int = 1) -> {result}:
    ...


@task
def show(area: int) -> None:
    ...


@workflow
def main(size: {size}) -> None:
    found = area(size=size)
    show(area=found.width)
    first, second = area(size=Size(width=2))
    show(area=first)
    show(area=size.width)
    area(size=[size.width, Size(width=1)]) >> map_task(show)(area=found)
"""


@pytest.mark.parametrize(
    ("size", "code"),
    [("Sise", "DW201"), ("print()", "DW302"), ("'Size['", "DW302"), ("list[Size, int]", "DW302")],
)
def test_an_annotation_that_cannot_be_read_is_the_finding(size: str, code: str) -> None:
    result = front(CLASS + BODY.format(size=size, result=size))
    assert {found.code.id for found in result.found} == {code}
    assert {found.span.line for found in result.found if found.span} == {11, 21}


def test_a_missing_annotation_is_the_finding() -> None:
    source = CLASS + BODY.format(size="Size", result="'Size['").replace("area(size: Size,", "area(size,")
    assert [found.code.id for found in front(source).found] == ["DW301", "DW302"]


def test_a_default_that_does_not_fit_is_the_finding() -> None:
    source = CLASS + BODY.format(size="Size", result="Sise").replace("scale: int = 1", "scale: Size = 'x'")
    source = source.replace("[size.width, Size(width=1)]", "size")
    assert [found.code.id for found in front(source).found] == ["DW306", "DW201"]


def test_a_class_of_a_broken_file_is_no_finding_elsewhere() -> None:
    flow = "from dagwright import map_task, task, workflow\nfrom sizes import Size\n\n\n" + BODY.format(
        size="Size", result="Size"
    )
    result = front({"flow.py": flow, "sizes.py": "class Size\n"})
    assert [(found.code.id, found.span.path if found.span else "") for found in result.found] == [("DW101", "sizes.py")]


def test_what_is_any_on_purpose_has_no_parts() -> None:
    flow = "from typing import Any\nfrom dagwright import task, workflow\n@task\ndef show(x: Any) -> None: ...\n@workflow\ndef main(x: Any) -> None:\n    show(x=x.part)\n"
    assert front(flow).codes == ["DW312"]


def test_an_import_that_fails_is_found_though_a_star_gives_its_name() -> None:
    sources = {
        "pkg/__init__.py": "",
        "pkg/constants.py": "SIZE = 3\n",
        "pkg/flow.py": "from .constatns import SIZE\nfrom .constants import *\n",
    }
    result = front(sources)
    assert [(found.code.id, found.span.line if found.span else 0) for found in result.found] == [("DW202", 1)]
