"""Maps on a live controller: empty, wide and limited, over inputs, literals and other maps."""

import json
from datetime import datetime

import pytest

pytestmark = pytest.mark.cluster

SOURCE = """\
import time

from dagwright import map_task, task, workflow


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task
def double(n: int) -> int:
    return 2 * n


@task
def doze(n: int) -> int:
    time.sleep(1)
    return n + 1


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@workflow
def all_maps(given: list[int], count: int = 3) -> tuple[int, int, int, int]:
    made = numbers(count=count)
    twice = map_task(double)(n=map_task(double)(n=made))
    of_input = map_task(double)(n=given)
    of_literal = map_task(double)(n=[10, 20])
    return total(ns=made), total(ns=twice), total(ns=of_input), total(ns=of_literal)


@workflow
def limited(count: int = 40) -> int:
    return total(ns=map_task(doze, concurrency=5)(n=numbers(count=count)))
"""


LOSING = """\
import os
import signal
import time
from typing import Optional

from dagwright import map_task, task, workflow


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task(retries=1)
def picky(n: int) -> int:
    if n == 1:
        raise ValueError("one is bad")
    if n == 2:
        os.kill(os.getppid(), signal.SIGKILL)  # the pod dies without a word, as when memory is out
        time.sleep(60)
    return 10 * n


@task
def told(n: Optional[int]) -> str:
    return repr(n)


@workflow
def enough(count: int = 5) -> tuple[list[Optional[int]], list[str]]:
    got = map_task(picky, min_success_ratio=0.6)(n=numbers(count=count))
    return got, map_task(told)(n=got)


@workflow
def too_few() -> list[Optional[int]]:
    return map_task(picky, min_successes=3)(n=[0, 1, 1, 3])
"""


def seconds(text):
    return datetime.fromisoformat(text).timestamp()


def test_maps_over_everything(flows, argo):
    flow = flows(SOURCE, "all_maps", argo)
    full = flow.submit(given="[1, 2]", count="3")
    empty = flow.submit(given="[]", count="0")
    assert full.succeeded().outputs() == [3, 12, 6, 60]
    assert empty.succeeded().outputs() == [0, 0, 0, 60]


def test_forty_elements_run_five_at_a_time(flows, argo):
    run = flows(SOURCE, "limited", argo).submit().succeeded()
    assert run.outputs() == [sum(range(1, 41))]
    pods = run.pods("doze")
    assert len(pods) == 40
    spans = [(seconds(pod["startedAt"]), seconds(pod["finishedAt"])) for pod in pods]
    # Times are whole seconds: a pod that ends in the second in which the next one starts is no overlap.
    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) <= 5


def test_a_list_that_no_environment_holds_goes_by_reference(flows, argo, tmp_path):
    from dagwright.contract.keys import sha256_hex
    from dagwright.contract.names import blob_key
    from dagwright.store import open_store

    flow = flows(SOURCE, "all_maps", argo)
    data = json.dumps([7] * 3 + [0] * 0).encode()
    open_store(argo["store"]).create(blob_key(sha256_hex(data)), data)
    run = flow.submit(given=json.dumps({"$ref": sha256_hex(data), "len": 3}), count="1").succeeded()
    assert run.outputs() == [0, 0, 42, 60]


def test_elements_that_may_fail_give_none_and_too_many_fail_the_map(flows, argo):
    flow = flows(LOSING, "enough", argo)
    few = flows(LOSING, "too_few", argo)
    run, empty, failing = flow.submit(), flow.submit(count="0"), few.submit()
    assert run.succeeded().outputs() == [[0, None, None, 30, 40], ["0", "None", "None", "30", "40"]]
    assert empty.succeeded().outputs() == [[], []]
    (verdict,) = failing.failed().pods("picky")[-1:]
    assert "2 of the 4 elements of picky failed, and at most 1 may (min_successes=3)" in verdict["message"]
