"""Tests of users, run by a pytest of their own: mocks of tasks, and the plugin ``dagwright.pytest``."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PIPELINE = """
import asyncio
from datetime import timedelta
from functools import partial
from typing import List

from flytekit import Resources, current_context, map_task, task, workflow
from flytekit.exceptions.user import FlyteRecoverableException
from flytekitplugins.spark import Spark


@task(cache=True, cache_version="1", requests=Resources(cpu="1"))
def rows(table: str, limit: int = 10) -> List[int]:
    raise RuntimeError(f"no warehouse here: {table}")


@task(timeout=timedelta(minutes=5))
def scaled(n: int, by: int) -> int:
    return by * n


@task(cache=True, cache_version="1")
def total(numbers: List[int]) -> int:
    with open("totals.txt", "a") as totals:
        totals.write("x")
    return sum(numbers)


@task(retries=2)
def upload(amount: int) -> str:
    raise OSError("no network here")


@task
async def notified(text: str) -> str:
    raise OSError("no network here")


@task
def summary(n: int) -> int:
    return scaled(n, by=3) + scaled(n=n, by=4)


@workflow
def summed(table: str) -> int:
    return total(numbers=map_task(partial(scaled, by=2))(n=rows(table=table)))


@workflow
def report(table: str) -> str:
    return notified(text=upload(amount=summed(table=table)))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "sales"\n')
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    return tmp_path


def outcome(project: Path, tests: str, *options: str, plugin: str = "dagwright.pytest") -> str:
    """The last line of a pytest run on a file of tests, or all of its output where a test failed."""
    (project / "test_pipeline.py").write_text("from pathlib import Path\nimport pytest\n" + tests)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DAGWRIGHT_", "PYTEST_"))}
    if plugin:
        command += ["-p", plugin]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[-1].partition(" in ")[0] if done.returncode == 0 else done.stdout + done.stderr


def test_a_mock_runs_in_the_place_of_a_task_wherever_it_is_called(project: Path) -> None:
    tests = """
from flytekit.testing import task_mock
from pipeline import notified, report, rows, scaled, summary, summed, upload
from flytekit.exceptions.user import FlyteRecoverableException

def test_from_workflows_and_subworkflows(dagwright_store):
    with task_mock(rows) as mock_rows, task_mock(upload) as mock_upload, task_mock(notified) as mock_notified:
        mock_rows.return_value = [1, 2]
        mock_upload.side_effect = lambda amount: f"sent {amount}"
        mock_notified.side_effect = lambda text: text.upper()
        assert report(table="sales") == "SENT 6"
        mock_rows.assert_called_once_with(table="sales", limit=10)
        mock_upload.assert_called_once_with(amount=6)

def test_from_maps_and_without_the_process_of_a_timeout(dagwright_store):
    with task_mock(rows) as mock_rows, task_mock(scaled) as mock_scaled:
        mock_rows.return_value = [1, 2]
        mock_scaled.side_effect = lambda n, by: n + by
        assert summed(table="sales") == 7
        assert [call.kwargs for call in mock_scaled.call_args_list] == [{"n": 1, "by": 2}, {"n": 2, "by": 2}]

def test_from_the_body_of_a_task():
    with task_mock(scaled) as mock:
        mock.return_value = 5
        assert summary(n=1) == 10
        assert [call.kwargs for call in mock.call_args_list] == [{"n": 1, "by": 3}, {"n": 1, "by": 4}]

def test_retries_see_what_the_mock_raises():
    with task_mock(upload) as mock:
        mock.side_effect = [FlyteRecoverableException("busy"), FlyteRecoverableException("busy"), "done"]
        assert upload(amount=1) == "done"
        assert mock.call_count == 3
        mock.side_effect = KeyError("gone")
        with pytest.raises(KeyError, match="gone"):
            upload(amount=1)

def test_an_async_task():
    import asyncio
    with task_mock(notified) as mock:
        mock.return_value = "hi"
        assert asyncio.run(notified(text="x")) == "hi"
        mock.assert_called_once_with(text="x")

def test_results_are_held_to_the_types_of_the_task():
    with task_mock(scaled) as mock:
        mock.return_value = "five"
        with pytest.raises(TypeError, match="expected int, got str 'five'"):
            scaled(n=1, by=1)

def test_the_task_is_back_after_the_block_whatever_ends_it():
    with pytest.raises(ZeroDivisionError), task_mock(scaled) as mock, task_mock(scaled) as inner:
        inner.return_value = 9
        assert scaled(n=1, by=1) == 9
        1 / 0
    assert not mock.called
    assert scaled(n=2, by=2) == 4

def test_what_is_no_task_is_refused():
    with pytest.raises(TypeError, match=r"^task_mock\\(\\) takes a task, not <workflow pipeline.summed>: of a workflow, mock the tasks that it calls$"):
        with task_mock(summed):
            pass
"""
    assert outcome(project, tests) == "8 passed"


