"""Compiled plans on the emulator with the real runtime: values, pools, retries, long inputs."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from unit.batch.programs import SETTINGS, chain, compile_plan, map_reduce
from unit.batch.test_lower import map_of_map

from dagwright.contract.names import bundle_key, pin_key
from dagwright.store import NotFound, open_store
from dagwright_batch import emulate
from dagwright_compiler.ir.program import Policy

SOURCE = """
import json, os, pathlib, time

from dagwright import RecoverableError

TRIES = pathlib.Path(os.environ.get("TRIES", "."))


def split_up(data, parts):
    size = -(-len(data) // parts)
    return [data[size * i : size * (i + 1)] for i in range(parts)]


def total(data):
    if isinstance(data, float):
        return data * 2
    name = TRIES / ("-".join(map(str, data))[:40] or "none")
    tries = len(name.read_text()) if name.exists() else 0
    name.write_text("x" * (tries + 1))
    if -1.0 in data:
        raise ValueError("never")
    if -2.0 in data and tries < 2:
        raise RecoverableError("again")
    if -3.0 in data:
        print("sleeping", flush=True)
        time.sleep(60)
    return sum(data)


def reduce(totals):
    return sum(totals)


def step(x):
    (TRIES / "step").open("a").write("x")
    raise RecoverableError("always")
"""


class Run:
    """One store; a run of each program that is given to it."""

    def __init__(self, folder):
        self.folder = folder
        self.store_url = f"file://{folder}/store"
        self.store = open_store(self.store_url)
        self.tries = folder / "tries"
        self.tries.mkdir()
        self.lines = []

    def __call__(self, program, inputs, run="r1", **settings):
        artefact = compile_plan(program, {**SETTINGS, **settings}, {"flow.py": SOURCE.encode()})
        return emulate.run(
            artefact,
            inputs=inputs,
            store=self.store,
            store_url=self.store_url,
            run=run,
            max_workers=2,
            environment={"TRIES": str(self.tries)},
            on_line=self.lines.append,
        )

    def value(self, node, index=None, run="r1"):
        return json.loads(self.store.get(pin_key(run, node, index)))["outputs"][0]["data"]

    def is_pinned(self, node, index=None):
        try:
            self.value(node, index)
        except NotFound:
            return False
        return True


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def test_a_list_that_a_task_makes_is_mapped_by_a_pool(run):
    report = run(map_reduce(split=True), {"data": [1.0, 2.0, 3.5], "parts": 5}, workers=2)
    assert report.succeeded
    assert run.value("reduce") == 6.5
    assert [run.value("total", index) for index in range(5)] == [1.0, 2.0, 3.5, 0.0, 0.0]
    assert len(report.attempts) == 4


def test_a_pool_has_idle_children_where_the_list_is_shorter(run):
    assert run(map_reduce(split=True), {"data": [1.0], "parts": 1}, workers=3).succeeded
    assert run.value("reduce") == 1.0


@pytest.mark.parametrize(("data", "jobs"), [([1.0, 2.0, 3.0], 4), ([1.0], 2), ([], 1)])
def test_a_list_that_the_user_gives_is_mapped_by_its_length(run, data, jobs):
    report = run(map_reduce(split=False), {"data": data})
    assert report.succeeded
    assert run.value("reduce") == 2 * sum(data)
    assert len(report.attempts) == jobs


def test_a_limited_map_over_a_users_list_counts_it_at_run_time(run):
    assert run(map_reduce(split=False, concurrency=2), {"data": [1.0, 2.0, 3.0]}).succeeded
    assert run.value("reduce") == 12.0


@pytest.mark.parametrize("data", [[1.0, 2.0, 3.0], [1.0], []])
def test_a_map_over_a_maps_output_runs_element_by_element(run, data):
    report = run(map_of_map(), {"data": data})
    assert report.succeeded
    assert run.value("reduce") == 4 * sum(data)


def test_a_long_list_arrives_through_the_store(run):
    data = [float(number) for number in range(10_000)]
    assert run(map_reduce(split=True), {"data": data, "parts": 2}).succeeded
    assert run.value("reduce") == sum(data)


def test_a_failed_element_fails_the_map_but_not_the_elements_beside_it(run):
    report = run(map_reduce(split=True, concurrency=1, policy=Policy(retries=3)), {"data": [-1.0, 5.0, 6.0], "parts": 3})
    assert report.jobs == {"split-up": "SUCCEEDED", "total": "FAILED", "reduce": "FAILED"}
    assert [(found.job, found.exit_code, found.action) for found in report.attempts][-1] == ("mean-of-total", 80, "EXIT")
    assert [run.is_pinned("total", index) for index in range(3)] == [False, True, True]
    assert (run.tries / "-1.0").read_text() == "x"
    assert any("ValueError: never" in line for line in run.lines)


def test_an_element_of_a_pool_is_tried_again_in_place(run):
    report = run(map_reduce(split=True, concurrency=1, policy=Policy(retries=3)), {"data": [-2.0, 5.0], "parts": 2})
    assert report.succeeded
    assert (run.tries / "-2.0").read_text() == "xxx"
    assert [found.job for found in report.attempts] == ["mean-of-split-up", "mean-of-total", "mean-of-reduce"]


@pytest.mark.parametrize(("retries", "attempts"), [(0, [81]), (2, [75, 75, 81]), (8, [75, 75, 75, 75, 81])])
def test_the_users_retries_are_counted_exactly_in_place_or_by_batch(run, retries, attempts):
    report = run(chain(1, Policy(retries=retries)), {"x": 1})
    assert not report.succeeded
    assert len((run.tries / "step").read_text()) == retries + 1
    assert [found.exit_code for found in report.attempts] == attempts


def test_a_restarted_child_of_a_pool_passes_over_what_is_done(run):
    program, inputs = map_reduce(split=True, concurrency=1), {"data": [4.0, 5.0], "parts": 2}
    assert run(program, inputs).succeeded
    assert run(program, inputs).succeeded
    assert {path.name: path.read_text() for path in run.tries.iterdir()} == {"4.0": "x", "5.0": "x"}


def test_an_element_that_times_out_is_tried_again_in_place_and_then_final(run):
    program = map_reduce(split=True, concurrency=1, policy=Policy(retries=1, timeout_s=0.3))
    report = run(program, {"data": [-3.0], "parts": 1})
    assert [(found.job, found.exit_code) for found in report.attempts] == [("mean-of-split-up", 0), ("mean-of-total", 83)]
    assert (run.tries / "-3.0").read_text() == "xx"


def test_sigterm_ends_a_pool_with_the_code_that_is_retried(run, tmp_path):
    program = map_reduce(split=True, concurrency=1)
    first = compile_plan(program, SETTINGS, {"flow.py": SOURCE.encode()})
    run.store.create(bundle_key(first.bundle.digest), first.bundle.archive())
    environment = {
        **os.environ,
        "DAGWRIGHT_STORE": run.store_url,
        "DAGWRIGHT_RUN": "r1",
        "DAGWRIGHT_BUNDLE": first.bundle.digest,
        "DAGWRIGHT_WORK": str(tmp_path / "work"),
        "TRIES": str(run.tries),
    }
    given = {"DAGWRIGHT_INPUT_data": "[-3.0, 1.0]", "DAGWRIGHT_INPUT_parts": "2"}
    subprocess.run([sys.executable, "-m", "dagwright.execution", "split-up"], env={**environment, **given}, check=True)
    command = [sys.executable, "-m", "dagwright.execution.batch", "total", "--pool", "1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "sleeping\n"
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 72
    assert time.monotonic() - started < 10
    assert not run.is_pinned("total", 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "usage: python3 -m dagwright.execution.batch UNIT"),
        (["a", "b"], "usage:"),
        (["a", "--element", "--pool", "2"], "usage:"),
        (["a", "--pool", "0"], "--pool takes a number from 1, not '0'"),
        (["a", "--pool"], "--pool takes a number from 1, not ''"),
        (["a", "--pool", "1"], "DAGWRIGHT_STORE is not set"),
    ],
)
def test_wrong_orders_end_in_one_line_and_a_final_code(arguments, message):
    ended = subprocess.run(
        [sys.executable, "-m", "dagwright.execution.batch", *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 82
    assert message in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_wrong_index_is_refused():
    environment = {**os.environ, "AWS_BATCH_JOB_ARRAY_INDEX": "x"}
    command = [sys.executable, "-m", "dagwright.execution.batch", "a", "--element"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (82, "dagwright: AWS_BATCH_JOB_ARRAY_INDEX is 'x', no number from 0 (exit 82)\n")
