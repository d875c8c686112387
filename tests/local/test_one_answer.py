"""One program, one meaning: a script, ``run``, ``run --isolate`` and Batch's rules give the same values under the same cache keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHAPES = """
from __future__ import annotations
import enum
from dataclasses import dataclass, field
from typing import NamedTuple

class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"

@dataclass
class Base:
    ident: int
    tags: list[str] = field(default_factory=list)

@dataclass
class Derived(Base):
    colour: Colour = Colour.RED
    table: dict[int, tuple[str, float]] = field(default_factory=dict)

class Pair(NamedTuple):
    left: int
    right: str = "r"
"""
FLOW = """
from __future__ import annotations
from datetime import datetime, timedelta
from typing import Any, Optional
import numpy as np
from dagwright import map_task, task, workflow
from shapes import Colour, Derived, Pair

class Model:
    def __init__(self, weight):
        self.weight = weight

@task(cache=True, cache_version="1")
def fit(size: int, at: datetime, step: timedelta) -> Model:
    return Model((size, at, step))

@task(cache=True, cache_version="1")
def describe(model: Model, label: Optional[str], anything: Any) -> str:
    return f"{model.weight} {label} {anything}"

@task(cache=True, cache_version="1")
def shape(base: Derived, pair: Pair) -> Derived:
    return Derived(base.ident + pair.left, [*base.tags, pair.right], Colour.BLUE, {-1: ("x", 1)})

@task(cache=True, cache_version="1")
def total(values: np.ndarray, weights: dict[int, float]) -> float:
    return float(values.sum()) + sum(weights.values())

@task(cache=True, cache_version="1")
def array(size: int) -> np.ndarray:
    return np.arange(size, dtype="float32")

@task(cache=True, cache_version="1")
def wrap(text: str) -> Model:
    return Model(text)

@task(cache=True, cache_version="1")
def unwrap(model: Model) -> str:
    return model.weight

@workflow
def wf(
    size: int = 3, at: datetime = datetime(2024, 2, 29, 12), step: timedelta = timedelta(minutes=5), base: Derived = Derived(1, ["a"])
) -> tuple[str, Derived, float, list[str]]:
    text = describe(model=fit(size=size, at=at, step=step), label=None, anything={"a": [1, (2.5, None)]})
    words = map_task(unwrap)(model=map_task(wrap)(text=["{{x}}", "emoji \\N{BEER MUG}", ""]))
    return text, shape(base=base, pair=Pair(2)), total(values=array(size=size), weights={1: 0.5, -7: 2}), words

if __name__ == "__main__":
    print(wf())
"""
RUN = ["-c", "from dagwright_compiler.cli.main import main; main()", "run"]
WAYS = {
    "script": ["flow.py"],
    "stand-in": ["-m", "dagwright", "flow.py"],
    "isolate": [*RUN, "--isolate", "flow.py"],
    "batch": [*RUN, "-t", "batch", "--emulate", "flow.py"],
}


def execute(project: Path, way: list[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    ended = subprocess.run(
        [sys.executable, *way], cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "shapes.py").write_text(SHAPES, "utf-8")
    (tmp_path / "flow.py").write_text(FLOW, "utf-8")
    return tmp_path


def entries(project: Path) -> set[str]:
    """Names of the cache entries, which are cache keys."""
    folder = project / ".dagwright/store/v1/ac"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_every_way_gives_the_same_values_under_the_same_keys(project: Path) -> None:
    ran = execute(project, [*RUN, "flow.py"])
    keys = entries(project)
    assert len(keys) == 11
    scripts = set()
    for name, way in WAYS.items():
        (project / ".dagwright").rename(project / f"before-{name}")
        out = execute(project, way)
        assert entries(project) == keys, name
        if name in ("script", "stand-in"):
            scripts.add(out)
        else:
            assert out == ran, name
    assert len(scripts) == 1


def test_every_way_uses_what_another_one_cached(project: Path) -> None:
    execute(project, WAYS["script"])
    keys = entries(project)
    (project / "flow.py").write_text(
        FLOW.replace("    return Model(", "    raise SystemExit('not cached')\n    return Model("), "utf-8"
    )
    for way in [[*RUN, "flow.py"], *WAYS.values()]:
        execute(project, way)
    assert entries(project) == keys


CROSSING = """
from typing import Any
from dagwright import map_task, task, workflow

@task(cache=True, cache_version="1")
def count() -> int:
    return 3

@task(cache=True, cache_version="1")
def counts(x: int) -> int:
    return x

@task(cache=True, cache_version="1")
def show(value: Any) -> str:
    return repr(value)

@workflow
def inner(value: float, values: list[float], given: float, deferred: int) -> tuple[str, str, list[str], str, float]:
    return show(value=value), show(value=values), map_task(show)(value=values), show(value=given), deferred

@workflow
def outer(n: int = 7) -> tuple[str, str, list[str], str, str]:
    a, b, c, d, e = inner(value=count(), values=map_task(counts)(x=[1, 2]), given=n, deferred=count())
    return a, b, c, d, show(value=e)

if __name__ == "__main__":
    print(outer())
"""


def test_a_subworkflow_gives_its_tasks_values_of_the_types_it_declares(project: Path) -> None:
    (project / "flow.py").write_text(CROSSING, "utf-8")
    printed = execute(project, WAYS["script"])
    assert printed == "('3.0', '[1.0, 2.0]', ['1.0', '2.0'], '7.0', '3.0')\n"
    keys = entries(project)
    for way in (
        [*RUN, "flow.py:outer"],
        [*RUN, "--isolate", "flow.py:outer"],
        [*RUN, "-t", "batch", "--emulate", "flow.py:outer"],
    ):
        (project / ".dagwright/store").rename(project / f".dagwright/{len(list((project / '.dagwright').iterdir()))}")
        assert json.loads(execute(project, way)) == ["3.0", "[1.0, 2.0]", ["1.0", "2.0"], "7.0", "3.0"]
        assert entries(project) == keys
