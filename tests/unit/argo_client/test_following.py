"""A run is followed to its end over streams that are cut, expire, or may not be read; and shown to people and programs."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import unquote

import pytest
from argo_server_double import CUT, argo_double, ended

from dagwright_argo_client.argo_server import open_server
from dagwright_argo_client.connection import read_connection
from dagwright_argo_client.following import follow
from dagwright_argo_client.progress import Lines, Tree
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import Run
from dagwright_argo_client.texts import Style

LIVE = Path(__file__).with_name("live")
COMMAND = str(Path(sys.executable).with_name("dagwright"))


def going(name: str = "failed_map"):
    """A workflow of which nothing has happened yet, and what will have happened in the end."""
    found = json.loads((LIVE / f"{name}.json").read_text("utf-8"))
    status = found["status"]
    return {**found, "status": {"phase": "Running", "startedAt": status["startedAt"]}}, status


def becomes(**status):
    def change(workflow):
        workflow["status"] = {**workflow["status"], **status}
        return True

    return change


@pytest.fixture
def argo():
    with argo_double() as double:
        yield double


def phases(argo, name: str) -> list[str]:
    server = open_server(read_connection(argo.environment()))
    return [run.phase for run in follow(server, "argo", name, pause=lambda _: None)]


def test_every_change_until_the_end(argo):
    workflow, _ = going()
    argo.add(workflow)
    argo.changes = [becomes(message="a"), becomes(message="b"), ended("Succeeded"), becomes(message="never read")]
    assert phases(argo, "main-dsmr7g") == ["Running", "Running", "Running", "Succeeded"]


@pytest.mark.parametrize("expires", [True, False])
def test_streams_that_end_too_early_are_taken_up_again(argo, expires):
    workflow, _ = going()
    argo.add(workflow)
    argo.expires = expires
    argo.changes = [becomes(message="a"), lambda _: False, becomes(message="b"), lambda _: False, ended("Failed")]
    assert phases(argo, "main-dsmr7g")[-1] == "Failed"
    assert sum("workflow-events" in asked for asked, _ in argo.requests) >= 3


def test_what_happened_between_two_streams_is_not_missed(argo):
    workflow, _ = going()
    argo.add(workflow)

    def cut_and_end(found):
        ended("Succeeded")(found)
        return False

    argo.changes = [cut_and_end]
    assert phases(argo, "main-dsmr7g") == ["Running", "Succeeded"]


def test_a_server_that_is_away_for_a_while(argo):
    workflow, _ = going()
    argo.add(workflow)
    argo.fail("GET /api/v1/workflows/", 503, times=3)
    argo.changes = [ended("Succeeded")]
    assert phases(argo, "main-dsmr7g") == ["Running", "Succeeded"]


def test_a_server_that_stays_away(argo):
    workflow, _ = going()
    argo.add(workflow)
    argo.fail("GET /api/v1/workflows/", CUT, times=99)
    with pytest.raises(
        Refused, match=r"lost sight of main-dsmr7g, which goes on by itself: .*`dagwright status main-dsmr7g --watch`"
    ):
        phases(argo, "main-dsmr7g")


def test_a_token_that_may_read_and_not_watch(argo):
    workflow, _ = going()
    argo.add(workflow)
    argo.fail("workflow-events", 403, "forbidden")
    looks = []

    def pause(_):
        looks.append(1)
        if len(looks) == 3:
            ended("Succeeded")(workflow)

    server = open_server(read_connection(argo.environment()))
    assert [run.phase for run in follow(server, "argo", "main-dsmr7g", pause=pause)][-1] == "Succeeded"


def test_a_run_that_is_gone(argo):
    with pytest.raises(Refused, match="not found"):
        phases(argo, "main-dsmr7g")


def test_lines_tell_what_begins_fails_and_ends_once():
    workflow, status = going()
    stream = io.StringIO()
    lines = Lines(stream, clock=lambda: 1795261230.0)
    lines.show(Run(workflow))
    lines.show(Run(workflow))
    workflow["status"] = status
    lines.show(Run(workflow))
    lines.close(Run(workflow))
    assert [line.split(" ", 1)[1] for line in stream.getvalue().splitlines()] == [
        "main-dsmr7g  flow.main  running  34 s",
        "numbers: succeeded  3 s",
        "square: 8 of 9 done, 1 failed  16 s",
        "main-dsmr7g  flow.main  failed  35 s",
    ]


def test_a_tree_is_painted_over_and_its_clock_goes_on():
    workflow, status = going()
    stream = io.StringIO()
    ticked = threading.Event()
    seconds = iter(range(1795261200, 1795269999))

    def clock():
        found = next(seconds)
        if found > 1795261202:
            ticked.set()
        return float(found)

    tree = Tree(stream, Style(), clock, tick_s=0.01)
    tree.show(Run(workflow))
    assert ticked.wait(10), "nothing was painted between two changes"
    workflow = {**workflow, "status": status}
    tree.close(Run(workflow))
    text = stream.getvalue()
    assert text.count("\x1b[4A\r\x1b[J") >= 2
    assert text.split("\x1b[J")[-1].splitlines()[0] == "main-dsmr7g  flow.main  failed  35 s"
    painted = len(stream.getvalue())
    assert not ticked.clear()
    threading.Event().wait(0.05)
    assert len(stream.getvalue()) == painted


def dagwright(argo, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **argo.environment()}
    return subprocess.run([COMMAND, *words], env=environment, capture_output=True, text=True, check=False)


def test_status_says_how_it_ended(argo):
    workflow, status = going()
    argo.add({**workflow, "status": status})
    done = dagwright(argo, "status", "@latest")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "✗ square[9]  8 of 9 done, 1 failed" in done.stderr
    assert "ValueError: 5 is not liked" in done.stderr
    assert "dagwright run --only 'square[5]' --from main-dsmr7g FILE\n" in done.stderr
    data = json.loads(dagwright(argo, "status", "main-dsmr7g", "--output-format", "json").stdout)
    assert [node["id"] for node in data["nodes"]] == ["numbers", "square", "total"]


def test_a_terminal_gets_a_tree(argo):
    workflow, status = going()
    argo.add(workflow)
    argo.changes = [becomes(**status)]
    leader, follower = pty.openpty()
    environment = {**os.environ, **argo.environment(), "TERM": "xterm"}
    command = [COMMAND, "status", "main-dsmr7g", "--watch"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    seen = b""
    while True:
        try:
            chunk = os.read(leader, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(leader)
    assert process.wait() == 1
    text = seen.decode()
    assert "\x1b[J" in text
    assert "waiting" in text.split("\x1b[J")[0]
    assert "8 of 9 done, 1 failed" in text.split("\x1b[J")[-1]


def test_logs_fall_back_to_nothing_with_a_word(argo):
    workflow, status = going()
    argo.add({**workflow, "status": status})
    pods = [state["id"] for state in status["nodes"].values() if state["displayName"] == "numbers(0)"]
    argo.logs = [(f"main-dsmr7g-numbers-{pods[0].rpartition('-')[2]}", "making 9")]
    assert dagwright(argo, "logs", "main-dsmr7g").stdout == "numbers | making 9\n"
    assert dagwright(argo, "logs", "main-dsmr7g", "numbers").stdout == "numbers | making 9\n"
    done = dagwright(argo, "logs", "main-dsmr7g", "square[5]")
    assert done.returncode == 1
    assert "has printed nothing in square[5]" in done.stderr
    assert "no node squar; did you mean `square`?" in dagwright(argo, "logs", "main-dsmr7g", "squar").stderr


def test_retry_and_stop(argo):
    workflow, status = going()
    argo.add({**workflow, "status": status})
    done = dagwright(argo, "retry", "main-dsmr7g")
    assert done.returncode == 0
    assert "main-dsmr7g goes on with square" in done.stderr
    assert ("PUT /api/v1/workflows/argo/main-dsmr7g/retry", "") in argo.requests
    refused = dagwright(argo, "retry", "main-dsmr7g")
    assert refused.returncode == 2
    assert "goes on; only a run that failed can be tried again" in refused.stderr
    assert "is ending" in dagwright(argo, "stop", "main-dsmr7g").stderr
    assert ("PUT /api/v1/workflows/argo/main-dsmr7g/stop", "") in argo.requests
    dagwright(argo, "stop", "--now", "main-dsmr7g")
    assert ("PUT /api/v1/workflows/argo/main-dsmr7g/terminate", "") in argo.requests


def test_outputs_of_a_run_that_has_none(argo):
    workflow, status = going()
    argo.add({**workflow, "status": status})
    done = dagwright(argo, "outputs", "main-dsmr7g")
    assert done.returncode == 1
    assert "has failed; `dagwright status main-dsmr7g`" in done.stderr


def test_runs_are_listed_without_their_nodes(argo):
    workflow, status = going()
    argo.add({**workflow, "status": status})
    done = dagwright(argo, "runs")
    assert done.stdout.splitlines()[1].split()[:3] == ["main-dsmr7g", "flow.main", "failed"]
    query = next(query for asked, query in argo.requests if asked == "GET /api/v1/workflows/argo")
    assert "items.status.phase" in query
    assert "nodes" not in query
    argo.workflows.clear()
    assert dagwright(argo, "runs").stderr == "no runs in argo\n"


@pytest.mark.parametrize("name", ["nightly-report", "nightly_report", "flows.sales.nightly_report"])
def test_runs_of_a_workflow_are_found_by_each_of_its_names(argo, name):
    assert dagwright(argo, "runs", name).stderr == f"no runs of {name} in argo\n"
    query = next(query for asked, query in argo.requests if asked == "GET /api/v1/workflows/argo")
    assert "labelSelector=dagwright/workflow=nightly-report" in unquote(query)


def test_a_log_that_is_cut_goes_on_behind_what_was_shown(argo):
    workflow, status = going()
    states = {state["displayName"]: state["id"].rpartition("-")[2] for state in status["nodes"].values()}
    workflow["status"] |= {"nodes": status["nodes"]}
    argo.add(workflow)
    numbers, total = f"main-dsmr7g-numbers-{states['numbers(0)']}", f"main-dsmr7g-square-{states['element(5:5)(0)']}"
    argo.logs = [(numbers, "one"), (total, "two"), (numbers, "one"), (numbers, "three")]
    argo.log_cuts = [1, 3]
    argo.on_log = lambda count: ended("Failed")(workflow) if count == 3 else None
    done = dagwright(argo, "logs", "-f", "main-dsmr7g")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["numbers | one", "square[5] | two", "numbers | one", "numbers | three"]


def test_who_leaves_learns_that_the_run_goes_on(argo):
    workflow, _ = going()
    argo.add(workflow)
    argo.changes = [lambda _: time.sleep(60) or True]
    environment = {**os.environ, **argo.environment()}
    command = [COMMAND, "status", "main-dsmr7g", "--watch"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    told = process.communicate()[1]
    assert process.returncode == 130
    assert "main-dsmr7g goes on; `dagwright status main-dsmr7g --watch` follows it, `dagwright stop main-dsmr7g` ends it" in told
