"""What users write and type checkers accept."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import NamedTuple, assert_type
from unittest.mock import MagicMock

from dagwright import Cache, RecoverableError, Resources, ValueCodec, map_task, task, workflow
from dagwright.testing import patch, task_mock


class Split(NamedTuple):
    low: float
    high: float


@task
def double(number: float) -> float:
    return 2 * number


@task(
    cache=Cache(version="1", ignored_inputs=("digits",)),
    retries=3,
    timeout=timedelta(minutes=5),
    requests=Resources(cpu="500m", mem="1Gi"),
    limits=Resources(cpu=1, mem="1Gi", gpu=1),
    container_image="python:3.12",
    environment={"MODE": "fast"},
    interruptible=True,
)
def describe(number: float, digits: int = 2) -> str:
    if digits < 0:
        raise RecoverableError("digits")
    return f"{number:.{digits}f}"


@task(cache=True, cache_version="1", timeout=60)
def split(number: float) -> Split:
    return Split(number / 2, number / 2)


@task
def notify(text: str) -> None:
    print(text)


@task
async def fetch(number: float) -> str:
    return str(number)


@task(retries=1)
async def push(text: str) -> None:
    print(text)


@workflow
def inner(number: float) -> tuple[str, float]:
    return describe(number=number), double(number)


@workflow
def outer(numbers: list[float], number: float = 1.5) -> list[str]:
    text, doubled = inner(number=number)
    low, _ = split(number=doubled)
    maps = map_task(double, concurrency=4)
    doubles = maps(number=numbers).with_overrides(requests=Resources(cpu=2), retries=2)
    texts = map_task(partial(describe, digits=1))(number=doubles)
    first = notify(text=text).with_overrides(node_name="first")
    first >> notify(text="second") >> notify(text="third")
    doubles >> first
    low >> first
    push(text=fetch(number=doubled)) >> first
    return texts


result: list[str] = outer(numbers=[1.0])
element: float = double(number=3)
assert_type(double(1.0), float)
assert_type(fetch(number=1.0), str)
assert_type(inner(1.0), tuple[str, float])
assert_type(split(number=1.0).low, float)
assert_type(list(map_task(double)(number=[1.0])), list[float])
assert_type(describe.__wrapped__(1.0, digits=3), str)

with task_mock(double) as mock:
    assert_type(mock, MagicMock)


@patch(fetch)
@patch(double)
def test_outer(mock_double: MagicMock, mock_fetch: MagicMock) -> None:
    mock_double.return_value = 2.0
    mock_fetch.side_effect = str


class Grid:
    cells: bytes = b""


class GridCodec:
    format = "grid/1"

    def encode(self, value: Grid) -> bytes:
        return value.cells

    def decode(self, content: bytes) -> Grid:
        made = Grid()
        made.cells = content
        return made


codec: ValueCodec[Grid] = GridCodec()
assert_type(codec.decode(b""), Grid)