def test_the_cache_knows_nothing_of_mocks(project: Path) -> None:
    tests = """
from flytekit.testing import task_mock
from pipeline import rows, summed, total

def test_nothing_stored_is_served_and_nothing_is_stored(dagwright_store):
    assert total(numbers=[1, 2]) == 3
    with task_mock(total) as mock:
        mock.return_value = 40
        assert total(numbers=[1, 2]) == 40
        assert total(numbers=[5]) == 40
        assert mock.call_count == 2
    assert total(numbers=[1, 2]) == 3
    assert total(numbers=[5]) == 5
    assert Path("totals.txt").read_text() == "xx"
    with task_mock(rows) as mock:
        mock.return_value = [1]
        summed(table="a")
    with pytest.raises(RuntimeError, match="no warehouse here: a"):
        summed(table="a")
"""
    assert outcome(project, tests) == "1 passed"


def test_patch_gives_mocks_beside_fixtures_methods_and_parameters(project: Path) -> None:
    tests = """
from flytekit.testing import patch
from pipeline import rows, scaled, summed

@patch(rows)
@patch(scaled)
def test_two(mock_scaled, mock_rows, dagwright_store, tmp_path):
    mock_rows.return_value = [3]
    mock_scaled.side_effect = lambda n, by: n + by
    assert summed(table="x") == 5
    assert tmp_path.is_dir()

class TestRows:
    @pytest.mark.parametrize("found", [1, 2])
    @patch(rows)
    def test_method(self, mock, found):
        assert isinstance(self, TestRows)
        mock.return_value = [found]
        assert rows(table="x") == [found]

import unittest
class Case(unittest.TestCase):
    @patch(rows)
    def test_case(self, mock):
        mock.return_value = [4]
        self.assertEqual(rows(table="x"), [4])

@patch(rows)
async def coroutine(mock, n):
    mock.return_value = [n]
    return rows(table="x")

def test_coroutine():
    import asyncio
    assert asyncio.run(coroutine(7)) == [7]

def test_a_workflow_is_refused():
    with pytest.raises(TypeError, match="takes a task, not <workflow pipeline.summed>"):
        patch(summed)
"""
    assert outcome(project, tests) == "6 passed"


def test_the_fixture_gives_each_test_an_empty_store(project: Path) -> None:
    tests = """
from pipeline import total

@pytest.mark.parametrize("run", [1, 2])
def test_computes(run, dagwright_store):
    assert not list(dagwright_store.iterdir())
    assert total(numbers=[1]) == total(numbers=[1]) == 1
    assert Path("totals.txt").read_text() == run * "x"
    assert list(dagwright_store.iterdir())

def test_commands_use_it_too(dagwright_store):
    import subprocess, sys
    run = lambda: subprocess.run([Path(sys.executable).with_name("dagwright"), "run", "pipeline.py", "total", "--numbers", "[1]"], check=True, capture_output=True, text=True)
    total(numbers=[1])
    assert "\\n0 run, 1 cached" in run().stderr

def test_last():
    import os
    assert "DAGWRIGHT_STORE" not in os.environ
    assert not os.path.exists(".dagwright")
"""
    assert outcome(project, tests) == "4 passed"


def test_tasks_of_the_file_of_tests_itself(project: Path) -> None:
    tests = """
import flytekit as fl
from flytekit import testing
from dagwright.testing import patch, task_mock

@fl.task
def found(n: int) -> int:
    return n

@fl.workflow
def both(n: int) -> int:
    return found(n=found(n=n))

@patch(found)
def test_them(mock):
    mock.side_effect = lambda n: n + 1
    assert both(n=1) == 3
    assert testing.task_mock is task_mock is fl.testing.task_mock
    with testing.task_mock(found) as inner:
        inner.return_value = 8
        assert both(n=1) == 8
    assert both(n=1) == 3
"""
    for mode in ("prepend", "importlib"):
        assert outcome(project, tests, f"--import-mode={mode}") == "1 passed"


def test_without_the_plugin_the_stand_in_is_not_there(project: Path) -> None:
    assert "No module named 'flytekit'" in outcome(project, "import flytekit\ndef test_it(): pass\n", plugin="")
    assert outcome(project, "import flytekit\ndef test_it(): pass\n") == "1 passed"


def test_the_plugin_in_a_conftest(project: Path) -> None:
    (project / "conftest.py").write_text('pytest_plugins = ["dagwright.pytest"]\n')
    assert outcome(project, "import flytekit\ndef test_it(dagwright_store): pass\n", plugin="") == "1 passed"


def test_importing_dagwright_imports_no_pytest() -> None:
    code = "import sys, dagwright, dagwright.testing, dagwright.compat; sys.exit('pytest' in sys.modules or 'unittest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
