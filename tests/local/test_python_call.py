"""A workflow or task called as a Python function."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagwright_local.refusal import CompileError
from dagwright_local.timed_call import TaskDiedError, TaskTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

FLOW = """
from __future__ import annotations
import functools, os, sys, time
from dataclasses import dataclass, field
from typing import NamedTuple, Optional
from dagwright import RecoverableError, map_task, task, workflow

CALLS = []

@dataclass
class Point:
    x: float
    tags: list[str] = field(default_factory=list)

class Stats(NamedTuple):
    low: float
    high: float

@task
def add(a: float, b: float = 0.5) -> float:
    return a + b

@task
def grow(xs: list[int]) -> list[int]:
    xs.append(len(xs))
    return xs

@task
def stats(xs: list[float]) -> Stats:
    return Stats(min(xs), max(xs))

@task
def move(p: Point) -> Point:
    p.tags.append("moved")
    return Point(p.x + 1, p.tags)

@task(cache=True, cache_version="1")
def counted(x: int) -> int:
    CALLS.append(x)
    return x * x

@task(retries=2)
def flaky(x: int) -> int:
    CALLS.append(x)
    if len(CALLS) < 3:
        raise RecoverableError("not yet")
    return x

def logged(function):
    @functools.wraps(function)
    def inner(*arguments, **keywords):
        return function(*arguments, **keywords)
    return inner

def five():
    return 5

@task
@logged
def decorated(x: int = five()) -> int:
    return x

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no words")

@task
def raises_mute() -> int:
    raise Mute

@task(timeout=20)
def raises_mute_apart() -> int:
    raise Mute

class Picky(RecoverableError):
    def __init__(self, what, why):
        super().__init__(f"{what}: {why}")

@task(retries=2, timeout=20)
def flaky_apart(folder: str) -> int:
    open(os.path.join(folder, f"{time.time_ns()}"), "w").close()
    tries = len(os.listdir(folder))
    if tries < 3:
        raise Picky("try", tries)
    return tries

@task(timeout=20)
def forks(how: str) -> int:
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if how == "exits": sys.exit(3)
    if how == "raises": raise ValueError("in the fork")
    return 99

@task(timeout=1)
def slow(how: str) -> list[int]:
    if how == "sleeps": time.sleep(30)
    if how == "dies": os._exit(3)
    if how == "raises": raise KeyError("inside")
    return [os.getpid()]

def helper():
    raise ValueError("late")

@task
def raises_late() -> int:
    helper()

@task
def leaves() -> int:
    sys.exit(0)

@task(environment={"COLOUR": "red"})
def colour() -> str:
    return os.environ["COLOUR"]

@task
def outer(x: float) -> float:
    return add(a=x, b=1.0)

@task
def wrong() -> int:
    return "one"

@workflow
def sums(a: float, b: float = 2.0) -> float:
    return add(a=add(a=a), b=b)

@workflow
def grown(xs: list[int]) -> tuple[list[int], list[int]]:
    return grow(xs=xs), grow(xs=xs)

@workflow
def spread(xs: list[float]) -> Stats:
    s = stats(xs=xs)
    return Stats(s.low, s.high)

@workflow
def squares(xs: list[int]) -> list[int]:
    return map_task(counted)(x=xs)
"""


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module, loaded under a name that is not its project's, as test runners do."""
    (tmp_path / "pyproject.toml").touch()
    yield load(tmp_path, FLOW)
    sys.modules.pop("a_name_of_its_own")


