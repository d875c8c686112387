"""Models of pydantic and mixins that write JSON between tasks, on every way of running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import STAND_IN, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Dict, List, Literal, Optional, Set, Tuple, Union

import numpy as np
import pydantic.v1
from dataclasses_json import DataClassJsonMixin, dataclass_json
from flytekit import map_task, task, workflow
from mashumaro.mixins.json import DataClassJSONMixin
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, field_validator, model_validator


class Backend(str, Enum):
    GLOO = "gloo"
    NCCL = "nccl"


class Cat(BaseModel):
    type: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    type: Literal["dog"] = "dog"


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    layers: List[int] = Field(default_factory=list)
    pets: List[Annotated[Union[Cat, Dog], Field(discriminator="type")]] = []
    by_name: Dict[str, Cat] = {}
    backend: Backend = Backend.GLOO
    tags: Set[str] = set()
    when: date = Field(default_factory=lambda: date(2024, 1, 1))
    url: HttpUrl = "https://example.com"
    path: str = Field("x", alias="the_path")
    unvalidated: int = None

    @field_validator("name")
    @classmethod
    def check_name(cls, value):
        if not value:
            raise ValueError("a name is not empty")
        return value

    @property
    def depth(self) -> int:
        return len(self.layers)


class Array(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    array: np.ndarray
    loss: Optional[float] = None


class Old(pydantic.v1.BaseModel):
    n: int = 1
    deep: Optional["Old"] = None

    @pydantic.v1.validator("n")
    def positive(cls, value):
        if value < 0:
            raise ValueError("n is not negative")
        return value


@dataclass
class Job(DataClassJsonMixin):
    a: int
    b: List[str] = field(default_factory=lambda: ["x"])


@dataclass_json
@dataclass
class Outer:
    n: int = 3
    job: Optional[Job] = None


@dataclass
class Times(DataClassJSONMixin):
    at: datetime
    took: timedelta = timedelta(seconds=1)


@task
def make(name: str) -> Config:
    return Config(name=name, layers=[1, 2], pets=[Cat(lives=3), Dog()], by_name={"a": Cat()}, tags={"t"}, the_path="p")


@task
def describe(config: Config) -> str:
    return f"{config.depth} {config.pets} {config.by_name} {config.backend.value} {config.tags} {config.when} {config.path}"


@task
def lives(cat: Cat) -> int:
    return cat.lives


@task
def array(n: int) -> Array:
    return Array(array=np.arange(n))


@task
def total(array: Array) -> float:
    return float(array.array.sum())


@task
def old(old: Old) -> Old:
    return Old(n=old.n + 1, deep=old)


@task
def times(outer: Outer) -> Times:
    return Times(datetime(2024, 1, 1), timedelta(days=outer.n))


@task
def as_json(times: Times) -> str:
    return times.to_json()


@workflow
def main(name: str = "n") -> Tuple[str, str, int, List[int], float, int, str]:
    config = make(name=name)
    written = Config(name=name, layers=[1], the_path="q")
    return (
        describe(config=config),
        describe(config=written),
        lives(cat=config.by_name["a"]),
        map_task(lives)(cat=[Cat(lives=1), Cat()]),
        total(array=array(n=4)),
        old(old=Old(n=5)).n,
        as_json(times=times(outer=Outer(n=2, job=Job(1)))),
    )


@task
def empty() -> str:
    return ""


@workflow
def refused() -> str:
    return describe(config=Config(name=empty()))


@workflow
def refused_constant() -> Old:
    return old(old=Old(n=-1))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"), FLOW)


@pytest.mark.parametrize("way", STAND_IN)
def test_models_arrive_as_they_were(project: Path, way: str) -> None:
    done = execute(project, way, "main", ways=STAND_IN)
    assert done.returncode == 0, done.stderr
    for text in (
        "2 [Cat(type='cat', lives=3), Dog(type='dog')] {'a': Cat(type='cat', lives=9)} gloo {'t'} 2024-01-01 p",
        "1 [] {} gloo set() 2024-01-01 q",
        "[1, 9]",
        "6.0",
        "172800.0",
    ):
        assert text in done.stdout.replace('\\"', '"')


@pytest.mark.parametrize("way", STAND_IN)
def test_what_a_model_refuses_fails_with_its_reason(project: Path, way: str) -> None:
    done = execute(project, way, "refused", ways=STAND_IN)
    assert done.returncode != 0
    assert "a name is not empty" in done.stdout + done.stderr


@pytest.mark.parametrize("way", STAND_IN)
def test_validators_see_constants_in_the_attempt(project: Path, way: str) -> None:
    done = execute(project, way, "refused_constant", ways=STAND_IN)
    assert done.returncode != 0
    assert "n is not negative" in done.stdout + done.stderr


def test_people_write_models_under_the_names_that_the_models_take(project: Path) -> None:
    for data in ('{"name": "q", "the_path": "z"}', '{"name": "q", "path": "z"}'):
        done = execute(project, "run", "describe", arguments=["--config", data])
        assert (done.returncode, done.stdout.strip().strip('"')) == (0, "0 [] {} gloo set() 2024-01-01 z"), done.stderr
    done = execute(project, "run", "describe", arguments=["--config", '{"name": "q", "pth": "z"}'])
    assert "got a field 'pth'" in done.stderr
