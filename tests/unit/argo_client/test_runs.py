"""Runs as people see them, from objects that a live controller (4.0.2) left; pruned to what is read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from dagwright_argo_client.endings import failure_text
from dagwright_argo_client.logs import labels_of, written
from dagwright_argo_client.progress import Lines
from dagwright_argo_client.results import store_url
from dagwright_argo_client.runs import Run
from dagwright_argo_client.texts import Reused, Style, duration_text, head_line, node_lines
from dagwright_argo_client.transport import LogLine

LIVE = Path(__file__).with_name("live")


def run_of(name: str) -> Run:
    return Run(json.loads((LIVE / f"{name}.json").read_text("utf-8")))


def shown(run: Run, now: float | None = None, **more) -> list[str]:
    now = run.finished if now is None else now
    return [head_line(run, now, Style()), *node_lines(run, now, Style(), **more)]


def test_a_retried_node_and_a_cached_one():
    run = run_of("retried")
    assert run.has_succeeded
    assert shown(run, reused={"slow": Reused(1, 1)}) == [
        "words-6x2j64  flow2.words  succeeded  33 s",
        "  ✓ count-words  succeeded  6 s",
        "  ✓ shaky        succeeded  30 s  2 attempts",
        "  ✓ slow         cached  8 s",
    ]
    assert [attempt.exit_code for attempt in run.node("shaky").parts[0].attempts] == [75, 0]
    assert store_url(run) == "file:///store"


def test_a_map_of_which_one_element_failed():
    run = run_of("failed_map")
    assert shown(run) == [
        "main-dsmr7g  flow.main  failed  35 s",
        "  ✓ numbers    succeeded  3 s",
        "  ✗ square[9]  8 of 9 done, 1 failed  16 s",
        "  - total      skipped",
    ]
    text = failure_text(run, None, "flow.py", Style())
    lines = text.splitlines()
    assert lines[0] == "✗ square[5] failed after 1 attempt"
    assert lines[1].split() == ["ATTEMPT", "ENDED", "TOOK", "EXIT", "MEANING"]
    assert "80  the task failed: an exception" in lines[2]
    assert "  ValueError: 5 is not liked" in lines
    assert sum("5 is not liked" in line for line in lines) == 1, "the head of the termination message repeats the traceback's end"
    assert lines[-1] == "  try it here: dagwright run --only 'square[5]' --from main-dsmr7g flow.py"


def test_a_map_that_lost_too_many():
    run = run_of("losing")
    text = failure_text(run, None, "flow3.py", Style())
    assert text.count("failed after 1 attempt") == 2
    assert text.splitlines()[-1].startswith("✗ picky: 2 of the 4 elements of picky failed, and at most 1 may")


def test_a_run_that_was_stopped_does_not_look_as_if_it_went_on():
    run = run_of("stopped")
    assert shown(run) == ["long-nvwqgt  flow3.long  failed  17 s", "  ■ sleepy  stopped  17 s"]
    assert run.failed == []
    assert failure_text(run, None, "x", Style()) == "long-nvwqgt was stopped; `dagwright retry long-nvwqgt` takes it up again\n"


def test_what_a_failure_cancelled_is_no_failure_and_what_handled_it_is_shown():
    run = run_of("cancelled")
    assert shown(run) == [
        "cancels-6kwtj  cancels  failed  44 s",
        "  ✗ bad         failed  6 s",
        "  ✓ first       succeeded  6 s",
        "  ■ second      cancelled  4 s",
        "  ■ each[3]     0 of 3 done, 3 cancelled  22 s",
        "  ✓ on-failure  succeeded  4 s",
    ]
    assert [node.id for node in run.failed] == ["bad"]
    assert "84" not in failure_text(run, None, "flow.py", Style())


def test_nobody_is_told_to_replay_what_handled_a_failure():
    found = json.loads((LIVE / "cancelled.json").read_text("utf-8"))
    for state in found["status"]["nodes"].values():
        if state["displayName"].startswith("on-failure"):
            state.update(phase="Failed", message="main: Error (exit code 80): on-failure: ValueError: no (exit 80)")
    run = Run(found)
    assert [(node.id, node.handles) for node in run.failed] == [("bad", False), ("on-failure", True)]
    text = failure_text(run, None, "flow.py", Style())
    assert "on-failure failed after 1 attempt" in text
    assert [line.split()[6] for line in text.splitlines() if "try it here" in line] == ["bad"]


def test_a_pod_that_does_not_start_says_why_once_it_takes_long():
    run = run_of("no_image")
    assert shown(run, run.started + 5)[1] == "  ◌ sleepy  pending  5 s"
    assert shown(run, run.started + 60)[1].startswith("  ◌ sleepy  pending  1 min  ErrImagePull: failed to pull")


def test_waiting_nodes_are_listed_before_they_have_states():
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    found["status"] = {}
    run = Run(found)
    assert not run.has_ended
    assert shown(run, 0.0) == [
        "main-dsmr7g  flow.main  not taken up yet",
        "  · numbers    waiting",
        "  · square[?]  waiting",
        "  · total      waiting",
    ]


def before_the_verdict(phase, code):
    """The run whose element has failed with a code, as Argo has it before it decides whether to try again."""
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    found["status"] |= {"phase": "Running", "finishedAt": None}
    for state in found["status"]["nodes"].values():
        if state["phase"] == "Failed" and state["type"] in ("Retry", "DAG", "TaskGroup"):
            state["phase"] = phase if state["type"] == "Retry" else "Running"
        elif state["phase"] == "Failed" and state["type"] == "Pod":
            state["outputs"]["exitCode"] = str(code)
    return Run(found)


@pytest.mark.parametrize("phase", ["Pending", "Running"])
@pytest.mark.parametrize("code", [72, 73, 74, 75, 137])
def test_an_element_between_two_attempts_is_retrying(phase, code):
    run = before_the_verdict(phase, code)
    assert run.node("square").state == "retrying"
    assert "8 of 9 done, 1 retrying" in shown(run, run.started + 30)[2]


@pytest.mark.parametrize("code", [80, 81, 82, 83])
def test_an_element_that_failed_for_good_is_not_retrying_while_argo_thinks_about_it(code):
    run = before_the_verdict("Running", code)
    assert "8 of 9 done, 1 failed" in shown(run, run.started + 30)[2]


@pytest.mark.parametrize(("code", "count"), [(80, 1), (82, 0)])
def test_what_the_task_is_not_to_blame_for_is_not_to_be_tried_here(code, count):
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    (pod,) = (state for state in found["status"]["nodes"].values() if state["phase"] == "Failed" and state["type"] == "Pod")
    pod["outputs"]["exitCode"] = str(code)
    text = failure_text(Run(found), None, "flow.py", Style())
    assert "failed after 1 attempt" in text
    assert text.count("\n\n  try it here: dagwright run --only 'square[5]' --from main-dsmr7g flow.py\n") == count
    assert "\n\n\n" not in text


def test_lines_begin_with_the_run_and_say_once_how_a_map_ended():
    stream = io.StringIO()
    lines = Lines(stream, clock=lambda: before.started + 30)
    before, after = before_the_verdict("Running", 80), run_of("failed_map")
    lines.show(before)
    lines.close(after)
    told = [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()]
    assert told[0].startswith("main-dsmr7g  flow.main  running")
    assert [line for line in told if line.startswith("square")] == ["square: 8 of 9 done, 1 failed  25 s"]
    assert told[-1].startswith("main-dsmr7g  flow.main  failed")


def test_a_terminal_that_is_too_low_keeps_what_tells_most():
    run = run_of("failed_map")
    lines = node_lines(run, run.finished, Style(), most=2)
    assert lines == ["  ✗ square[9]  8 of 9 done, 1 failed  16 s", "  and 1 skipped, 1 succeeded"]


def test_ascii_alone_where_the_terminal_has_no_more():
    run = run_of("failed_map")
    text = "\n".join(node_lines(run, run.finished, Style(signs=False)))
    assert text.isascii()


def test_lines_of_logs_stand_behind_their_nodes_and_argo_s_own_are_left_out():
    run = run_of("failed_map")
    labels = labels_of(run)
    pod = next(attempt.pod for part in run.node("square").parts if part.index == 5 for attempt in part.attempts)
    name = f"main-dsmr7g-square-{pod.rpartition('-')[2]}"
    assert written(LogLine(name, "hello"), labels, None, None) == "square[5] | hello"
    assert written(LogLine(name, "hello"), labels, "square", 5) == "square[5] | hello"
    assert written(LogLine(name, "hello"), labels, "square", 4) is None
    assert written(LogLine(name, "hello"), labels, "total", None) is None
    for own in (
        'time=2026-11-21T11:38:13.865Z level=INFO msg="waiting for signals" argo=true signalPath=/var/run/argo/ctr/main/signal',
        'time="2026-11-21T11:38:13.865Z" level=info msg="sub-process exited" argo=true error="<nil>"',
        "Error: exit status 80",
    ):
        assert written(LogLine(name, own), labels, None, None) is None
    assert written(LogLine(name, "Error: exit status 1"), labels, None, None) == "square[5] | Error: exit status 1"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h 0 min"), (7500, "2 h 5 min")]
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text
