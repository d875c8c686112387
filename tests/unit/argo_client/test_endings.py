"""A failed run with its store at hand: the task's own error document says more than Argo keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dagwright.contract.names import attempt_key, error_key, pin_key
from dagwright_argo_client.documents import run_data
from dagwright_argo_client.endings import failure_text, meaning
from dagwright_argo_client.results import Results
from dagwright_argo_client.runs import Attempt, Run
from dagwright_argo_client.texts import Reused, Style

LIVE = Path(__file__).with_name("live")


@pytest.fixture
def run() -> Run:
    return Run(json.loads((LIVE / "failed_map.json").read_text("utf-8")))


def document(**fields) -> bytes:
    body = {"node": "square", "index": 5, "inputs": "n=5", "message": "5 is not liked", "traceback": "", **fields}
    return json.dumps(body).encode()


def test_the_error_document_s_traceback_is_whole(run, tmp_path):
    results = Results(run, f"file://{tmp_path}")
    long = "Traceback (most recent call last):\n" + "  deep\n" * 2000 + "ValueError: 5 is not liked\n"
    results.store.put(error_key(run.key, "square", 5, 0), document(traceback="old\n"))
    results.store.put(error_key(run.key, "square", 5, 1), document(traceback=long, shortage="it used 511 MiB of 512 MiB"))
    text = failure_text(run, results, "flow.py", Style())
    assert text.splitlines()[0] == "✗ square[5] n=5 failed after 1 attempt"
    assert text.count("  deep") == 2000
    assert "old" not in text
    assert "  it used 511 MiB of 512 MiB" in text
    assert "--only 'square[5]' --from" in text


def record(number, ending, ended, **fields) -> bytes:
    return json.dumps({"number": number, "ending": ending, "started": ended - 4, "ended": ended, **fields}).encode()


def test_attempts_of_earlier_rounds_are_told_from_their_records(run, tmp_path):
    results = Results(run, f"file://{tmp_path}")
    (part,) = run.node("square").parts_in("failed")
    (last,) = part.attempts
    results.store.put(attempt_key(run.key, "square", 5, 0), record(0, "recoverable", last.started - 60, message="busy"))
    results.store.put(error_key(run.key, "square", 5, 0), document(code=75))
    results.store.put(attempt_key(run.key, "square", 5, 1), record(1, "failed", last.started - 30, message="no"))
    results.store.put(error_key(run.key, "square", 5, 1), document(code=80))
    results.store.put(attempt_key(run.key, "square", 5, 2), record(2, "failed", last.finished - 0.5))
    results.store.put(error_key(run.key, "square", 5, 2), document(code=80))
    lines = failure_text(run, results, "flow.py", Style()).splitlines()
    assert lines[0] == "✗ square[5] n=5 failed after 3 attempts, 2 of them before the run was retried"
    assert [line.split()[0] for line in lines[2:5]] == ["1", "2", "3"]
    assert [line.split()[-1] for line in lines[2:5]] == ["again", "type", "type"]
    assert "  4 s    75  the task raised a recoverable error; tried again" in lines[2]
    (found,) = (item for node in run_data(run, results)["nodes"] for item in node["parts"] if item["state"] == "failed")
    assert [(item["exit_code"], item["message"]) for item in found["earlier_attempts"]] == [(75, "busy"), (80, "no")]
    assert [item["exit_code"] for item in found["attempts"]] == [80]
    assert all(not item["earlier_attempts"] for node in run_data(run, None)["nodes"] for item in node["parts"])


def test_an_attempt_without_an_error_document_is_told_by_its_record(run, tmp_path):
    results = Results(run, f"file://{tmp_path}")
    moment = run.node("square").parts_in("failed")[0].attempts[0].started
    results.store.put(
        attempt_key(run.key, "square", 5, 0), record(0, "terminated", moment - 9, message="the attempt was terminated")
    )
    (found,) = results.attempts_before("square", 5, moment)
    assert (found.exit_code, meaning(found)) == (None, "the attempt was terminated")


def test_a_damaged_document_leaves_what_argo_keeps(run, tmp_path):
    results = Results(run, f"file://{tmp_path}")
    folder = tmp_path / Path(error_key(run.key, "square", 5, 0)).parent
    folder.mkdir(parents=True)
    (folder / "error-0000.json").write_bytes(b"{half")
    text = failure_text(run, results, "flow.py", Style())
    assert "  ValueError: 5 is not liked" in text


def test_what_came_from_the_cache_is_counted(run, tmp_path):
    results = Results(run, f"file://{tmp_path}")
    states = {0: {"state": "cached"}, 1: {"state": "run"}}
    for number, body in states.items():
        record = json.dumps({"ending": "succeeded", "number": number, **body}).encode()
        results.store.put(attempt_key(run.key, "numbers", number, 0), record)
    chunk = json.dumps({"ending": "succeeded", "number": 0, "state": "run", "ran": 3, "cached": 7, "lost": 0}).encode()
    results.store.put(attempt_key(run.key, "numbers", 2, 0), chunk)
    results.store.put(attempt_key(run.key, "numbers", 3, 0), json.dumps({"ending": "failed", "number": 0}).encode())
    assert results.reused(run) == {"numbers": Reused(cached=8, known=12)}


def test_the_plan_stands_beside_the_nodes_of_its_run(run, tmp_path):
    results = Results(run, f"file://{tmp_path}")
    assert results.plan() is None
    results.keep_plan(b'{"schema":1}')
    assert (tmp_path / pin_key(run.key, "x")).parent.parent.joinpath("plan.json").read_bytes() == b'{"schema":1}'


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (137, "OOMKilled (exit code 137)", "more memory than its limit"),
        (
            137,
            "main: OOMKilled (exit code 137): train: the container died [memory 1 of 3: 96Mi, then 192Mi]\n",
            "killed: it needed more memory than its limit of 96Mi; the next attempt gets 192Mi",
        ),
        (74, "main: OOMKilled (exit code 74): train [memory 3 of 3: 384Mi]\n", "more memory than its limit of 384Mi"),
        (137, "Error (exit code 137)", "killed: out of memory (OOMKilled), or from outside"),
        (72, "pod exceeded the specified deadline", "passed the pod's deadline"),
        (80, "main: Error (exit code 80): ask: ValueError: OOMKilled, past the specified deadline", "an exception"),
        (75, "", "recoverable error; tried again"),
        (81, "", "its retries are spent"),
        (2, "", "the container could not run the task"),
        (64, 'main: Error (exit code 64): failed to find name in PATH: exec: "python9"', "the container could not run the task"),
        (64, "wait: Error (exit code 64): no more disk", "Argo's executor failed; tried again"),
        (None, "pod deleted", "pod deleted"),
    ],
)
def test_exit_codes_have_meanings(code, message, said):
    assert said in meaning(Attempt(pod="p", phase="failed", exit_code=code, message=message))


def test_an_account_without_the_executor_s_right_is_told_how_to_get_it(run):
    """Seen live (4.0.2): the task exits 0, its node is an error, four times over."""
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    said = (
        'wait: Error (exit code 64): workflowtaskresults.argoproj.io is forbidden: User "system:serviceaccount:argo:bare" cannot create resource '
        '"workflowtaskresults" in API group "argoproj.io" in the namespace "argo"'
    )
    for state in found["status"]["nodes"].values():
        if state["type"] == "Pod" and state["phase"] == "Failed":
            state |= {"phase": "Error", "message": said, "outputs": {"exitCode": "0"}}
    text = failure_text(Run(found), None, "flow.py", Style())
    assert "0  the task succeeded, and Argo's executor beside it failed\n" in text, "the last attempt is not tried again"
    assert "try it here" not in text
    assert "  workflowtaskresults.argoproj.io is forbidden: User" in text
    assert "`dagwright compile --emit rbac FILE | kubectl apply -f -` gives it, then retry" in text


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("64", 'main: Error (exit code 64): failed to find name in PATH: exec: "python9": executable file not found in $PATH'),
        (
            None,
            'pods "main-square-1" is forbidden: error looking up service account argo/nobody: serviceaccount "nobody" not found',
        ),
    ],
)
def test_a_task_that_never_began_is_not_to_be_tried_elsewhere(code, message):
    """Seen live (4.0.2): the task is not what is wrong, and succeeds wherever it can begin."""
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    for state in found["status"]["nodes"].values():
        if state["type"] == "Pod" and state["phase"] == "Failed":
            state |= {"message": message, "outputs": {"exitCode": code} if code else {}}
    text = failure_text(Run(found), None, "flow.py", Style())
    assert message.removeprefix("main: Error (exit code 64): ") in text
    assert "try it here" not in text
    assert "tried again" not in text


@pytest.mark.parametrize(("size", "is_told"), [(140 << 10, True), (100 << 10, False)])
def test_a_value_that_no_pod_can_be_given_is_named(size, is_told):
    """Seen live (4.0.2) with 140 KiB: exit 1, and no message at all."""
    found = json.loads((LIVE / "failed_map.json").read_text("utf-8"))
    found["spec"]["arguments"] = {"parameters": [{"name": "count", "value": "9"}, {"name": "text", "value": "x" * size}]}
    for state in found["status"]["nodes"].values():
        if state["type"] == "Pod" and state["phase"] == "Failed":
            state |= {"message": "Error (exit code 1)", "outputs": {"exitCode": "1"}}
    text = failure_text(Run(found), None, "flow.py", Style())
    told = "  The value of text takes 143,360 bytes, and a pod is given one of 131,072 at most: `dagwright submit` puts such values into the store.\n"
    assert (told in text) == is_told
    assert ("it left no message" in text) != is_told
