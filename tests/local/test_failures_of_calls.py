"""Failures inside calls of workflows that have an ``on_failure``: which handlers run, in which order, and on what, on every way of running."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest
from ways_of_running import STAND_IN, write_project
from ways_of_running import execute as execute_one_way

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

WAYS = ["script", "run", "isolate"]
HEAD = """
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from dagwright import RunFailure, approve, map_task, task, workflow
from dagwright.testing import answers
from flytekit import WorkflowFailurePolicy
from flytekit.types.error.error import FlyteError

GO_ON = WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
HERE = Path(HERE_IS)


def leave(name: str, *values: object) -> None:
    with (HERE / name).open("a") as file:
        file.write(json.dumps(values) + "\\n")


@task
def clean_up(name: str, err: Optional[FlyteError] = None) -> None:
    assert err is not None
    leave("cleaned", name, err.message, err.failed_node_id)


@task
def create(name: str) -> str:
    leave("created", name)
    return f"{name}-1"


@task
def fails(name: str) -> str:
    raise ValueError(f"{name} is bad")


@task
def fails_if_bad(name: str) -> str:
    if name == "bad":
        raise ValueError(f"{name} is bad")
    return name
"""
FLOW = """

@workflow(on_failure=clean_up)
def subwf(name: str = "my_cluster") -> None:
    create(name=name) >> fails(name=name) >> create(name="never")


@workflow(on_failure=clean_up)
def calls_it(name: str = "my_cluster") -> None:
    create(name=name) >> subwf(name="another_cluster")


@workflow
def has_none_itself(name: str = "my_cluster") -> None:
    subwf(name=create(name=name))


@workflow
def fails_elsewhere(name: str = "mine") -> None:
    checked(name=name) >> fails(name=name) >> checked(name="late")


@workflow(on_failure=clean_up)
def checked(name: str) -> str:
    return fails_if_bad(name=name)


@workflow(failure_policy=GO_ON)
def each_call_for_itself() -> list[str]:
    return [checked(name=name) for name in ["good", "bad", "fine", "bad"]]


@task
def handles_badly(name: str) -> str:
    leave("badly", name)
    raise KeyError(name)


@workflow(on_failure=handles_badly)
def handled_badly(name: str) -> str:
    return fails_if_bad(name=name)


@workflow(on_failure=clean_up)
def goes_on_to_the_next(name: str = "mine") -> str:
    return handled_badly(name="bad")


@workflow
def in_steps(name: str, err: RunFailure) -> None:
    clean_up(name=create(name=name), err=err)
    map_task(create)(name=["a", "b"])


@workflow(on_failure=in_steps)
def handled_in_steps(name: str) -> str:
    return fails_if_bad(name=name)


@workflow
def runs_steps() -> str:
    return handled_in_steps(name="bad")


@workflow
def badly_in_steps(name: str, err: RunFailure) -> None:
    clean_up(name=handles_badly(name=name), err=err)


@workflow(on_failure=badly_in_steps)
def handled_badly_in_steps(name: str) -> str:
    return fails_if_bad(name=name)


@workflow
def runs_first_step() -> str:
    return handled_badly_in_steps(name="bad")


@dataclass
class Place:
    name: str
    parts: list[str]


@task
def find(name: str) -> Place:
    return Place(name, [name, f"{name}-part"])


@task
def clean_up_with_err(name: str, err: str) -> None:
    leave("cleaned", name, err)


@workflow(on_failure=clean_up_with_err)
def has_err(name: str, err: str) -> str:
    return checked(name=name)


@workflow
def has_err_itself(err: str = "mine") -> str:
    return has_err(name="bad", err=err)


@task
def tell_much(place: Place, parts: list[str], part: str, given: dict[str, str]) -> None:
    leave("told", place.name, parts, part, given)


@workflow(on_failure=tell_much)
def takes_results(place: Place, parts: list[str], part: str, given: dict[str, str]) -> str:
    return fails(name=part)


