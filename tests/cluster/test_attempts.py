"""Caching, retries, timeouts and lost pods on a live controller."""

import pathlib

import pytest
from live_cluster import IMAGE_39, kubectl

pytestmark = pytest.mark.cluster

HEAD = """\
import os
import pathlib
import time
from datetime import timedelta

from dagwright import RecoverableError, map_task, task, workflow
"""


def test_the_second_submission_of_a_cached_workflow_is_a_hit(flows, argo):
    source = (
        HEAD
        + """
@task(cache=True, cache_version="1")
def square(n: int) -> int:
    return n * n

@workflow
def cached(n: int = 3) -> int:
    return square(n=n)
"""
    )
    flow = flows(source, "cached", argo)
    first = flow.submit(n="4").succeeded()
    second = flow.submit(n="4").succeeded()
    other = flow.submit(n="5").succeeded()
    assert [run.outputs() for run in (first, second, other)] == [[16], [16], [25]]
    states = [[record["state"] for record in run.records("square")] for run in (first, second, other)]
    assert states == [["run"], ["cached"], ["run"]]


def test_a_recoverable_error_is_tried_again_until_it_passes(flows, argo):
    source = (
        HEAD
        + """
@task(retries=3)
def third_time(marks: str) -> int:
    folder = pathlib.Path(marks)
    folder.mkdir(parents=True, exist_ok=True)
    tries = len(list(folder.iterdir())) + 1
    (folder / str(tries)).touch()
    if tries < 3:
        raise RecoverableError(f"try {tries} fails: the child was OOMKilled, past the specified deadline")
    return tries

@workflow
def recovers(marks: str) -> int:
    return third_time(marks=marks)
"""
    )
    flow = flows(source, "recovers", argo)
    run = flow.submit(marks=f"{argo['store'].removeprefix('file://')}/marks").succeeded()
    assert run.exit_codes("third-time") == ["75", "75", "0"]
    assert run.outputs() == [3]
    assert [record["hint"] for record in run.records("third-time")] == [0, 1, 2]


def test_any_other_error_is_final_at_once_and_says_why(flows, argo):
    source = (
        HEAD
        + """
@task(retries=3)
def broken(n: int) -> int:
    return n // 0

@task
def never(n: int) -> int:
    return n

@workflow
def fails(n: int = 1) -> int:
    return never(n=broken(n=n))
"""
    )
    run = flows(source, "fails", argo).submit().failed()
    assert run.exit_codes("broken") == ["80"]
    assert run.pods("never") == []
    log = run.logs()
    assert "ZeroDivisionError" in log
    assert "return n // 0" in log


def test_a_user_budget_that_is_spent_ends_the_run(flows, argo):
    source = (
        HEAD
        + """
@task(retries=1)
def hopeless() -> int:
    raise RecoverableError("always")

@workflow
def exhausted() -> int:
    return hopeless()
"""
    )
    run = flows(source, "exhausted", argo).submit().failed()
    assert run.exit_codes("hopeless") == ["75", "81"]


def test_a_task_beyond_its_timeout_is_killed_and_tried_again(flows, argo):
    source = (
        HEAD
        + """
@task(retries=1, timeout=timedelta(seconds=10))
def slow_once(mark: str) -> str:
    if not os.path.exists(mark):
        pathlib.Path(mark).touch()
        time.sleep(600)
    return "in time"

@workflow
def times_out(mark: str) -> str:
    return slow_once(mark=mark)
"""
    )
    flow = flows(source, "times_out", argo)
    run = flow.submit(mark=f"{argo['store'].removeprefix('file://')}/mark").succeeded()
    assert run.exit_codes("slow-once") == ["73", "0"]
    assert run.outputs() == ["in time"]


def test_a_deleted_pod_is_replaced_at_no_cost_to_the_user(flows, argo):
    source = (
        HEAD
        + """
@task
def patient(mark: str) -> str:
    if not os.path.exists(mark):
        pathlib.Path(mark).touch()
        time.sleep(600)
    return "survived"

@workflow
def evicted(mark: str) -> str:
    return patient(mark=mark)
"""
    )
    flow = flows(source, "evicted", argo)
    mark = f"{argo['store'].removeprefix('file://')}/mark"
    run = flow.submit(mark=mark)
    run.wait(lambda run: pathlib.Path(mark).exists() and [pod["phase"] for pod in run.pods("patient")] == ["Running"])
    kubectl("delete", "pod", run.pod_name("patient"), "--wait=false")
    run.succeeded()
    assert run.outputs() == ["survived"]
    # Argo makes the pod again under its old name or tries again under a new one; both are a second attempt of ours.
    assert [record["ending"] for record in run.records("patient")] == ["terminated", "succeeded"]


def test_argo_retry_runs_only_what_failed_with_a_fresh_budget(flows, argo):
    source = (
        HEAD
        + """
@task
def before(n: int) -> int:
    return n + 1

@task(retries=0)
def repaired(n: int, mark: str) -> int:
    if not os.path.exists(mark):
        raise ValueError("not repaired yet")
    return n * 10

@workflow
def retried(mark: str, n: int = 1) -> int:
    return repaired(n=before(n=n), mark=mark)
"""
    )
    flow = flows(source, "retried", argo)
    mark = f"{argo['store'].removeprefix('file://')}/mark"
    run = flow.submit(mark=mark).failed()
    assert run.exit_codes("repaired") == ["80"]
    pathlib.Path(mark).touch()
    run.retry()
    run.wait(lambda run: run.status.get("phase") == "Running")
    run.succeeded()
    assert run.outputs() == [20]
    assert len(run.records("before")) == 1
    assert [record["ending"] for record in run.records("repaired")] == ["failed", "succeeded"]


def test_a_flow_runs_in_an_image_with_python_3_9(flows, argo):
    source = (
        HEAD
        + """
import sys

@task
def version() -> str:
    return "%d.%d" % sys.version_info[:2]

@task
def double(x: float) -> float:
    return 2 * x

@task
def total(xs: list[float], of: str) -> str:
    return f"{sum(xs)} in {of}"

@workflow
def old_python() -> str:
    return total(xs=map_task(double)(x=[1.0, 2.5]), of=version())
"""
    )
    flow = flows(source, "old_python", {**argo, "image": IMAGE_39})
    assert flow.submit().succeeded().outputs() == ["7.0 in 3.9"]


def test_a_run_continues_another_whose_key_it_is_given(flows, argo):
    source = (
        HEAD
        + """
@task
def stamp() -> float:
    return time.time()

@workflow
def continued() -> float:
    return stamp()
"""
    )
    flow = flows(source, "continued", argo)
    first = flow.submit().succeeded()
    second = flow.submit(**{"dagwright-run": first.uid}).succeeded()
    assert second.uid != first.uid
    assert second.records("stamp") == []
    assert len(first.records("stamp")) == 1
