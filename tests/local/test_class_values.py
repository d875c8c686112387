"""Values of the project's classes between tasks: generic ones, constants that leave defaults to their class, and those of any type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from __future__ import annotations

import http
import os
import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Dict, Generic, List, NamedTuple, Optional, Tuple, TypedDict, TypeVar

from dagwright import map_task, task, workflow

T = TypeVar("T")
K = TypeVar("K")


class Color(Enum):
    RED = 1


@dataclass
class Box(Generic[T]):
    item: T
    others: List[T] = field(default_factory=list)


@dataclass
class Keyed(Generic[K, T]):
    key: K
    box: Box[T]


@dataclass
class Named(Keyed[str, int]):
    note: str = "n"


Labels = Dict[str, T]
Options = TypedDict("Options", {"box": "Box[int]", "not-a-name": Optional[int]}, total=False)


def secret_number() -> int:
    return int(os.environ.get("UNKNOWN_TO_COMPILING", "7"))


@dataclass
class Inner:
    status: int = int(http.HTTPStatus.OK)


@dataclass
class Settings:
    number: int = field(default_factory=secret_number)
    epochs: int = 10
    inner: Inner = field(default_factory=Inner)


SETTINGS = Settings(epochs=3)


@task
def box(n: int) -> Box[int]:
    return Box(n, [n])


@task
def widened(box: Box[float], anything: Box) -> str:
    return f"{box} {anything}"


@task
def named(n: int) -> Named:
    return Named("k", Box(n), "x")


@task
def opened(options: Options, labels: Labels[float]) -> str:
    return f"{options} {labels}"


@workflow
def generic(n: int = 2) -> Tuple[str, int, str]:
    made = box(n=n)
    return (
        widened(box=made, anything=Box("text")),
        named(n=n).box.item,
        opened(options={"box": made, "not-a-name": None}, labels={"a": made.item}),
    )


@task(cache=True, cache_version="1")
def use(settings: Settings = Settings(epochs=4)) -> str:
    return f"{settings.number} {settings.epochs} {settings.inner.status}"


@workflow
def below(settings: Settings = Settings(epochs=5)) -> str:
    return use(settings=settings)


@workflow
def defaults(settings: Settings = Settings(epochs=2), n: int = 6) -> Tuple[str, str, str, str, List[str], int]:
    return (
        use(settings=settings),
        use(settings=SETTINGS),
        use(),
        below(),
        map_task(use)(settings=[SETTINGS, Settings(epochs=n)]),
        settings.inner.status,
    )


def absent() -> int:
    raise ValueError("no number today")


def wrong() -> Any:
    return "seven"


@dataclass
class Absent:
    number: int = field(default_factory=absent)


@dataclass
class Wrong:
    number: int = field(default_factory=wrong)


@task
def use_absent(value: Absent) -> int:
    return value.number


@task
def use_wrong(value: Wrong) -> int:
    return value.number


@workflow
def without() -> int:
    return use_absent(value=Absent())


@workflow
def unfit(value: Wrong = Wrong()) -> int:
    return use_wrong(value=value)


@task
def give() -> Any:
    return [Color.RED, Inner(1), date(2024, 1, 31), Decimal("1.50"), Path("a/b"), {1}, uuid.UUID(int=1)]


@task(cache=True, cache_version="1")
def take(value: Any) -> str:
    return repr(value)


@workflow
def anything() -> Tuple[str, str]:
    given = [Color.RED, Inner(1), date(2024, 1, 31), Decimal("1.50"), Path("a/b"), {1}, uuid.UUID(int=1)]
    return take(value=give()), take(value=given)
"""
GENERIC = (
    "Box(item=2.0, others=[2.0]) Box(item='text', others=[])",
    2,
    "{'box': Box(item=2, others=[2]), 'not-a-name': None} {'a': 2.0}",
)
DEFAULTS = ("7 2 200", "7 3 200", "7 4 200", "7 5 200", ["7 3 200", "7 6 200"], 200)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"), FLOW)


def _shown(way: str, values: tuple[object, ...]) -> str:
    return repr(values) if way == "script" else json.dumps(list(values))


@pytest.mark.parametrize("way", WAYS)
def test_instances_of_generic_classes_arrive_under_their_arguments(project: Path, way: str) -> None:
    done = execute(project, way, "generic")
    assert (done.returncode, "".join(done.stdout.split())) == (0, "".join(_shown(way, GENERIC).split())), done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_class_fills_in_the_defaults_that_only_it_knows(project: Path, way: str) -> None:
    done = execute(project, way, "defaults")
    assert (done.returncode, "".join(done.stdout.split())) == (0, "".join(_shown(way, DEFAULTS).split())), done.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_constant_of_any_type_is_the_value_that_a_task_gives(project: Path, way: str) -> None:
    done = execute(project, way, "anything")
    text = "[<Color.RED: 1>, Inner(status=1), datetime.date(2024, 1, 31), Decimal('1.50'), PosixPath('a/b'), {1}, UUID('00000000-0000-0000-0000-000000000001')]"
    assert (done.returncode, done.stdout.count(text)) == (0, 2), done.stderr


def test_another_default_of_a_class_is_another_key(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNKNOWN_TO_COMPILING", "8")
    done = execute(project, "run", "defaults")
    assert (done.returncode, "".join(done.stdout.split())) == (0, "".join(_shown("run", DEFAULTS).replace("7 ", "8 ").split()))


@pytest.mark.parametrize("way", WAYS)
def test_a_default_that_a_class_cannot_give_is_told_as_its_own(project: Path, way: str) -> None:
    done = execute(project, way, "without")
    told = "got a default of 'number' that raises ValueError: no number today"
    assert (done.returncode != 0, told in done.stdout + done.stderr, "internal" in done.stderr) == (True, True, False), (
        done.stderr
    )
    done = execute(project, way, "unfit")
    assert done.returncode != 0
    assert "expected int, got str 'seven' at .number" in done.stdout + done.stderr
