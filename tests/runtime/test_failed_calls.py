"""In which calls something failed, as the pod that is asked after a failed run finds it: failures, what was interrupted, gates, and inputs that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pods import Pods, pinned

from dagwright.contract.names import open_folder
from dagwright.execution.assignment import Assignment
from dagwright.execution.failed_calls import told_of_calls
from dagwright.execution.plan_view import read_plan
from dagwright.execution.stopping import Stop
from dagwright.execution.told_failures import Failures
from dagwright.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
import os, signal, sys, time

def good():
    return "made"

def bad():
    raise ValueError("bad")

def evicted():
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(30)

def dies():
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)

def after(x):
    pass

def tell(given):
    print("told", given)
"""


class CalledPods(Pods):
    """A run with calls whose failures are handled by ``tell``; ``calls`` gives what stands in the place of each, and what its handler takes."""

    def __init__(self, folder: Path, *names: str, calls: dict[str, tuple[list[str], str]]) -> None:
        super().__init__(folder, SOURCE)
        self.stops = True
        for name in names:
            self.task(name, None if name != "after" else {"x": ("str", pinned("look"))}, "str" if name == "good" else None)
        self._calls = calls
        self._gates: list[dict[str, Any]] = []

    def gate(self, name: str, after: str) -> None:
        self._gates.append(
            {
                "kind": "gate",
                "id": name,
                "gate": "input",
                "wait_s": 60,
                "bindings": {},
                "after": [after],
                "outputs": [{"name": "o0", "type": "str"}],
            }
        )

    def plan(self) -> dict[str, Any]:
        plan: dict[str, Any] = super().plan()
        program = plan["program"]
        program["workflow"]["nodes"] = [*program["workflow"]["nodes"], *self._gates]
        tell = {"name": "flow.tell", "module": "flow", "function": "tell", "inputs": [{"name": "given", "type": "str"}]}
        program["tasks"] = {
            **program["tasks"],
            "flow.tell": {**tell, "outputs": [], "returns": "none", "signature": "f" * 64, "policy": {}},
        }
        program["call_handlers"] = []
        for call, (nodes, taken) in self._calls.items():
            node = {
                "kind": "task",
                "id": f"{call}-on-failure",
                "task": "flow.tell",
                "bindings": {"given": {"kind": "input", "name": taken}},
            }
            graph = {
                "name": "flow.tell.on_failure",
                "inputs": [{"name": taken, "type": "str"}],
                "outputs": [],
                "returns": "none",
                "nodes": [node],
            }
            program["call_handlers"].append({"call": call, "workflow": "flow.inner", "nodes": nodes, "graph": graph})
            plan["units"][node["id"]] = {"id": node["id"], "node": node["id"]}
        return plan

    def judged(self) -> dict[str, str]:
        """Ask, and give what the orchestrator is told."""
        ended = self.attempt(f"{next(iter(self._calls))}-on-failure", "calls")
        assert ended.code == 0, ended
        self.said = ended.err
        return {call: (self.folder / "work" / "control" / call).read_text() for call in self._calls}


def test_a_call_failed_in_which_something_failed_for_good(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "bad", calls={"one": (["bad"], "good.o0"), "other": (["good"], "good.o0")})
    assert [pods.attempt("good").code, pods.attempt("bad").code] == [0, 80]
    assert pods.judged() == {"one": "true", "other": "false"}
    assert "the on_failure of one runs" in pods.said
    told = pods.attempt("one-on-failure")
    assert (told.code, told.out) == (0, "told made\n")
    assert pods.judged() == {"one": "true", "other": "false"}
    refused = pods.attempt("other-on-failure")
    assert refused.code == 82
    assert "nothing of other failed" in refused.err


def test_a_handler_that_lacks_a_result_is_not_asked_for(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "bad", calls={"one": (["bad"], "good.o0")})
    assert pods.attempt("bad").code == 80
    assert pods.judged() == {"one": "false"}
    assert "the on_failure of one does not run: it takes a result of good, which has none" in pods.said


def test_what_was_interrupted_counts_where_nothing_failed(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "evicted", calls={"one": (["evicted"], "good.o0"), "other": (["good"], "good.o0")})
    assert [pods.attempt("good").code, pods.attempt("evicted").code] == [0, 72]
    assert pods.judged() == {"one": "true", "other": "false"}


def test_what_was_interrupted_counts_for_nothing_beside_a_failure(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "evicted", "bad", calls={"one": (["evicted"], "good.o0"), "other": (["bad"], "good.o0")})
    assert [pods.attempt("good").code, pods.attempt("evicted").code, pods.attempt("bad").code] == [0, 72, 80]
    assert pods.judged() == {"one": "false", "other": "true"}


def test_an_attempt_that_died_without_a_word_ends_its_call(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "dies", calls={"one": (["dies"], "good.o0"), "other": (["good"], "good.o0")})
    assert [pods.attempt("good").code, pods.attempt("dies").code] == [0, -9]
    plan, store = read_plan(str(tmp_path / "plan")), open_store((tmp_path / "store").as_uri())
    given: dict[str, Any] = {"index": None, "hint": None, "code": (), "work": "", "inputs": {}}
    assignment = Assignment(plan, "one-on-failure", run=pods.run, store_url=store.url, **given)
    failures = Failures(store, pods.run, plan.program)
    nobody = Stop("0", "", None, "stopped", hint=None, at_s=None)
    left = store.list(open_folder(pods.run))  # whoever asks would wait for the note's end
    told = told_of_calls(assignment, store, failures, nobody, left)
    assert told == {"one": {"message": "attempts of dies died without a word", "failed_node_id": "dies"}}
    failed = Stop("0", "good", None, "good failed", hint=None, at_s=None)
    told = told_of_calls(assignment, store, failures, failed, left)
    assert told == {"other": {"message": "good failed", "failed_node_id": "good", "lacks": "good"}}


def test_a_gate_that_nobody_opened_ends_its_call(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "after", calls={"one": (["look", "after"], "good.o0"), "other": (["good"], "good.o0")})
    pods.gate("look", after="good")
    assert pods.attempt("good").code == 0
    assert pods.judged() == {"one": "true", "other": "false"}


def test_a_gate_that_the_run_did_not_come_to_ends_no_call(tmp_path: Path) -> None:
    pods = CalledPods(tmp_path, "good", "after", calls={"one": (["look", "after"], "good.o0")})
    pods.gate("look", after="good")
    assert pods.judged() == {"one": "false"}
    assert "nothing failed in a call whose on_failure could run" in pods.said
