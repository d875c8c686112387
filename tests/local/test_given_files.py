"""Files that a person gives as inputs: paths of their own machine, on every way of running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union
from dagwright import Directory, File, task, workflow

@dataclass
class Job:
    name: str
    data: File
    more: list[File["csv"]]

@task(cache=True, cache_version="1")
def read(file: File) -> str:
    return f"{file.name}={Path(file).read_text()}"

@task
def read_all(job: Job, folder: Directory, maybe: Optional[File], either: Union[File, int], text: Union[str, File], named: dict[str, File]) -> list[str]:
    files = [job.data, *job.more, *named.values()]
    files += [part for part in (maybe, either, text) if isinstance(part, File)]
    return [job.name, *(Path(file).read_text() for file in files), *sorted(path for _, path in folder.crawl()), f"{maybe} {text}"]

@workflow
def one(file: File) -> str:
    return read(file=file)

@workflow
def every(job: Job, folder: Directory, maybe: Optional[File] = None, either: Union[File, int] = 3, text: Union[str, File] = "none", named: dict[str, File] = {}) -> list[str]:
    return read_all(job=job, folder=folder, maybe=maybe, either=either, text=text, named=named)

@workflow
def folder(folder: Directory) -> str:
    return read(file=name_of(folder=folder))

@task
def name_of(folder: Directory) -> File:
    return folder.listdir(folder)[0]

if __name__ == "__main__":
    job = Job("n", "a.txt", [File["csv"]("b.csv")])
    print([one(file="a.txt"), one(file=Path("a.txt")), one(file=File("a.txt")), *every(job=job, folder="d", maybe="b.csv", either="a.txt")])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").touch()
    (folder / "flow.py").write_text(FLOW)
    (folder / "a.txt").write_text("a")
    (folder / "b.csv").write_text("b")
    (folder / "d").mkdir()
    (folder / "d" / "c.txt").write_text("c")
    return folder


def run(project: Path, way: str, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    if home is not None:
        environment["HOME"] = str(home)
    command = [sys.executable, *WAYS[way], *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "script"])
def test_a_path_is_an_input(project: Path, way: str) -> None:
    ended = run(project, way, "one", "--file", "a.txt")
    assert (ended.returncode, ended.stdout) == (0, '"a.txt=a"\n'), ended.stderr
    job = json.dumps({"name": "n", "data": "a.txt", "more": ["b.csv"]})
    options = ["--maybe", "b.csv", "--either", "a.txt", "--text", "a.txt", "--named", '{"x": "d/c.txt"}']
    ended = run(project, way, "every", "--job", job, "--folder", "d", *options)
    assert ended.returncode == 0, ended.stderr
    expected = ["n", "a", "b", "c", "b", "a", "c.txt"]
    assert json.loads(ended.stdout)[:-1] == expected
    assert json.loads(ended.stdout)[-1].endswith("b.csv a.txt")  # a text is a path only where no text is declared


def test_a_python_call_takes_paths_too(project: Path) -> None:
    ended = run(project, "script")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("['a.txt=a', 'a.txt=a', 'a.txt=a', 'n', 'a', 'b', 'b', 'a', 'c.txt', ")


def test_the_same_bytes_are_cached_under_any_path(project: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("same bytes")
    assert "1 run, 0 cached" in run(project, "run", "one", "--file", str(tmp_path / "other.txt")).stderr
    (tmp_path / "another.txt").write_text("same bytes")
    ended = run(project, "isolate", "one", "--file", "~/another.txt", home=tmp_path)
    assert "0 run, 1 cached" in ended.stderr
    assert ended.stdout == '"other.txt=same bytes"\n'  # as the first run returned it: a name is no part of a value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["one", "--file", "nowhere.txt"], "input 'file': expected File, got str 'nowhere.txt', and there is no"),
        (["one", "--file", "d"], "got str 'd', which is a directory (declare a directory, or name a file in it)"),
        (["folder", "--folder", "a.txt"], "expected Directory, got str 'a.txt', which is a file"),
        (["folder", "--folder", "."], "'.dagwright' in it is where dagwright keeps results (leave it out)"),
        (["one", "--file", "3"], "input 'file': expected File, got int 3"),
        (["one", "--file", "null"], "input 'file': expected File, got None"),
        (["every", "--folder", "d", "--job", '{"name": "n", "data": "x", "more": []}'], "got str 'x', and there is no"),
    ],
)
def test_what_is_no_file_is_refused_before_anything_runs(project: Path, arguments: list[str], message: str) -> None:
    (project / ".dagwright").mkdir(exist_ok=True)
    ended = run(project, "run", *arguments)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert "run," not in ended.stderr


def test_help_shows_what_an_input_takes(project: Path) -> None:
    assert "File" in run(project, "run", "one", "--help").stdout
