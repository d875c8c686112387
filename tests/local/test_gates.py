"""Workflows that wait for people and for time, on this machine: called from Python, and run in processes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest
from ways_of_running import RUN, WAYS, execute, write_project

FLOW = """
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import NamedTuple

from dagwright import Cache, File, approve, map_task, sleep, task, wait_for_input, workflow
from dagwright.testing import answers

HOUR = timedelta(hours=1)


class Ring(Enum):
    canary = "canary"
    everyone = "everyone"


@dataclass
class Rollout:
    ring: Ring
    share: float


class Fit(NamedTuple):
    scores: list[int]
    name: str


@task
def build(version: int) -> str:
    print("built")
    return f"app:{version}"


@task
def deploy(image: str, rollout: Rollout) -> str:
    return f"{image} {rollout.ring.name} {rollout.share}"


@workflow
def release(version: int = 7) -> str:
    image = approve(build(version=version), "look at image", timeout=HOUR)
    return deploy(image=image, rollout=wait_for_input("rollout", HOUR, expected_type=Rollout))


@task
def read(notes: File) -> str:
    return open(notes).read()


@workflow
def noted() -> str:
    return read(notes=wait_for_input("notes", HOUR, expected_type=File))


@task
def fit(seed: int) -> Fit:
    return Fit([seed, 2 * seed], f"model-{seed}")


@task
def twice(x: int) -> int:
    return 2 * x


@task
def total(xs: list[float], name: str) -> str:
    return f"{name} {sum(xs)}"


@workflow
def candidate(seed: int) -> Fit:
    return approve(fit(seed=seed), name="pick", timeout=HOUR)


@workflow
def nested(seed: int = 1) -> str:
    approved = approve(seed, "seed", timeout=HOUR)
    first = candidate(seed=approved)
    limit = wait_for_input("limit", timeout=HOUR, expected_type=int)
    both = approve(approve(map_task(twice)(x=first.scores), "scores", HOUR), "again", HOUR)
    return total(xs=[both[1], limit], name=first.name)


@workflow
def given() -> int:
    return wait_for_input("n", timeout=HOUR, expected_type=int)


@task
def stamp() -> float:
    import time
    return time.time()


@workflow
def pause() -> tuple[float, float]:
    first = stamp()
    waited = sleep(timedelta(seconds=1.2))
    second = stamp().with_overrides(node_name="late")
    first >> waited >> second
    return first, second


@workflow
def beside() -> tuple[float, float]:
    early = stamp().with_overrides(node_name="early")
    waited = sleep(timedelta(seconds=3))
    late = stamp().with_overrides(node_name="late")
    waited >> late
    return early, late


@task(cache=Cache(version="1"))
def slow(n: float) -> float:
    print("computed", n)
    return n


@workflow
def cached() -> float:
    return slow(n=wait_for_input("n", timeout=HOUR, expected_type=int))
"""
GIVEN = {
    "release": ["--approve", "look at image", "--approve", 'rollout={"ring": "canary", "share": 1}'],
    "nested": [
        "--approve",
        "seed",
        "--approve",
        "candidate-pick",
        "--approve",
        "limit=3",
        "--approve",
        "scores",
        "--approve",
        "again",
    ],
    "given": ["--approve", "n=5"],
}
ANSWERS = {
    "release": '{"look at image": True, "rollout": Rollout(Ring.canary, 1)}',
    "nested": '{"seed": True, "candidate-pick": True, "limit": 3, "scores": True, "again": True}',
    "given": '{"n": 5}',
}
RESULTS = {"release": "app:7 canary 1.0", "nested": "model-1 7.0", "given": "5"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("gates"), FLOW)


def run(project, workflow, *options, way="run", **more):
    words = [*WAYS[way][:-1], *options, "flow.py"]
    return execute(project, way, workflow, ways={way: words}, **more)


@pytest.mark.parametrize("way", ["run", "isolate"])
@pytest.mark.parametrize("workflow", RESULTS)
def test_answers_are_given_beforehand(project, workflow, way):
    done = run(project, workflow, *GIVEN[workflow], way=way)
    assert done.stdout.strip().strip('"') == RESULTS[workflow], done.stderr


def script(project, code):
    code = f"from flow import *\n{code}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize("workflow", RESULTS)
def test_a_test_answers_a_call(project, workflow):
    done = script(project, f"with answers({ANSWERS[workflow]}): print({workflow}())")
    assert done.stdout.splitlines()[-1] == RESULTS[workflow], done.stderr


def test_blocks_of_answers_compare_no_values(project):
    code = """
class Incomparable:
    def __eq__(self, other):
        raise ValueError("the truth value is ambiguous")


one = {"look-at-image": True, "rollout": Rollout(Ring.canary, 1)}
with answers({"rollout": Incomparable()}):
    with answers({"rollout": Incomparable()}), answers(one), answers(one):
        print(release())
from dagwright.testing import given_answers
print(given_answers())
"""
    done = script(project, code)
    assert done.stdout.splitlines()[-2:] == ["app:7 canary 1.0", "{}"], done.stderr


def test_batch_has_nothing_that_waits(project):
    done = run(project, "release", *GIVEN["release"], way="batch")
    assert done.returncode == 1
    assert "AWS Batch has nothing that waits, so it cannot run `approve`" in done.stderr


@pytest.mark.parametrize("way", ["run", "isolate"])
def test_a_denial_fails_the_run(project, way):
    done = run(project, "release", "--deny", "look-at-image", *GIVEN["release"][2:], way=way)
    assert (done.returncode, done.stdout) == (1, "")
    assert "dagwright: look-at-image was not approved\n" in done.stderr
    assert "1 run, 0 cached, 0 retried, 1 failed" in done.stderr


def test_a_denial_raises_in_a_call(project):
    code = """
