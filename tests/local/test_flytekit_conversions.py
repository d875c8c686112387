"""What flytekit converts where a value goes from one task to another, row by row: what works in a run of it is accepted and runs, what fails
in a run of it, or would change a value in silence, is refused at its line.

flytekit 1.16 checks constants only, and those otherwise than it converts values; every other row it registers, and the run tells. Strict
where it is not: a member of an enum is no text and a text no member, and what may be ``None`` is refused where nothing says what then.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, NamedTuple

import pytest
from frontend_sources import front
from ways_of_running import STAND_IN, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
import pathlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Annotated, Any, Dict, FrozenSet, List, Literal, NamedTuple, Optional, Sequence, Set, Tuple, TypedDict, Union

from flytekit import StructuredDataset, kwtypes, map_task, task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile


class Color(Enum):
    RED = "red"


class Mode(str, Enum):
    FAST = "fast"


@dataclass
class Point:
    x: float
    y: Optional[float] = None


@dataclass
class Other:
    x: float
    y: Optional[float] = None


class Pair(NamedTuple):
    left: int
    right: str


class Row(TypedDict):
    n: float


def shown(value):
    return "file" if isinstance(value, FlyteFile) else repr(value)


"""
HEAD_OF_TABLES = f"""
import numpy as np
import pandas as pd
{HEAD}
def shown_table(value):
    if isinstance(value, StructuredDataset):
        value = value.open(pd.DataFrame).all()
    return repr(value.to_dict("list")) if isinstance(value, pd.DataFrame) else shown(value)


"""
"""A file of their own: every task's process imports all that its file does, and these libraries take longer than all else."""


class Row(NamedTuple):
    """A value of one type goes where another is declared; ``arrives`` as this text, or is refused with this code."""

    source: str
    value: str
    target: str
    arrives: str = ""
    refused: str = ""

    @property
    def is_of_tables(self) -> bool:
        """Tell a row that needs the libraries of tables and arrays."""
        return any(name in part for part in (self.source, self.value, self.target) for name in ("pd.", "np."))


EDGES = [
    # numbers widen, and nothing else
    Row("int", "1", "float", "1.0"),
    Row("bool", "True", "int", refused="DW304"),
    Row("bool", "True", "float", refused="DW304"),
    Row("float", "1.5", "int", refused="DW304"),
    Row("int", "1", "str", refused="DW304"),
    Row("str", "'1'", "int", refused="DW304"),
    Row("int", "1", "bool", refused="DW304"),
    # inside containers, dataclasses and unions, too
    Row("List[int]", "[1]", "List[float]", "[1.0]"),
    Row("Dict[str, int]", "{'a': 1}", "Dict[str, float]", "{'a': 1.0}"),
    Row("Dict[int, str]", "{1: 'a'}", "Dict[int, str]", "{1: 'a'}"),
    Row("Dict[int, str]", "{1: 'a'}", "Dict[str, str]", refused="DW304"),
    Row("Set[int]", "{1}", "Set[float]", "{1.0}"),
    Row("Tuple[int, ...]", "(1, 2)", "Sequence[float]", "(1.0, 2.0)"),
    Row("List[List[int]]", "[[1]]", "List[List[str]]", refused="DW304"),
    Row("Point", "Point(1, 2)", "Point", "Point(x=1.0, y=2.0)"),
    Row("Point", "Point(1)", "Other", refused="DW304"),
    Row("Point", "Point(1)", "dict", refused="DW304"),
    Row("Pair", "Pair(1, 'a')", "Pair", "Pair(left=1, right='a')"),
    Row("Row", "{'n': 1}", "Row", "{'n': 1.0}"),
    Row("dict", "{'n': 1.5}", "Row", "{'n': 1.5}"),
    # optionals and unions
    Row("int", "1", "Optional[int]", "1"),
    Row("int", "1", "Optional[float]", "1.0"),
    Row("int", "1", "Union[int, str]", "1"),
    Row("int", "1", "Union[str, float]", "1.0"),
    Row("Optional[int]", "None", "Optional[float]", "None"),
    Row("Optional[int]", "1", "int", refused="DW304"),
    Row("Union[int, str]", "1", "Union[str, int, None]", "1"),
    Row("Union[int, str]", "1", "int", refused="DW304"),
    Row("Literal['a']", "'a'", "str", "'a'"),
    Row("str", "'a'", "Literal['a', 'b']", "'a'"),
    Row("Any", "[1, {'a': 2}]", "list", "[1, {'a': 2}]"),
    Row("list", "[1]", "List[float]", "[1.0]"),
    # enums
    Row("Mode", "Mode.FAST", "str", "'fast'"),
    Row("Color", "Color.RED", "str", refused="DW304"),
    Row("str", "'red'", "Color", refused="DW304"),
    # time
    Row("datetime", "datetime(2024, 1, 31)", "datetime", "datetime.datetime(2024, 1, 31, 0, 0, tzinfo=datetime.timezone.utc)"),
    Row("timedelta", "timedelta(hours=30)", "timedelta", "datetime.timedelta(days=1, seconds=21600)"),
    Row("datetime", "datetime(2024, 1, 31)", "date", refused="DW304"),
    # files
    Row("FlyteFile", "FlyteFile(__file__)", "FlyteFile['py']", "file"),
    Row("FlyteFile['py']", "FlyteFile(__file__)", "FlyteFile", "file"),
    Row("FlyteFile['py']", "__file__", "FlyteFile['csv']", refused="DW304"),
    Row("FlyteFile", "__file__", "str", refused="DW304"),
    Row("FlyteFile", "__file__", "FlyteDirectory", refused="DW304"),
    Row("str", "'a'", "FlyteFile", refused="DW304"),
    # frames
    Row("pd.DataFrame", "pd.DataFrame({'a': [1]})", "StructuredDataset", "{'a': [1]}"),
    Row("StructuredDataset", "StructuredDataset(dataframe=pd.DataFrame({'a': [1]}))", "pd.DataFrame", "{'a': [1]}"),
    Row("Annotated[pd.DataFrame, kwtypes(a=int)]", "pd.DataFrame({'a': [1]})", "pd.DataFrame", "{'a': [1]}"),
    Row("pd.DataFrame", "pd.DataFrame({'a': [1]})", "List[int]", refused="DW304"),
    Row("np.ndarray", "np.array([1, 2])", "np.ndarray", "array([1, 2])"),
    # what arrives is of the declared type, whatever subclass came
    Row("float", "np.float64(0.5)", "float", "0.5"),
    Row("Annotated[int, 'seconds']", "1", "int", "1"),
]
CONSTANTS = [
    Row("", "1", "float", "1.0"),
    Row("", "1.0", "int", refused="DW305"),
    Row("", "True", "int", refused="DW305"),
    Row("", "None", "Optional[int]", "None"),
    Row("", "[1, None]", "List[Optional[float]]", "[1.0, None]"),
    Row("", "{'a': [1]}", "Dict[str, List[float]]", "{'a': [1.0]}"),
    Row("", "Color.RED", "Color", "<Color.RED: 'red'>"),
    Row("", "'red'", "Color", refused="DW305"),
    Row("", "Mode.FAST", "str", "'fast'"),
    Row("", "Point(x=1)", "Point", "Point(x=1.0, y=None)"),
    Row("", "[Point(1)]", "List[Point]", "[Point(x=1.0, y=None)]"),
    Row("", "(1, 'a')", "Tuple[float, str]", "(1.0, 'a')"),
    Row("", "[1]", "Tuple[int, ...]", refused="DW305"),
    Row("", "{1, 2}", "Set[float]", "{1.0, 2.0}"),
    Row("", "datetime(2024, 1, 31)", "datetime", "datetime.datetime(2024, 1, 31, 0, 0, tzinfo=datetime.timezone.utc)"),
    Row("", "'s3://bucket/a.csv'", "FlyteFile", "file"),
    Row("", "'b'", "Literal['a']", refused="DW305"),
]
ROWS = EDGES + CONSTANTS


