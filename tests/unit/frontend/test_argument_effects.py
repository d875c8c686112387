"""Constants that a function of the file changes are no constants; those that it only reads stay so."""

from __future__ import annotations

import pytest
from frontend_sources import front

FLOW = """\
from dagwright import task, workflow

SIZES = [1, 2]
TABLE = {"a": 1}
COUNT = 3


@task
def total(xs: list[int], table: dict[str, int], count: int) -> int:
    return sum(xs)


"""
MAIN = "\n\n@workflow\ndef main() -> int:\n    return total(xs=SIZES, table=TABLE, count=COUNT)\n"


def codes(text: str) -> list[str]:
    return [found.code.id for found in front(FLOW + text + MAIN).found]


@pytest.mark.parametrize(
    "text",
    [
        "def grow(items):\n    items.append(3)\n\n\ngrow(SIZES)\n",
        "def grow(items):\n    items[0] = 3\n\n\ngrow(items=SIZES)\n",
        "def grow(items):\n    items += [3]\n\n\nDONE = grow(SIZES)\n",
        "def grow(n, table):\n    del table['a']\n\n\ngrow(1, TABLE)\n",
        "def deep(items):\n    items.clear()\n\n\ndef grow(things):\n    deep(things)\n\n\ngrow(SIZES)\n",
        "def grow(items):\n    items.clear()\n\n\nif COUNT:\n    grow(SIZES)\n",
    ],
)
def test_what_a_called_function_changes_is_no_constant(text: str) -> None:
    assert codes(text) == ["DW204"]


@pytest.mark.parametrize(
    "text",
    [
        "def show(items):\n    print(items)\n\n\nshow(SIZES)\n",
        "def show(items):\n    items = sorted(items)\n    print(items[0])\n\n\nshow(SIZES)\n",
        "def count(n):\n    n += 1\n    return n\n\n\nNEXT = count(COUNT)\n",
        "def grow(items):\n    items.append(3)\n\n\ngrow([1])\n",
        "def grow(items):\n    items.append(3)\n",
        "def again(items):\n    again(items)\n\n\nagain(SIZES)\n",
        "print(SIZES)\n",
    ],
)
def test_what_is_only_read_stays_a_constant(text: str) -> None:
    assert codes(text) == []
