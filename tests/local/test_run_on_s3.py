"""Runs and calls with an object store: its client must not have been used before a fork, and nothing may hang."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from object_store_server import object_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from object_store_server import ObjectStoreServer

FLOW = """
from __future__ import annotations
from dagwright import map_task, task, workflow

@task
def numbers(n: int) -> list[int]:
    return list(range(n))

@task(cache=True, cache_version="1", timeout=20)
def square(x: int) -> int:
    print("squaring", x)
    return x * x

@task
def boom(xs: list[int]) -> int:
    raise ValueError("on s3")

@workflow
def wf(n: int) -> list[int]:
    return map_task(square)(x=numbers(n=n))

@workflow
def fails(n: int) -> int:
    return boom(xs=numbers(n=n))

if __name__ == "__main__":
    print(wf(n=3), wf(n=3))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectStoreServer]:
    with object_store() as server:
        yield server


def python(folder: Path, server: ObjectStoreServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "flow.py").write_text(FLOW)
    environment = {**os.environ, **server.environment, "DAGWRIGHT_STORE": f"{server.url}/{folder.name}"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


RUN = ("-c", "from dagwright_compiler.cli.main import main; main()", "run")


@pytest.mark.parametrize("how", [[], ["--isolate"], ["-t", "batch", "--emulate"]])
def test_a_run_keeps_its_values_in_the_object_store(tmp_path: Path, server: ObjectStoreServer, how: list[str]) -> None:
    first, second = (python(tmp_path, server, *RUN, *how, "flow.py:wf", "--n", "3") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "".join(first.stdout.split()) == "".join(second.stdout.split()) == "[0,1,4]"
    assert first.stderr.splitlines()[-1] == "4 run, 0 cached, 0 retried, 0 failed"
    assert second.stderr.splitlines()[-1] == "1 run, 3 cached, 0 retried, 0 failed"


def test_a_failure_ends_in_the_users_traceback(tmp_path: Path, server: ObjectStoreServer) -> None:
    ended = python(tmp_path, server, *RUN, "flow.py:fails", "--n", "3")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-2:] == ["ValueError: on s3", "1 run, 0 cached, 0 retried, 1 failed"]


def test_a_python_call_with_timeouts_forks_beside_the_client(tmp_path: Path, server: ObjectStoreServer) -> None:
    ended = python(tmp_path, server, "flow.py")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "[0, 1, 4] [0, 1, 4]"
    assert ended.stdout.count("squaring") == 3


def test_a_store_that_does_not_answer_is_one_line_each_try(tmp_path: Path, server: ObjectStoreServer) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    away = server._replace(url="s3://no-such-bucket")
    ended = python(tmp_path, away, *RUN, "flow.py:wf", "--n", "3")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "no-such-bucket" in ended.stderr
