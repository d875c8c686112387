"""What each mode of the cache looks for and keeps, on every way of running; and keys of single elements."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ways_of_running import RUN, WAYS, execute, write_project

FLOW = """
from dagwright import map_task, task, workflow

CALLS = {calls!r}

@task(cache=True, cache_version="1")
def count(x: int) -> int:
    with open(CALLS, "ab", buffering=0) as calls:
        calls.write(b"call\\n")
        return calls.tell() // 5  # the end of this very line, whoever else writes at the same time

@workflow
def one() -> int:
    return count(x=1)

@workflow
def three() -> list[int]:
    return map_task(count)(x=[1, 2, 3])

@workflow
def four() -> list[int]:
    return map_task(count)(x=[3, 4, 2, 1])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path, FLOW.format(calls=str(tmp_path / "calls")))


def value(project: Path, way: str, workflow: str = "one", **options: object) -> object:
    ended = execute(project, way, workflow, **options)  # type: ignore[arg-type]
    assert ended.returncode == 0, ended.stderr
    return eval(ended.stdout)


def entries(project: Path) -> list[Path]:
    return sorted((project / ".dagwright/store/v1/ac").rglob("*.json"))


@pytest.mark.parametrize("way", sorted(WAYS))
def test_each_mode_looks_and_keeps_as_it_says(project: Path, way: str) -> None:
    def in_mode(mode: str) -> object:
        return value(project, way, variables={"DAGWRIGHT_CACHE": mode})

    assert [in_mode("on"), in_mode("on")] == [1, 1]
    [entry] = entries(project)
    before = entry.read_bytes()
    assert in_mode("off") == 2
    assert entry.read_bytes() == before
    assert in_mode("read") == 1
    assert in_mode("write") == 3
    assert entry.read_bytes() != before
    assert in_mode("") == 3
    shutil.rmtree(project / ".dagwright")
    assert in_mode("read") == 4
    assert entries(project) == []


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"script"}))
def test_a_flag_comes_before_the_variable(project: Path, way: str) -> None:
    def flagged(flag: str, mode: str) -> object:
        command = [*RUN, flag, *WAYS[way][len(RUN) :]]
        return value(project, way, ways={way: command}, variables={"DAGWRIGHT_CACHE": mode})

    assert flagged("--no-cache", "on") == 1
    assert entries(project) == []
    assert flagged("--overwrite-cache", "off") == 2
    assert value(project, way) == 2
    assert flagged("--overwrite-cache", "read") == 3
    assert value(project, way) == 3


def test_both_flags_are_refused(project: Path) -> None:
    command = [*RUN, "--no-cache", "--overwrite-cache", "flow.py"]
    ended = execute(project, "run", "one", ways={"run": command})
    assert ended.returncode == 2
    assert "Error: --no-cache writes nothing, and --overwrite-cache does: give one of them" in ended.stderr


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_word_that_is_no_mode_is_refused(project: Path, way: str) -> None:
    ended = execute(project, way, "one", variables={"DAGWRIGHT_CACHE": "sometimes"})
    assert ended.returncode != 0
    assert "DAGWRIGHT_CACHE is 'sometimes': write on, read, write or off" in ended.stderr
    assert not (project / "calls").exists()


@pytest.mark.parametrize("way", sorted(WAYS))
def test_every_element_has_a_key_of_its_own(project: Path, way: str) -> None:
    first = value(project, way, "three")
    assert sorted(first) == [1, 2, 3]  # type: ignore[type-var]
    assert len(entries(project)) == 3
    assert value(project, way, "one") == first[0]  # type: ignore[index]
    # One element is new; the others are found wherever they stand in the list.
    one, two, three = first  # type: ignore[misc]
    assert value(project, way, "four") == [three, 4, two, one]
    assert len(entries(project)) == 4


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("damage", ["torn", "other outputs"])
def test_a_poisoned_entry_is_refused_and_computed_again(project: Path, way: str, damage: str) -> None:
    from dagwright.cache.results import Output, Result, encode_result

    assert value(project, way) == 1
    [entry] = entries(project)
    poison = {
        "torn": entry.read_bytes()[:-9],
        # Whole by its checksum, and of another task's type: what the user's code would choke on.
        "other outputs": encode_result(Result((Output("o0", "str", "rm -rf"),))),
    }
    entry.write_bytes(poison[damage])
    ended = execute(project, way, "one")
    assert (ended.returncode, eval(ended.stdout)) == (0, 2)
    assert "the cached result of flow.count is damaged and is computed again" in ended.stderr
    assert value(project, way) == 2
