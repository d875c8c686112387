"""Checkpoints: what an attempt leaves for the next one, on every way of running."""

from __future__ import annotations

import ast
import io
import json
import os
from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

import dagwright
from dagwright.authoring.checkpoints import Checkpoint
from dagwright.cache.results import seal
from dagwright.contract.names import checkpoint_key
from dagwright.execution import context
from dagwright.store import StoreError, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOW = """\
from pathlib import Path

from dagwright import RecoverableError, current_context, map_task, task, workflow


@task(retries=3)
def count(to: int = 3) -> list[int]:
    checkpoint = current_context().checkpoint
    done = [int(part) for part in (checkpoint.read() or b"").split()]
    checkpoint.write(" ".join(map(str, [*done, len(done)])).encode())
    if len(done) < to:
        raise RecoverableError("not yet")
    return done


@task(retries=1, timeout=60)
def folders(name: str) -> str:
    checkpoint = current_context().checkpoint
    if not checkpoint.prev_exists():
        made = Path(current_context().working_directory, "state", "deep")
        made.mkdir(parents=True)
        (made / "a.txt").write_text(name)
        checkpoint.save(made.parent)
        raise RecoverableError("not yet")
    found = checkpoint.restore()
    return (found / "deep" / "a.txt").read_text()


@task
def first(x: int) -> bool:
    return current_context().checkpoint.prev_exists()


@workflow
def counting() -> list[int]:
    return count()


@workflow
def mapped() -> list[str]:
    return map_task(folders)(name=["x", "y"])


@workflow
def again() -> bool:
    return first(x=1)
"""
EXPECTED = {"counting": [0, 1, 2], "mapped": ["x", "y"], "again": False}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("checkpoints"), FLOW)


@pytest.mark.parametrize("workflow", EXPECTED)
@pytest.mark.parametrize("way", WAYS)
def test_the_next_attempt_goes_on_where_the_last_one_was(project: Path, way: str, workflow: str) -> None:
    for _ in range(2 if workflow == "again" else 1):  # another run begins anew
        done = execute(project, way, workflow)
        assert done.returncode == 0, done.stderr
        found = ast.literal_eval(done.stdout) if way == "script" else json.loads(done.stdout)
        assert found == EXPECTED[workflow]


@pytest.fixture(params=["store", "process"])
def attempts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[context.Attempt]]:
    """Two attempts that follow each other."""
    made = [
        context.Attempt("node", 3, number, run="the-run", work=str(tmp_path / f"work-{number}"), serial=os.getpid() + id(request))
        for number in range(2)
    ]
    for attempt in made:
        attempt.store = open_store(f"file://{tmp_path / 'store'}") if request.param == "store" else None
    yield made
    context.enter(None)


def of(attempt: context.Attempt) -> Checkpoint:
    context.enter(attempt)
    found = dagwright.current_context().checkpoint
    assert found is dagwright.current_context().checkpoint
    return found


def test_nothing_is_there_at_first(attempts: list[context.Attempt]) -> None:
    assert (of(attempts[0]).prev_exists(), of(attempts[0]).restore(), of(attempts[0]).read()) == (False, None, None)


def test_the_first_save_of_an_attempt_takes_the_place_of_what_was_there(attempts: list[context.Attempt], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        of(attempts[0]).save(tmp_path / name)
    later = of(attempts[1])
    with pytest.raises(ValueError, match="2 were saved"):
        later.read()
    assert sorted(path.name for path in later.restore().iterdir()) == ["a", "b"]
    later.save(io.BytesIO(b"anew"))
    of(attempts[0])._restored = None
    assert of(attempts[0]).read() == b"anew"


def test_a_folder_of_the_users_takes_the_files(attempts: list[context.Attempt], tmp_path: Path) -> None:
    of(attempts[0]).write(b"x")
    (tmp_path / "mine").mkdir()
    assert of(attempts[1]).restore(str(tmp_path / "mine")) == tmp_path / "mine"
    assert [path.read_bytes() for path in (tmp_path / "mine").iterdir()] == [b"x"]
    with pytest.raises(ValueError, match="is none"):
        of(attempts[0]).restore(tmp_path / "absent")


def test_what_cannot_be_saved_is_refused(attempts: list[context.Attempt]) -> None:
    for wrong in (3, io.StringIO("x")):
        with pytest.raises(ValueError, match="a checkpoint is saved from"):
            of(attempts[0]).save(wrong)  # type: ignore[arg-type]
    assert not of(attempts[0]).prev_exists()


FILE = {"sha256": "0" * 64, "size": 1}


@pytest.mark.parametrize(
    "document",
    [
        b"{}",
        b"x",
        b'{"files": {}}',
        seal({}),
        seal({"files": ["a"]}),
        seal({"files": {"a": 7}}),
        seal({"files": {"../a": FILE}}),
        seal({"files": {"/a": FILE}}),
        seal({"files": {"a//b": FILE}}),
        seal({"files": {"a": {**FILE, "sha256": "../../x"}}}),
        seal({"files": {"a": {**FILE, "size": -1}}}),
    ],
)
def test_what_is_no_checkpoint_is_not_written_anywhere(tmp_path: Path, document: bytes) -> None:
    attempt = context.Attempt("node", run="r", work=str(tmp_path))
    attempt.store = open_store(f"file://{tmp_path / 'store'}")
    attempt.store.put(checkpoint_key("r", "node"), document)
    try:
        with pytest.raises(StoreError, match="is no checkpoint"):
            of(attempt).restore()
    finally:
        context.enter(None)


def test_outside_of_a_task_there_is_none() -> None:
    with pytest.raises(RuntimeError, match="checkpoint is known inside a task only"):
        _ = dagwright.current_context().checkpoint