def load(folder: Path, source: str) -> ModuleType:
    path = folder / "flow.py"
    path.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location("a_name_of_its_own", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["a_name_of_its_own"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_arguments_are_widened_and_defaults_filled_in(flow: Any) -> None:
    assert flow.sums(1) == 3.5
    assert flow.sums(a=1, b=0) == 1.5
    assert type(flow.sums(a=1, b=0)) is float
    assert flow.add(2) == 2.5


@pytest.mark.parametrize(
    ("arguments", "keywords", "text"),
    [
        ((), {}, r"sums\(\) misses input 'a'"),
        ((1, 2, 3), {}, "takes 2 arguments, 3 were given"),
        ((1,), {"a": 2}, "two values for input 'a'"),
        ((1,), {"c": 2}, "no input 'c'; its inputs are a, b"),
        (("1",), {}, r"input 'a': expected float, got str '1'"),
        ((True,), {}, r"input 'a': expected float, got bool True"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    flow: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], text: str
) -> None:
    with pytest.raises(TypeError, match=text):
        flow.sums(*arguments, **keywords)


def test_every_consumer_gets_a_value_of_its_own(flow: Any) -> None:
    given = [7]
    assert flow.grown(xs=given) == ([7, 1], [7, 1])
    assert given == [7]
    point = flow.Point(1, ["a"])
    moved = flow.move(p=point)
    assert (moved, point) == (flow.Point(2.0, ["a", "moved"]), flow.Point(1, ["a"]))
    assert type(moved) is flow.Point


def test_named_tuples_come_back_as_the_declared_class(flow: Any) -> None:
    assert type(flow.spread(xs=[1, 2])) is flow.Stats
    assert flow.stats(xs=[3.0]) == flow.Stats(3.0, 3.0)


def test_cached_results_are_used_again_and_uncached_ones_leave_no_trace(flow: Any, tmp_path: Path) -> None:
    flow.sums(1)
    assert not (tmp_path / ".dagwright").exists()
    assert flow.squares(xs=[3, 4]) == [9, 16]
    assert flow.squares(xs=[4, 3]) == [16, 9]
    assert flow.counted(x=3) == 9
    assert flow.CALLS == [3, 4]


def test_the_cache_is_off_when_the_environment_says_so(flow: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAGWRIGHT_CACHE", "off")
    assert [flow.counted(x=2), flow.counted(x=2)] == [4, 4]
    assert flow.CALLS == [2, 2]
    assert not (tmp_path / ".dagwright").exists()


def test_recoverable_errors_are_retried_and_the_last_one_is_raised(flow: Any) -> None:
    assert flow.flaky(x=5) == 5
    assert len(flow.CALLS) == 3
    flow.CALLS = Never()
    with pytest.raises(Exception, match="not yet") as caught:
        flow.flaky(x=5)
    assert type(caught.value).__name__ == "RecoverableError"


class Never(list[int]):
    """A list that never grows."""

    def append(self, _item: int) -> None:
        pass


def test_a_timeout_ends_the_task_and_counts_from_its_own_start(flow: Any) -> None:
    began = time.monotonic()
    with pytest.raises(TaskTimeoutError, match="longer than its timeout of 1 s"):
        flow.slow(how="sleeps")
    assert time.monotonic() - began < 5


def test_a_task_with_a_timeout_returns_raises_and_dies_like_any_other(flow: Any) -> None:
    import os

    assert flow.slow(how="returns") != [os.getpid()]
    with pytest.raises(KeyError, match="inside") as caught:
        flow.slow(how="raises")
    assert 'raise KeyError("inside")' in str(caught.value.__cause__)
    assert "dagwright_local" not in str(caught.value.__cause__)
    with pytest.raises(TaskDiedError, match="exit status 3"):
        flow.slow(how="dies")


def test_errors_that_cannot_travel_are_retried_like_any_other(flow: Any, tmp_path: Path) -> None:
    folder = tmp_path / "tries"
    folder.mkdir()
    assert flow.flaky_apart(folder=str(folder)) == 3


def test_a_default_is_found_behind_the_users_own_decorator(flow: Any) -> None:
    assert flow.decorated() == 5


@pytest.mark.parametrize("name", ["raises_mute", "raises_mute_apart"])
def test_an_error_that_cannot_say_what_it_is_is_raised_as_it_is(flow: Any, name: str) -> None:
    with pytest.raises(flow.Mute):
        getattr(flow, name)()


@pytest.mark.parametrize(("how", "status"), [("exits", 3), ("raises", 1), ("returns", 0)])
def test_a_process_that_the_task_forked_speaks_not_for_the_call(flow: Any, how: str, status: int) -> None:
    assert flow.forks(how=how) == status


def test_a_program_that_ignores_its_childrens_ends_gets_their_results(flow: Any) -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert flow.slow(how="returns")
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_task_with_a_timeout_does_not_outlive_a_program_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    source = (
        "import os, pathlib, time\nfrom dagwright import task\n"
        "@task(timeout=60)\ndef sleeps() -> int:\n"
        "    pathlib.Path('pid').write_text(str(os.getpid()))\n    time.sleep(60)\n    return 0\n"
        "if __name__ == '__main__':\n    sleeps()\n"
    )
    (tmp_path / "flow.py").write_text(source)
    process = subprocess.Popen([sys.executable, "flow.py"], cwd=tmp_path)
    pid = tmp_path / "pid"
    while not (pid.exists() and pid.read_text()):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    for _ in range(3000):
        if not _runs(int(pid.read_text())):
            return
        time.sleep(0.01)
    raise AssertionError("the task is still there")


def _runs(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_a_task_has_its_environment_while_it_runs_only(flow: Any) -> None:
    import os

    assert flow.colour() == "red"
    assert "COLOUR" not in os.environ


def test_a_task_called_inside_a_task_is_a_plain_function(flow: Any) -> None:
    assert flow.outer(x=1) == 2.0


@pytest.mark.parametrize(
    ("name", "arguments", "lines"),
    [("raises_late", (), ["raises_late", "helper"]), ("wrong", (), []), ("sums", ("x",), []), ("leaves", (), ["leaves"])],
)
def test_one_frame_of_ours_stands_between_the_users(flow: Any, name: str, arguments: tuple[Any, ...], lines: list[str]) -> None:
    try:
        getattr(flow, name)(*arguments)
    except Exception as error:  # noqa: BLE001  # whichever it is, its traceback counts
        frames = traceback.extract_tb(error.__traceback__)
        assert [frame.name for frame in frames[1:]] == ["__call__", *lines]
    else:
        pytest.fail("the call must raise")


def test_a_task_cannot_end_the_callers_script(flow: Any) -> None:
    with pytest.raises(TaskDiedError, match=r"the task called sys\.exit\(0\)"):
        flow.leaves()


def test_an_output_of_another_type_is_refused(flow: Any) -> None:
    with pytest.raises(TypeError, match=r"output 'o0' of flow\.wrong: expected int, got str 'one'"):
        flow.wrong()


def test_a_test_can_replace_a_task_in_its_module(flow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "add", lambda a, b: a * 100 + b)
    assert flow.sums(a=1, b=2) == 10052.0


def test_what_the_compiler_refuses_the_call_refuses_with_the_same_frames(tmp_path: Path) -> None:
    source = "from dagwright import task, workflow\n@task\ndef t(a: int) -> int:\n    return a\n@workflow\ndef wf() -> int:\n    return t(b=1)\n"
    module: Any = load(tmp_path, source)
    with pytest.raises(CompileError) as caught:
        module.wf()
    assert "error[DW" in str(caught.value)
    assert "flow.py:7:" in str(caught.value)


def test_a_changed_file_is_compiled_again(flow: Any, tmp_path: Path) -> None:
    assert flow.sums(1) == 3.5
    path = tmp_path / "flow.py"
    path.write_text(FLOW.replace("add(a=add(a=a), b=b)", "add(a=a, b=b)"), "utf-8")
    assert flow.sums(1) == 3.0
