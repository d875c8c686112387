"""``dagwright cache``: what people and programs are shown, exit codes, and what is gone afterwards."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dagwright.cache.results import seal, unseal
from dagwright.store import open_store
from dagwright_compiler.cli.main import invoke

FLOW = """\
from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Size:
    width: int
    height: int = 3


@task(cache=True, cache_version="1")
def area(size: Size, factor: float = 1.0) -> float:
    return size.width * size.height * factor


@task(cache=True, cache_version="1", cache_ignore_input_vars=("verbose",))
def train(rows: int, rate: float, verbose: bool = False) -> list[float]:
    return [rate] * rows


@task
def plain(rows: int) -> int:
    return rows


@workflow
def main(rows: int, rate: float = 0.1, width: int = 4) -> tuple[list[float], float]:
    return train(rows=rows, rate=rate), area(size=Size(width=width))
"""


def dagwright(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("dagwright")), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project after two runs; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "flow.py").write_text(FLOW, "utf-8")
    (folder / "pyproject.toml").touch()
    before = Path.cwd()
    os.chdir(folder)
    try:
        for rows in ("3", "30000"):
            assert dagwright("run", "flow.py", "main", "--rows", rows).returncode == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def project(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["cp", "-a", f"{filled}/.", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DAGWRIGHT_")]:
        monkeypatch.delenv(name)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = invoke(["cache", *arguments])
    captured = capsys.readouterr()
    return code, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "<time>", captured.out + captured.err)


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = invoke(["cache", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_ls_counts_results_by_task_and_version(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "ls")
    head, area, train, total = text.splitlines()
    assert code == 0
    assert head.split() == ["TASK", "VERSION", "RESULTS", "SIZE", "LAST", "WRITTEN"]
    assert area.split()[:3] == ["flow.area", "1", "1"]
    assert train.split()[:3] == ["flow.train", "1", "2"]
    assert total.startswith("3 results, ")
    assert total.endswith(f"in file://{project}/.dagwright/store")


@pytest.mark.parametrize("pattern", ["flow.train", "*.train", "flow.t*"])
def test_ls_shows_each_result_of_tasks_that_are_named(project: Path, capsys: pytest.CaptureFixture[str], pattern: str) -> None:
    _, text = said(capsys, "ls", pattern)
    assert [line.split()[-1] for line in text.splitlines()] == ["OUTPUTS", "[0.1,0.1,0.1]", "<list[float]>"]


def test_ls_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, listed = data(capsys, "ls", "--output-format", "json")
    assert listed["store"] == f"file://{project}/.dagwright/store"
    short = next(entry for entry in listed["entries"] if entry["task"] == "flow.train" and entry["bytes"] < 2000)
    assert set(short) == {"task", "project", "domain", "key", "version", "written", "bytes", "inputs"}
    assert set(short["inputs"]) == {"rows", "rate"}
    assert len(short["key"]) == 64


def test_ls_of_an_empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "ls") == (0, f"no cached results in file://{tmp_path}/.dagwright/store\n")


def test_ls_keeps_to_project_and_domain(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "ls", "--domain", "production")[1].startswith("no cached results")
    assert said(capsys, "ls", "--domain", "production", "--all")[1].splitlines()[-1].startswith("3 results")


def test_why_a_result_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "why", "flow.py:train", "--rows", "3", "--rate", "0.1", "--verbose")
    assert code == 0
    assert re.fullmatch(r"cached: flow\.train, written <time>, key [0-9a-f]{12}\n", text)


def test_why_takes_inputs_of_the_users_classes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # In a process of its own: the user's module is imported there.
    assert dagwright("cache", "why", "flow.py:area", "--size", '{"width": 4}').returncode == 0
    ended = dagwright("cache", "why", "flow.py:area", "--size", '{"width": 5}')
    assert ended.returncode == 1
    assert '  input size: {"width": 5} here, another value there\n' in ended.stdout


WHY = {
    "inputs": (("--rows", "3", "--rate", "0.2"), "", ["input rate: 0.2 here, another value there"]),
    "version": (
        ("--rows", "3", "--rate", "0.1"),
        's/cache_version="1", cache_i/cache_version="2", cache_i/',
        ["cache version: 2 here, 1 there"],
    ),
    "interface": (
        ("--rows", "3", "--rate", "1"),
        "s/rate: float, verbose/rate: int, verbose/; s/main(rows: int, rate: float = 0.1/main(rows: int, rate: int = 1/",
        ["interface: input rate: int here, float there"],
    ),
    "output": (
        ("--rows", "3", "--rate", "0.1"),
        "s/False) -> list.float./False) -> list[str]/; s/tuple.list.float./tuple[list[str]/; s/.rate. . rows/[str(rate)] * rows/",
        ["interface: output o0: list[str] here, list[float] there"],
    ),
    "ignored": (
        ("--rows", "3", "--rate", "0.1"),
        "s/, cache_ignore_input_vars=..verbose.,.//",
        ["input verbose: part of the key here, not there"],
    ),
}


@pytest.mark.parametrize("case", sorted(WHY))
def test_why_names_the_part_that_differs(project: Path, capsys: pytest.CaptureFixture[str], case: str) -> None:
    inputs, edit, expected = WHY[case]
    subprocess.run(["sed", "-i", edit, "flow.py"], check=True)
    code, text = said(capsys, "why", "flow.py:train", *inputs)
    lines = text.splitlines()
    assert code == 1, text
    assert re.fullmatch(r"not cached: flow\.train with these inputs, key [0-9a-f]{12}", lines[0])
    assert re.fullmatch(r"the nearest result was written <time>, key [0-9a-f]{12}, and differs in", lines[1])
    assert [line.strip() for line in lines[2:]] == expected


def test_why_without_inputs_compares_all_else(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "why", "--domain", "production", "flow.py:train")
    assert code == 1
    assert text.splitlines()[0] == "flow.train without inputs: all but the inputs is compared"
    assert text.splitlines()[2:] == ["  domain: production here, development there"]


def test_why_after_the_module_was_renamed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flow.py").rename(project / "steps.py")
    code, text = said(capsys, "why", "steps.py:train", "--rows", "3", "--rate", "0.1")
    assert code == 1
    assert text.splitlines()[2:] == ["  task: steps.train here, flow.train there"]


def test_why_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = data(capsys, "why", "--output-format", "json", "flow.py:train", "--rows", "3", "--rate", "0.2")
    assert (code, told["task"], told["cached"]) == (1, "flow.train", False)
    [difference] = told["differences"]
    assert (difference["part"], difference["name"]) == ("input", "rate")
    assert told["nearest"]["task"] == "flow.train"
    code, told = data(capsys, "why", "--output-format", "json", "flow.py:train", "--rows", "3", "--rate", "0.1")
    assert (code, told["cached"], told["entry"]["key"]) == (0, True, told["key"])


def test_why_where_the_entry_or_a_blob_of_it_is_damaged(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(f"file://{project}/.dagwright/store")
    for key in store.list("v1/cas"):
        store.put(key, b"other bytes")
    code, text = said(capsys, "why", "flow.py:train", "--rows", "30000", "--rate", "0.1")
    assert code == 1
    assert "an entry stands there and does not hold (the blob " in text
    assert len(store.list("v1/ac")) == 3, "looking removes nothing"
    for key in store.list("v1/ac"):
        store.put(key, b"torn")
    assert "does not hold (the checksum does not fit)" in said(capsys, "why", "flow.py:train", "--rows", "3", "--rate", "0.1")[1]
    assert "damaged" in said(capsys, "ls")[1]


HOSTILE: dict[str, dict[str, object]] = {
    "a version in colours": {"cache_version": "1\x1b[31m\x07\u202e"},
    "a version that is a list": {"cache_version": ["1"]},
    "a task that is a number": {"task": 7},
    "inputs that are a list": {"inputs": ["rows"]},
    "inputs in colours": {"inputs": {"\x1b[2J": "\x1b[31m", "rows": 7}},
    "types that are numbers": {"types": {"rows": 7, "rate": None}, "signature": "0" * 64},
    "types that are a text": {"types": "rows", "signature": 7},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_others_wrote_into_entries_commands_no_terminal(
    project: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    store = open_store(f"file://{project}/.dagwright/store")
    for key in store.list("v1/ac/default/development/flow.train"):
        body = unseal(store.get(key))
        del body["v"]
        body["made"].update(HOSTILE[what])
        store.put(key, seal(body))
    store.put("v1/ac/default/development/flow.%1B%5B31m/x.json", b"\x1b[31mtorn")
    store.put("v1/ac/default/development/%FF%FE/x.json", b"torn")
    lines = []
    for arguments in (
        ("ls",),
        ("ls", "flow.*"),
        ("why", "flow.py:train", "--rows", "4", "--rate", "0.2"),
        ("why", "flow.py:train"),
        ("gc", "--dry-run", "--older-than", "0s"),
        ("rm", "flow.*", "--dry-run"),
    ):
        code, text = said(capsys, *arguments)
        assert code == (1 if arguments[0] == "why" else 0), text
        lines += text.splitlines()
    assert [line for line in lines if not line.isprintable()] == []
    assert "\\x1b[31m" in "".join(lines)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("flow.py",), "name the task, as in `flow.py:NAME`"),
        (("flow.py:main",), "flow.main is a workflow; name one of its tasks, as in `flow.py:TASK`"),
        (("flow.py:plain", "--rows", "1"), 'flow.plain is not cached: write `@task(cache=True, cache_version="1")`'),
        (("flow.py:train", "--rows", "x", "--rate", "1"), "input 'rows': expected int, got str 'x'"),
        (("flow.py:train", "--rows", "1"), "missing input --rate"),
    ],
)
def test_what_why_cannot_answer(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    code, text = said(capsys, "why", *arguments)
    assert code == 2
    assert f"Error: {expected}" in text


def test_why_of_a_file_with_findings_shows_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flow.py").write_text(FLOW.replace("area(size=", "aera(size="), "utf-8")
    code, text = said(capsys, "why", "flow.py:train", "--rows", "1", "--rate", "1")
    assert code == 2
    assert "error[DW2" in text


def test_rm_removes_results_and_the_next_run_computes_them(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "rm", "flow.train", "--dry-run") == (0, "would remove 2 cached results of flow.train\n")
    assert said(capsys, "rm", "flow.train") == (0, "removed 2 cached results of flow.train\n")
    code, text = said(capsys, "rm", "flow.train")
    assert (code, text) == (1, "no cached result is of flow.train; `dagwright cache ls` shows what there is\n")
    assert "1 run, 1 cached" in dagwright("run", "flow.py", "main", "--rows", "3").stderr


def test_rm_takes_the_beginning_of_a_key(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, listed = data(capsys, "ls", "--output-format", "json")
    key = listed["entries"][0]["key"]
    _, removed = data(capsys, "rm", key[:10], "--output-format", "json")
    assert [entry["key"] for entry in removed["removed"]] == [key]


def test_gc_leaves_what_is_named_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "gc", "--grace", "0s")
    assert (code, text) == (0, "nothing to remove\nkept 1 blob (117.2 KiB) that cached results and runs name\n")


def test_gc_of_old_runs_and_results(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, planned = said(capsys, "gc", "--dry-run", "--grace", "0s", "--older-than", "0s")
    code, text = said(capsys, "gc", "--grace", "0s", "--older-than", "0s")
    assert code == 0
    assert planned == text.replace("removed", "would remove")
    lines = [re.sub(r"\(.*\)", "(size)", line) for line in text.splitlines()]
    assert lines[:3] == [
        "removed 8 objects of 2 runs (size)",
        "removed 3 cached results (size)",
        "removed 1 blob (size)",
    ]
    assert [path for path in (project / ".dagwright/store/v1").rglob("*") if path.is_file() and "lease" not in path.parts] == []


def test_gc_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = data(capsys, "gc", "--dry-run", "--output-format", "json")
    assert told["dry_run"] is True
    assert told["removed"]["blobs"] == {"count": 0, "bytes": 0}
    assert told["kept_blobs"]["named"]["count"] == 1


@pytest.mark.parametrize("age", ["abc", "3", "-1d", "1 d", "1y"])
def test_an_age_that_is_none(project: Path, capsys: pytest.CaptureFixture[str], age: str) -> None:
    code, text = said(capsys, "gc", f"--older-than={age}")
    assert code == 2
    assert f"'{age}' is not an age; write a number and s, m, h, d or w, as in 30d" in text


def test_a_store_that_cannot_be_read_ends_in_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (("ls",), ("rm", "flow.train"), ("gc",), ("why", "flow.py:train", "--rows", "1", "--rate", "1")):
        code, text = said(capsys, command[0], "--store", "http://nothing", *command[1:])
        assert code == 2
        assert text.splitlines()[-1].startswith("Error: no store has the URL 'http://nothing'")


def test_help_names_all_commands(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "--help")
    assert code == 0
    assert re.findall(r"(?m)^  (gc|ls|rm|why) ", text) == ["gc", "ls", "rm", "why"]
