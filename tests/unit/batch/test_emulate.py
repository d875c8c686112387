"""The emulator's rules, on hand-made requests with real child processes."""

import signal
import time

import pytest

from dagwright_batch.emulate import FAILED, SUCCEEDED, Emulator

RETRY_7X = {"attempts": 3, "evaluateOnExit": [{"onExitCode": "7*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]}


class Queue:
    """An emulator and what its containers printed."""

    def __init__(self, **options):
        self.lines = []
        self.emulator = Emulator(environment={"GIVEN": "yes"}, on_line=self.lines.append, **options)
        self.numbers = 0

    def job(self, name, code, *, retry=None, timeout=None, size=None, depends_on=(), parameters=None, overrides=None):
        definition = {
            "jobDefinitionName": f"{name}-definition",
            "containerProperties": {
                "command": ["python3", "-c", code, "Ref::word"],
                "environment": [{"name": "WHO", "value": "definition"}],
            },
            "parameters": {"word": "default"},
            **({"retryStrategy": retry} if retry else {}),
            **({"timeout": {"attemptDurationSeconds": timeout}} if timeout else {}),
        }
        self.emulator.register_job_definition(**definition)
        request = {"jobName": name, "jobQueue": "q", "jobDefinition": f"{name}-definition", "dependsOn": list(depends_on)}
        request |= {"arrayProperties": {"size": size}} if size else {}
        request |= {"parameters": parameters} if parameters else {}
        request |= {"containerOverrides": {"environment": overrides}} if overrides else {}
        return self.emulator.submit_job(**request)["jobId"]

    def run(self):
        self.emulator.execute(4)
        return [(found.job, found.element, found.number, found.exit_code, found.action) for found in self.emulator.attempts]


def after(*jobs, kind=None):
    return [{"jobId": job} | ({"type": kind} if kind else {}) for job in jobs]


def exits(code):
    return f"raise SystemExit({code})"


def test_a_container_has_batchs_environment_and_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_HOST", "x")
    queue = Queue()
    code = (
        "import os, sys; print(sorted(os.environ), os.environ['AWS_BATCH_JOB_ID'], os.environ['WHO'], sys.argv[1], os.listdir())"
    )
    queue.job("wf-a", code, parameters={"word": "own"}, overrides=[{"name": "WHO", "value": "override"}])
    queue.job("wf-b", code, size=2)
    queue.run()
    plain, *array = sorted(queue.lines)
    assert plain.startswith("wf-a | ")
    assert plain.endswith("job-1 override own []")
    assert "SECRET_OF_THE_HOST" not in plain
    assert "'GIVEN'" in plain
    for name in ("ATTEMPT", "ID"):
        assert f"AWS_BATCH_JOB_{name}" in plain
    assert "AWS_BATCH_JOB_ARRAY_INDEX" not in plain
    assert [line.split(" | ")[0] for line in array] == ["wf-b:0", "wf-b:1"]
    assert "AWS_BATCH_JOB_ARRAY_INDEX" in array[1]
    assert array[1].endswith("job-2:1 definition default []")


def test_a_job_waits_for_all_that_it_depends_on():
    queue = Queue()
    first = queue.job("first", "import time; time.sleep(0.2); print('done')", size=2)
    queue.job("second", "print('done')", depends_on=after(first))
    queue.run()
    assert [line.split(" |")[0] for line in queue.lines][-1] == "second"


def test_who_depends_on_a_failed_job_fails_without_running():
    queue = Queue()
    first = queue.job("first", exits(80), retry=RETRY_7X)
    second = queue.job("second", exits(0), depends_on=after(first))
    third = queue.job("third", exits(0), depends_on=after(second), size=2)
    other = queue.job("other", exits(0))
    queue.run()
    assert [queue.emulator.state(job) for job in (first, second, third, other)] == [FAILED, FAILED, FAILED, SUCCEEDED]
    assert {found.job for found in queue.emulator.attempts} == {"first", "other"}


def test_an_array_fails_when_one_child_failed_and_all_have_ended():
    queue = Queue()
    code = "import os; raise SystemExit(80 if os.environ['AWS_BATCH_JOB_ARRAY_INDEX'] == '0' else 0)"
    array = queue.job("array", code, size=3, retry=RETRY_7X)
    queue.run()
    assert queue.emulator.state(array) == FAILED
    assert sorted((found.element, found.exit_code) for found in queue.emulator.attempts) == [(0, 80), (1, 0), (2, 0)]


def test_a_child_waits_for_its_counterpart_only(tmp_path):
    queue = Queue()
    # The second child of the first array ends when the first one of the second array has: never, if that waited for it.
    code = f"""
import os, pathlib, time
seen = pathlib.Path({str(tmp_path / "seen")!r})
if os.environ["AWS_BATCH_JOB_ARRAY_INDEX"] == "1":
    until = time.monotonic() + 30
    while time.monotonic() < until and not (seen.exists() and not pathlib.Path("/proc", seen.read_text()).exists()):
        time.sleep(0.01)
    raise SystemExit(80)
"""
    leave = f"import os, pathlib; p = pathlib.Path({str(tmp_path / 'draft')!r}); p.write_text(str(os.getpid())); p.rename({str(tmp_path / 'seen')!r})"
    first = queue.job("first", code, size=2, retry=RETRY_7X)
    second = queue.job("second", leave, size=2, depends_on=after(first, kind="N_TO_N"))
    ended = [(name, element) for name, element, *_ in queue.run()]
    assert ended == [("first", 0), ("second", 0), ("first", 1)]
    assert queue.emulator.state(second) == FAILED


def test_a_sequential_array_runs_child_after_child():
    queue = Queue()
    queue.job(
        "chain",
        "import time, os; time.sleep(0.05 * (3 - int(os.environ['AWS_BATCH_JOB_ARRAY_INDEX'])))",
        size=3,
        depends_on=[{"type": "SEQUENTIAL"}],
    )
    assert [element for _, element, *_ in queue.run()] == [0, 1, 2]


@pytest.mark.parametrize(
    ("retry", "code", "attempts", "last"),
    [
        (None, 1, 1, "EXIT"),
        ({"attempts": 2}, 1, 2, "EXIT"),  # what no rule names is retried
        (RETRY_7X, 75, 3, "EXIT"),
        (RETRY_7X, 80, 1, "EXIT"),
        (RETRY_7X, 0, 1, "SUCCEEDED"),
        ({"attempts": 3, "evaluateOnExit": [{"onExitCode": "7*", "onReason": "Host*", "action": "EXIT"}]}, 75, 3, "EXIT"),
        (
            {"attempts": 3, "evaluateOnExit": [{"onExitCode": "7", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]},
            75,
            1,
            "EXIT",
        ),
        (
            {"attempts": 2, "evaluateOnExit": [{"onReason": "*", "action": "retry"}, {"onReason": "*", "action": "EXIT"}]},
            9,
            2,
            "EXIT",
        ),
    ],
)
def test_exit_rules(retry, code, attempts, last):
    queue = Queue()
    queue.job("job", exits(code), retry=retry)
    log = queue.run()
    assert [number for _, _, number, *_ in log] == list(range(1, attempts + 1))
    assert [action for *_, action in log] == ["RETRY"] * (attempts - 1) + [last]


def test_an_attempt_that_succeeds_after_retries_makes_the_job_succeed(tmp_path):
    queue = Queue()
    marker = tmp_path / "tries"
    code = f"import sys; f = open({str(marker)!r}, 'a'); f.write('x'); f.close(); sys.exit(75 if len(open({str(marker)!r}).read()) < 3 else 0)"
    job = queue.job("job", code, retry=RETRY_7X)
    assert [action for *_, action in queue.run()] == ["RETRY", "RETRY", "SUCCEEDED"]
    assert queue.emulator.state(job) == SUCCEEDED


def test_a_lost_host_is_retried_and_has_no_exit_code():
    rules = [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}]
    queue = Queue(lost=frozenset({("job", 1, 1)}))
    queue.job("job", "import time; time.sleep(0.3)", size=2, retry={"attempts": 2, "evaluateOnExit": rules})
    assert sorted(queue.run(), key=lambda found: (found[1], found[2])) == [
        ("job", 0, 1, 0, "SUCCEEDED"),
        ("job", 1, 1, None, "RETRY"),
        ("job", 1, 2, 0, "SUCCEEDED"),
    ]


def test_a_timeout_is_never_retried():
    queue = Queue()
    polite = queue.job("polite", "import time; time.sleep(30)", retry={"attempts": 5}, timeout=0.5)
    started = time.monotonic()
    assert queue.run() == [("polite", None, 1, 143, "EXIT")]
    assert time.monotonic() - started < 10
    assert queue.emulator.state(polite) == FAILED


def test_a_container_that_is_deaf_to_its_timeout_is_killed():
    queue = Queue(stop_timeout_s=0.3)
    stubborn = queue.job("stubborn", "import time; time.sleep(30)", retry={"attempts": 5}, timeout=0.5)
    heard = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # inherited: however late the container's own code begins, it is deaf
    started = time.monotonic()
    try:
        assert queue.run() == [("stubborn", None, 1, 137, "EXIT")]
    finally:
        signal.signal(signal.SIGTERM, heard)
    assert time.monotonic() - started < 10
    assert queue.emulator.state(stubborn) == FAILED


def test_workers_are_bounded(tmp_path):
    queue = Queue()
    code = (
        "import os, time, pathlib; p = pathlib.Path(os.environ['SPOT']) / os.environ['AWS_BATCH_JOB_ARRAY_INDEX']; p.touch();"
        "print(len(os.listdir(p.parent))); time.sleep(0.1); p.unlink()"
    )
    queue.job("job", code, size=6, overrides=[{"name": "SPOT", "value": str(tmp_path)}])
    queue.emulator.execute(2)
    assert max(int(line.split("| ")[1]) for line in queue.lines) <= 2


def test_an_interrupt_ends_the_containers(monkeypatch):
    from dagwright_batch import emulate

    queue = Queue()
    queue.job("job", "import time; print('up', flush=True); time.sleep(60)")

    def interrupt(*_arguments, **_options):
        while not queue.lines:
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(emulate, "wait", interrupt)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        queue.run()
    assert time.monotonic() - started < 10
