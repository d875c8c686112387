"""What an attempt that handles a failure is told of maps that lost too many elements, beside what else failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pods import Pods

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
import os

def half(n):
    if n % 2 and "MENDED" not in os.environ:
        raise ValueError(f"{n} is odd")
    return n // 2

def last():
    raise ValueError("the last")

def tell():
    pass
"""


class HandledPods(Pods):
    """A run whose last task handles its failure."""

    def plan(self) -> dict[str, Any]:
        *nodes, handler = self.nodes
        self.nodes = nodes
        plan: dict[str, Any] = super().plan()
        self.nodes = [*nodes, handler]
        own = {"name": "flow.tell.on_failure", "inputs": [], "outputs": [], "returns": "none", "nodes": [handler]}
        plan["program"]["on_failure"] = own
        plan["units"][handler["id"]] = {"id": handler["id"], "node": handler["id"], "publish": []}
        return plan

    def told(self) -> list[dict[str, str]]:
        return [json.loads(path.read_text()) for path in self.stored("run/run-1/failure-*.json")]


def test_a_map_that_lost_too_many_elements_is_told_until_it_has_enough(tmp_path: Path) -> None:
    pods = HandledPods(tmp_path, SOURCE)
    pods.task("half", {"n": ("int", [0, 1])}, "int", over="n")
    pods.nodes[-1]["min_success_ratio"] = 0.9
    pods.task("last")
    pods.task("tell")
    assert [pods.attempt("half", 0).code, pods.attempt("half", 1).code, pods.attempt("half", "verdict").code] == [0, 80, 80]
    assert pods.attempt("tell").code == 0
    text = "1 of the 2 elements of half failed, and none may (min_success_ratio=0.9); [1] n=1: ValueError: 1 is odd"
    assert pods.told() == [{"message": text, "failed_node_id": "half"}]

    (marker,) = pods.stored("run/run-1/stop.json")
    marker.unlink()  # as `dagwright retry` does
    assert [pods.attempt("half", 1, attempt=0, MENDED="1").code, pods.attempt("half", "verdict").code] == [0, 0]
    assert pods.attempt("last").code == 80
    assert pods.attempt("tell").code == 0
    assert {"message": "ValueError: the last", "failed_node_id": "last"} in pods.told()


def test_a_map_that_lost_too_many_elements_is_told_beside_what_failed_meanwhile(tmp_path: Path) -> None:
    pods = HandledPods(tmp_path, SOURCE)
    pods.stops = True
    pods.task("half", {"n": ("int", [0, 1])}, "int", over="n")
    pods.nodes[-1]["min_success_ratio"] = 0.9
    pods.task("last")
    pods.task("tell")
    assert [pods.attempt("half", 0).code, pods.attempt("half", 1).code, pods.attempt("last").code] == [0, 80, 80]
    (marker,) = pods.stored("run/run-1/stop.json")
    marker.unlink()  # the verdict had looked for it before it was left
    assert pods.attempt("half", "verdict").code == 80
    assert pods.attempt("tell").code == 0
    text = "1 of the 2 elements of half failed, and none may (min_success_ratio=0.9); [1] n=1: ValueError: 1 is odd"
    assert pods.told() == [{"message": f"{text} (failed as well: last)", "failed_node_id": "half"}]