def _tasks(number: int, row: Row) -> str:
    make = f"@task\ndef make_{number}() -> {row.source}:\n    return {row.value}\n\n\n" if row.source else ""
    shown = "shown_table" if row.is_of_tables else "shown"
    return f"{make}@task\ndef take_{number}(x: {row.target}) -> str:\n    return {shown}(x)\n\n\n"


def _call(number: int, row: Row) -> str:
    if row.source in ("Pair", "Tuple[int, str]"):  # its fields are outputs of their own
        return f"take_{number}(x=Pair(left=make_{number}().left, right=make_{number}().right))"
    return f"take_{number}(x={f'make_{number}()' if row.source else row.value})"


def _flow(rows: list[tuple[int, Row]]) -> str:
    tasks = "".join(_tasks(number, row) for number, row in rows)
    calls = "".join(f"        {_call(number, row)},\n" for number, row in rows)
    head = HEAD_OF_TABLES if any(row.is_of_tables for _, row in rows) else HEAD
    return f"{head}{tasks}@workflow\ndef main() -> List[str]:\n    return [\n{calls}    ]\n"


ACCEPTED = [(number, row) for number, row in enumerate(ROWS) if not row.refused]
REFUSED = [(number, row) for number, row in enumerate(ROWS) if row.refused]


@pytest.mark.parametrize("way", ["script", "run"])
@pytest.mark.parametrize("of_tables", [False, True], ids=["plain", "tables"])
def test_what_works_in_a_run_is_accepted_and_arrives(tmp_path: Path, way: str, *, of_tables: bool) -> None:
    rows = [(number, row) for number, row in ACCEPTED if row.is_of_tables is of_tables]
    done = execute(write_project(tmp_path, _flow(rows)), way, "main", ways=STAND_IN)
    assert done.returncode == 0, done.stderr
    arrived = ast.literal_eval(done.stdout) if way == "script" else json.loads(done.stdout)
    found = {f"{row.source} {row.value} -> {row.target}": text for (_, row), text in zip(rows, arrived, strict=True)}
    assert found == {f"{row.source} {row.value} -> {row.target}": row.arrives for _, row in rows}


def test_what_would_fail_in_a_run_is_refused_at_its_line() -> None:
    source = _flow(REFUSED)
    first = next(number for number, line in enumerate(source.splitlines(), 1) if line == "    return [") + 1
    found = [(found.span.line if found.span else 0, found.code.id) for found in front(source).found]
    assert found == [(first + at, row.refused) for at, (_, row) in enumerate(REFUSED)]