try:
    with answers({"look-at-image": False, "rollout": Rollout(Ring.canary, 1)}): release()
except Exception as error:
    print(type(error).__name__, error)
"""
    assert script(project, code).stdout.endswith("NotApproved look-at-image was not approved\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no terminal to ask on; answer beforehand: --approve look-at-image --approve rollout=VALUE"),
        (["--approve", "look-at-image"], "answer beforehand: --approve rollout=VALUE"),
        (["--approve", "look-at-image=yes"], "look-at-image takes no value"),
        (["--approve", "rollout"], "rollout takes a value: --approve rollout=VALUE"),
        (["--approve", "look-at-imag"], "did you mean `look-at-image`?"),
        (["--deny", "build"], "the workflow does not wait for an answer there"),
        (["--approve", "look-at-image", "--deny", "look at image"], "look-at-image is answered twice"),
        (["--approve", "look-at-image", "--approve", "rollout=3"], "expected Rollout, got int 3"),
        (["--approve", "look-at-image", "--approve", 'rollout={"ring": "x", "share": 1}'], "its members are canary, everyone"),
    ],
)
def test_wrong_answers_are_refused_before_anything_runs(project, options, said):
    done = run(project, "release", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "built" not in done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{}", "the workflow waits for people at look-at-image, rollout, and there is no terminal to ask on"),
        ('{"look": True}', "does not wait for an answer at `look`"),
        ('{"look-at-image": 1, "rollout": Rollout(Ring.canary, 1)}', "answer True or False, not 1"),
        ('{"look-at-image": True, "rollout": 3}', "the answer at rollout: expected Rollout, got int 3"),
    ],
)
def test_wrong_answers_of_a_test_are_errors_of_the_call(project, given, said):
    done = script(project, f"with answers({given}): release()")
    assert done.returncode == 1
    assert said in done.stderr


def test_people_are_asked_on_a_terminal(project):
    words = [sys.executable, *RUN, "flow.py", "release"]
    leader, follower = pty.openpty()
    try:
        process = subprocess.Popen(words, cwd=project, stdin=follower, stdout=subprocess.PIPE, stderr=follower)
        os.write(leader, b'3\n{"ring": "everyone", "share": 0.5}\nperhaps\ny\n')
        out, _ = process.communicate(timeout=60)
        said = os.read(leader, 1 << 16).decode()
    finally:
        os.close(leader)
        os.close(follower)
    assert out == b'"app:7 everyone 0.5"\n', said
    assert 'look-at-image waits for approval: "app:7"' in said
    assert said.count("approve? [y/n]") == 2
    assert "rollout waits for a value (Rollout)" in said
    assert "expected Rollout, got int 3" in said


def test_a_path_that_is_typed_on_a_terminal_is_a_file_of_this_machine(project):
    (project / "notes.txt").write_text("as agreed")
    leader, follower = pty.openpty()
    try:
        words = [sys.executable, *RUN, "flow.py", "noted"]
        process = subprocess.Popen(words, cwd=project, stdin=follower, stdout=subprocess.PIPE, stderr=follower)
        os.write(leader, b"absent.txt\nnotes.txt\n")
        out, _ = process.communicate(timeout=60)
        said = os.read(leader, 1 << 16).decode()
    finally:
        os.close(leader)
        os.close(follower)
    assert out == b'"as agreed"\n', said
    assert "expected File, got str 'absent.txt', and there is no " in said


@pytest.mark.parametrize("way", ["script", "run", "isolate"])
def test_a_sleep_takes_its_time(project, way):
    done = execute(project, way, "pause")
    first, second = eval(done.stdout)
    assert second - first >= 1.2, done.stderr


def test_a_sleep_holds_nothing_up_beside_it_and_a_test_need_not_wait(project):
    done = run(project, "beside", "--max-workers", "1")
    early, late = eval(done.stdout)
    assert late - early >= 0.6, done.stderr
    began = time.monotonic()
    done = script(project, 'with answers({"sleep": True}): print(pause())')
    first, second = eval(done.stdout)
    assert second - first < 1, time.monotonic() - began


def test_what_is_given_is_part_of_a_cache_key_as_any_input_is(project):
    for text, computed in (("3", True), ("3", False), ("4", True)):
        done = run(project, "cached", "--approve", f"n={text}")
        assert done.stdout == f"{text}.0\n", done.stderr
        assert (f"computed {text}.0" in done.stderr) is computed
    done = script(project, 'with answers({"n": 4}): print(cached())')
    assert done.stdout == "4.0\n"
    # The same key in a call: nothing is computed again.


@pytest.mark.parametrize("call", ["approve(1, 'x', HOUR)", "wait_for_input('x', HOUR, int)", "sleep(HOUR)"])
def test_outside_of_a_workflow_they_say_where_they_belong(project, call):
    done = script(project, call)
    assert "stands in the body of a workflow, which is read and never run" in done.stderr