@workflow
def gives_results(name: str = "here") -> str:
    place, mapped = find(name=name), map_task(create)(name=["a", "b"])
    return takes_results(place=place, parts=mapped, part=place.parts[1], given={"a": place.name, "b": name})


@task
def clean_up_both(name: str, other: str, err: RunFailure) -> None:
    leave("cleaned", name, other)


@workflow(on_failure=clean_up_both)
def takes_two(name: str, other: str) -> tuple[str, str]:
    return fails(name=other), create(name=name)


@workflow(failure_policy=GO_ON, on_failure=clean_up)
def lacks_one(name: str = "mine") -> tuple[str, str]:
    return takes_two(name=fails(name="first"), other="second")


@workflow(on_failure=clean_up)
def asks(name: str) -> str:
    return create(name=approve(create(name=name), "look", timeout=None))


@workflow
def calls_what_asks() -> str:
    return asks(name="mine")


def asks_in_vain() -> None:
    with answers({"asks-look": False}):
        calls_what_asks()


@task
def fails_if_two(n: int) -> int:
    if n == 2:
        raise ValueError("two")
    return n


@workflow(on_failure=clean_up)
def maps(name: str) -> list[Optional[int]]:
    return map_task(fails_if_two, min_success_ratio=0.9)(n=[1, 2])


@workflow
def calls_what_maps() -> list[Optional[int]]:
    return maps(name="mapped")


@workflow(on_failure=clean_up)
def approved(name: str) -> str:
    return fails(name=name)


@workflow
def takes_what_was_approved() -> str:
    return approved(name=approve(create(name="mine"), "look", timeout=None))


def approves() -> None:
    with answers({"look": True}):
        takes_what_was_approved()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return made(tmp_path, FLOW)


def made(folder: Path, flow: str) -> Path:
    here = folder / "here"
    here.mkdir()
    return write_project(folder, HEAD.replace("HERE_IS", repr(str(here))) + flow)


def execute(project: Path, way: str, workflow: str, *options: str) -> subprocess.CompletedProcess[str]:
    ways = {name: command if name == "script" else [*command[:-1], *options, "flow.py"] for name, command in STAND_IN.items()}
    ended = execute_one_way(project, way, workflow, ways=ways)
    assert ended.returncode == 1, ended.stderr
    assert "internal error" not in ended.stderr, ended.stderr
    assert "error[DW" not in ended.stderr or way == "batch", ended.stderr
    return ended


def left(project: Path, name: str) -> list[list[object]]:
    path = project / "here" / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


