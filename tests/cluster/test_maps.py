"""Maps on a live controller: empty, wide and limited, over inputs, literals and other maps."""

import json
from datetime import datetime

import pytest

from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key
from dagwright.store import open_store

pytestmark = pytest.mark.cluster

SOURCE = """\
from dagwright import map_task, task, workflow


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task
def double(n: int) -> int:
    return 2 * n


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@task
def totals(made: list[int], of_input: list[int], of_literal: list[int]) -> list[int]:
    return [sum(made), sum(of_input), sum(of_literal)]


@workflow
def all_maps(given: list[int], count: int = 2) -> tuple[int, list[int]]:
    made = numbers(count=count)
    twice = map_task(double)(n=map_task(double)(n=made))
    of_input = map_task(double)(n=given)
    of_literal = map_task(double)(n=[10, 20])
    return total(ns=twice), totals(made=made, of_input=of_input, of_literal=of_literal)


@workflow
def limited(count: int = 7) -> int:
    return total(ns=map_task(double, concurrency=2)(n=numbers(count=count)))
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
def enough(count: int = 4) -> tuple[list[Optional[int]], list[str]]:
    got = map_task(picky, min_success_ratio=0.5)(n=numbers(count=count))
    return got, map_task(told)(n=got)


@workflow
def too_few() -> list[Optional[int]]:
    return map_task(picky, min_successes=3)(n=[0, 1, 1, 3])
"""

SHARING = """\
from functools import partial
from pathlib import Path
from typing import Optional

from dagwright import map_task, task, workflow


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task
def double(n: int) -> int:
    return 2 * n


@task
def picky(n: int) -> int:
    if n % 4 == 1:
        raise ValueError(f"{n} is bad")
    return n


@task
def noted(n: int, folder: str) -> int:
    with (Path(folder) / f"noted-{n}").open("a") as file:
        file.write("x")
    if n == 4 and not (Path(folder) / "mended").exists():
        raise ValueError("not yet")
    return n


@workflow
def chunks(given: list[int], count: int = 10) -> tuple[list[int], list[int], list[Optional[int]]]:
    made = numbers(count=count)
    return map_task(double)(n=map_task(double)(n=made)), map_task(double)(n=given), map_task(picky, min_success_ratio=0.5)(n=made)


@workflow
def mended(folder: str) -> list[int]:
    return map_task(partial(noted, folder=folder))(n=numbers(count=7))
"""


def seconds(text):
    return datetime.fromisoformat(text).timestamp()


def test_maps_over_everything(flows, argo):
    flow = flows(SOURCE, "all_maps", argo)
    full = flow.submit(given="[1, 2]", count="2")
    empty = flow.submit(given="[]", count="0")
    # What no environment holds, as `submit` gives it.
    data = json.dumps([7, 7]).encode()
    open_store(argo["store"]).create(blob_key(sha256_hex(data)), data)
    by_reference = flow.submit(given=json.dumps({"$ref": sha256_hex(data), "len": 2}), count="0")
    assert full.succeeded().outputs() == [4, [1, 6, 60]]
    assert empty.succeeded().outputs() == [0, [0, 0, 60]]
    assert by_reference.succeeded().outputs() == [0, [0, 28, 60]]


def test_seven_elements_run_two_at_a_time(flows, argo):
    run = flows(SOURCE, "limited", argo).submit().succeeded()
    assert run.outputs() == [42]
    pods = run.pods("double")
    assert len(pods) == 7
    spans = [(seconds(pod["startedAt"]), seconds(pod["finishedAt"])) for pod in pods]
    # Times are whole seconds: a pod that ends in the second in which the next one starts is no overlap.
    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) <= 2


def test_elements_that_may_fail_give_none_and_too_many_fail_the_map(flows, argo):
    once = {**argo, "system_retries": 1}  # a killed pod waits longer before each further one
    flow = flows(LOSING, "enough", once)
    few = flows(LOSING, "too_few", once)
    run, empty, failing = flow.submit(), flow.submit(count="0"), few.submit()
    assert run.succeeded().outputs() == [[0, None, None, 30], ["0", "None", "None", "30"]]
    assert empty.succeeded().outputs() == [[], []]
    (verdict,) = failing.failed().pods("picky")[-1:]
    assert "2 of the 4 elements of picky failed, and at most 1 may (min_successes=3)" in verdict["message"]


def test_elements_that_share_pods_give_what_each_alone_would(flows, argo):
    flow = flows(SHARING, "chunks", argo, general={"map_pods": 3})
    full, empty = flow.submit(given="[7, 8, 9, 10]"), flow.submit(given="[]", count="0")
    lossy = [0, None, 2, 3, 4, None, 6, 7, 8, None]
    assert full.succeeded().outputs() == [[4 * n for n in range(10)], [14, 16, 18, 20], lossy]
    assert len(full.pods("picky")) == 3 + 1  # the last one counts results
    assert len(full.pods("double-3")) == 2
    assert empty.succeeded().outputs() == [[], [], []]


def test_a_retry_of_a_failed_map_repeats_only_what_is_unfinished(flows, argo, shared_folder, tmp_path):
    folder = shared_folder / f"{tmp_path.name}-notes"
    folder.mkdir()
    folder.chmod(0o777)
    flow = flows(SHARING, "mended", argo, general={"map_pods": 3})
    run = flow.submit(folder=str(folder)).failed()
    (folder / "mended").touch()
    assert run.retry().wait(lambda run: run.status.get("phase") == "Succeeded").outputs() == [list(range(7))]
    assert [len((folder / f"noted-{n}").read_text()) for n in range(7)] == [1, 1, 1, 1, 2, 1, 1]
