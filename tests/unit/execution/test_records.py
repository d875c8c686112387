from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pods import Pods

from dagwright.contract.names import attempt_key
from dagwright.execution.assignment import Assignment
from dagwright.execution.ending import FAILED, RECOVERABLE, SUCCEEDED, TERMINATED, TIMEOUT, TRANSIENT
from dagwright.execution.plan_view import PlanView
from dagwright.execution.records import epoch_of, read_records, record_attempt
from dagwright.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from dagwright.store.verbs import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "store").as_uri())


def assignment(tmp_path: Path, hint: int | None) -> Assignment:
    pods = Pods(tmp_path, "")
    pods.task("t", {}, "int")
    plan: Any = pods.plan()
    return Assignment(PlanView(plan), "t", index=None, hint=hint, run="r", store_url="", code=(), work="", inputs={})


def record(tmp_path: Path, store: Store, hint: int | None, ending: str) -> tuple[int, int]:
    return record_attempt(store, assignment(tmp_path, hint), {"ending": ending})


def test_numbers_are_the_first_free_ones_and_budgets_count_user_failures_of_the_epoch(tmp_path: Path, store: Store) -> None:
    story = [
        (0, RECOVERABLE, (0, 1)),
        (1, TRANSIENT, (1, 1)),
        (2, TIMEOUT, (2, 2)),
        (3, TERMINATED, (3, 2)),
        (3, RECOVERABLE, (4, 3)),  # the same attempt started twice: no epoch
        (0, RECOVERABLE, (5, 1)),  # someone asked for a fresh round
        (None, TIMEOUT, (6, 2)),
        (7, FAILED, (7, 2)),
        (7, SUCCEEDED, (8, 0)),
    ]
    assert [record(tmp_path, store, hint, ending) for hint, ending, _ in story] == [expected for _, _, expected in story]
    assert [found["epoch"] for found in read_records(store, "r", "t", None)] == [0, 0, 0, 0, 0, 1, 1, 1, 2]


def test_a_first_attempt_without_records_before_it_keeps_its_hint(tmp_path: Path, store: Store) -> None:
    assert record(tmp_path, store, 2, RECOVERABLE) == (0, 1)
    assert read_records(store, "r", "t", None)[0]["hint"] == 2


def test_a_record_that_is_no_json_counts_for_nothing(tmp_path: Path, store: Store) -> None:
    store.put(attempt_key("r", "t", None, 0), b"{torn")
    store.put(attempt_key("r", "t", None, 1), json.dumps({"number": 1, "hint": 0, "ending": RECOVERABLE}).encode())
    assert record(tmp_path, store, 1, RECOVERABLE) == (2, 2)


@pytest.mark.parametrize(("hint", "epoch"), [(None, 4), (3, 4), (2, 5), (0, 5)])
def test_only_a_hint_that_does_not_grow_opens_an_epoch(hint: int | None, epoch: int) -> None:
    assert epoch_of([{"number": 9, "hint": 2, "epoch": 4, "ending": RECOVERABLE}], hint) == epoch