BAD = "ValueError: bad is bad"
CLEANED = {
    "calls_it": [
        ["another_cluster", "ValueError: another_cluster is bad", "subwf-fails"],
        ["my_cluster", "ValueError: another_cluster is bad", "subwf-fails"],
    ],
    "has_none_itself": [["my_cluster-1", "ValueError: my_cluster-1 is bad", "subwf-fails"]],
    "fails_elsewhere": [],
    "each_call_for_itself": [["bad", BAD, "checked-2-fails-if-bad"], ["bad", BAD, "checked-4-fails-if-bad"]],
    "goes_on_to_the_next": [["mine", BAD, "handled-badly-fails-if-bad"]],
    "runs_steps": [["bad-1", BAD, "handled-in-steps-fails-if-bad"]],
    "runs_first_step": [],
    "has_err_itself": [["bad", BAD, "has-err-checked-fails-if-bad"], ["bad", "mine"]],
    "lacks_one": [["mine", "ValueError: first is bad (failed as well: takes-two-fails)", "fails"]],
    "calls_what_maps": [
        [
            "mapped",
            "1 of the 2 elements of maps-fails-if-two failed, and none may (min_success_ratio=0.9); [1] n=2: ValueError: two",
            "maps-fails-if-two",
        ]
    ],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("workflow", CLEANED)
def test_handlers_run_where_something_in_their_call_failed(project: Path, way: str, workflow: str) -> None:
    execute(project, way, workflow)
    assert left(project, "cleaned") == CLEANED[workflow]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_takes_what_its_call_was_given(project: Path, way: str) -> None:
    execute(project, way, "gives_results")
    assert left(project, "told") == [["here", ["a-1", "b-1"], "here-part", {"a": "here", "b": "here"}]]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_that_fails_is_told_and_keeps_no_other_from_running(project: Path, way: str) -> None:
    ended = execute(project, way, "goes_on_to_the_next")
    assert BAD in ended.stderr
    assert "the on_failure of handled-badly failed as well" in ended.stderr
    assert left(project, "badly") == [["bad"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_without_one_of_its_inputs_does_not_run_and_that_is_said(project: Path, way: str) -> None:
    ended = execute(project, way, "lacks_one")
    assert "the on_failure of takes-two does not run: it takes a result of fails, which has none" in ended.stderr


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_hears_of_a_gate_in_its_call(project: Path, way: str) -> None:
    execute(project, way, "asks_in_vain" if way == "script" else "calls_what_asks", "--deny", "asks-look")
    assert left(project, "cleaned") == [["mine", "NotApproved: asks-look was not approved", "asks-look"]]


@pytest.mark.parametrize("way", WAYS)
def test_a_handler_takes_what_was_approved(project: Path, way: str) -> None:
    execute(project, way, "approves" if way == "script" else "takes_what_was_approved", "--approve", "look")
    assert left(project, "cleaned") == [["mine-1", "ValueError: mine-1 is bad", "approved-fails"]]


class Shapes:
    """Workflows that call each other, each call after the one before, of which one task fails: as text, and what its failure brings about."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._texts: list[str] = []
        self._failed = False
        self.cleaned: list[str] = []
        """What the handlers that run are given, in their order."""
        self._make(0, "start")

    @property
    def text(self) -> str:
        return "\n\n" + "\n\n".join(self._texts)

    def _make(self, depth: int, given: str) -> str:
        """Make a workflow and note what becomes of its call; give its name."""
        rng, lines, before, failed_before = self._rng, [], "", self._failed
        for number in range(rng.randint(2, 3)):
            step = f"s{number}"
            value, says = rng.choice([("name", given), ('"own"', "own")])
            if rng.random() < 0.5:
                lines.append(f"made{number} = create(name={value})")
                value, says = f"made{number}", f"{says}-1"
            if depth < 3 and rng.random() < 0.6:
                called = self._make(depth + 1, says)
            else:
                fails = not self._failed and (depth == 3 or (depth > 0 and rng.random() < 0.3))
                self._failed = self._failed or fails
                called = "fails" if fails else "fails_if_bad"
            lines.append(f"{step} = {called}(name={value})")
            if value.startswith("made"):  # else what fails without it may do so first, and its handler has no input
                lines.append(f"{value} >> {step}")
            if before:
                lines.append(f"{before} >> {step}")
            before = step
        handled = rng.random() < 0.7
        if handled and self._failed and not failed_before:
            self.cleaned.append(given)
        name = f"w{len(self._texts)}"
        decorator = "@workflow(on_failure=clean_up)" if handled else "@workflow"
        default = "" if depth else ' = "start"'
        body = "".join(f"\n    {line}" for line in lines)
        self._texts.append(f"{decorator}\ndef {name}(name: str{default}) -> None:{body}\n")
        return name


@pytest.mark.parametrize("seed", [2, 11])
def test_any_nesting_of_calls_is_handled_alike_on_every_way(tmp_path: Path, seed: int) -> None:
    shapes = Shapes(seed)
    started = f"w{shapes.text.count('def w') - 1}"
    for way in WAYS:
        folder = tmp_path / way
        folder.mkdir()
        project = made(folder, shapes.text)
        execute(project, way, started)
        assert [name for name, *_ in left(project, "cleaned")] == shapes.cleaned, (way, shapes.text)


def test_batch_refuses_handlers_of_called_workflows(project: Path) -> None:
    ended = execute_one_way(project, "batch", "has_none_itself", ways=STAND_IN)
    assert ended.returncode == 1
    assert (
        "error[DW557]: AWS Batch starts nothing when a job fails, so `clean_up` would never hear of a failure of `subwf`"
        in ended.stderr
    )
