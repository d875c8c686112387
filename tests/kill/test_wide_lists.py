"""A wide list in slices, and the pods that read their part of it, killed at every operation: the next attempt gives every element its value."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import slicing_process
from pods import Pods, pinned

from dagwright.cache import read_pin
from dagwright.contract.names import pin_key
from dagwright.execution.bindings import Bindings
from dagwright.execution.plan_view import read_plan
from dagwright.store import open_store
from dagwright.values import Codec

if TYPE_CHECKING:
    from dagwright.store import Store

SOURCE = """
import os

def note(what):
    with open(os.environ["CALLS"], "a") as calls:
        calls.write(f"{what}\\n")

def produce():
    note("produce")
    return [f"{number}" + chr(97 + number) * 40_000 for number in range(6)]

def head(item):
    note(item[:2])
    return item[:2] + "x" * 30_000

def total(heads):
    note("total")
    return "".join(head[:2] for head in heads)
"""
VALUES = ["0a", "1b", "2c", "3d", "4e", "5f"]
MOST_STEPS = 120
FEWEST_KILLED = {"produce": 8, "head": 20, "total": 6}


class Flow(NamedTuple):
    """One run in a store of its own."""

    pods: Pods
    store: Store

    def attempt(self, unit: str, *index: str, step: int = -1) -> subprocess.CompletedProcess[str]:
        """Run the child of an attempt; with a step it dies there."""
        environment = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "NO_PROXY", "no_proxy"))}
        environment |= self.pods.env(DAGWRIGHT_STORE=self.store.url, CALLS=str(self.pods.folder / "calls"))
        environment["PYTHONPATH"] += os.pathsep + str(Path(slicing_process.__file__).parent)
        del environment["PYTHONWARNINGS"]  # of the drivers' own
        return subprocess.run(
            [sys.executable, slicing_process.__file__, str(step), unit, *index],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeed(self, unit: str, *index: str) -> None:
        done = self.attempt(unit, *index)
        assert done.stdout == "succeeded\n", done

    def calls(self) -> Counter[str]:
        path = self.pods.folder / "calls"
        return Counter(path.read_text().split()) if path.exists() else Counter()

    def values(self) -> list[str]:
        """What readers of the map get, element by element and as a list."""
        program = read_plan(self.pods.env()["DAGWRIGHT_PLAN"]).program
        bindings = Bindings(program, run=self.pods.run, store=self.store, codec=Codec({}), texts={})
        heads = bindings.of_node(program.node("total"), None)["heads"]
        return [item[:2] for item in heads.data]


def flow(folder: Path, url: str) -> Flow:
    pods = Pods(folder, SOURCE)
    pods.map_pods = 2
    pods.task("produce", {}, "list[str]", cache={"version": "1"})
    pods.task("head", {"item": ("str", pinned("produce"))}, "str", over="item", cache={"version": "1"})
    pods.task("total", {"heads": ("list[str]", pinned("head"))}, "str")
    pods.publish["produce"] = [{"output": "o0", "parameter": "count-o0"}]
    return Flow(pods, open_store(url))


@pytest.mark.parametrize("unit", FEWEST_KILLED)
def test_an_attempt_at_a_wide_list_killed_at_any_operation_is_completed_by_the_next(url: str, tmp_path: Path, unit: str) -> None:
    killed, index = 0, ["1"] if unit == "head" else []
    for step in range(MOST_STEPS):
        run = flow(tmp_path / str(step), f"{url}/{step}")
        if unit != "produce":
            run.succeed("produce")
        if unit == "total":
            run.succeed("head", "1")
            run.succeed("head", "0")
        before = run.calls()
        died = run.attempt(unit, *index, step=step)
        if died.returncode == 0:
            assert died.stdout == "succeeded\n"
            break
        assert died.returncode == -signal.SIGKILL, died
        killed += 1
        done = run.calls() - before
        kept = len(run.store.list("v1/ac/default/development/flow.head")) if unit == "head" else 0
        pinned_already = unit != "head" and read_pin(run.store, pin_key("run-1", unit)) is not None
        run.succeed(unit, *index)
        again = run.calls() - before - done
        # What was published is not computed again, and nothing is computed three times.
        assert not (pinned_already and again), again
        if unit == "head":
            assert sum(again.values()) == 3 - kept
        if unit == "produce":
            assert (run.pods.folder / "work/control/count-o0").read_text() == "2"
            run.succeed("head", "1")
        if unit != "total":
            run.succeed("head", "0")
            run.succeed("total")
        assert run.values() == VALUES
        assert max(run.calls().values()) <= 2
        pin = read_pin(run.store, pin_key("run-1", "produce"))
        assert pin is not None
        assert pin.output("o0").slices is not None
    assert killed >= FEWEST_KILLED[unit]
