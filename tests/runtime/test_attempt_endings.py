"""Every way in which an attempt can end, with real processes: exit code, record, error document, log, termination message."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pods import Pods, pinned

from dagwright_compiler.runtime_archive import archive_bytes

FLOW = """
import ctypes, os, pathlib, signal, subprocess, sys, threading, time
from dagwright import RecoverableError, task

BUSY = "import time; (lambda s: [0 for _ in iter(lambda: time.process_time() < s, False)])"

class Flaky(RecoverableError):
    pass

def deep(n):
    return deep(n + 1)

def ready():
    open(os.environ["READY"], "w").close()

@task
def ends(how: str) -> int:
    print("begins", how)
    if how == "returns": return 7
    if how == "wrong type": return "seven"
    if how == "raises": raise ValueError("no good: 🔥")
    if how == "recoverable": raise Flaky("try again")
    if how == "exits 0": sys.exit(0)
    if how == "exits 75": sys.exit(75)
    if how == "_exits 75": os._exit(75)
    if how == "interrupts": raise KeyboardInterrupt
    if how == "recursion": deep(0)
    if how == "segfaults": ctypes.string_at(0)
    if how == "aborts": os.abort()
    if how == "is killed": os.kill(os.getpid(), signal.SIGKILL)
    if how == "is terminated": os.kill(os.getpid(), signal.SIGTERM)
    if how == "sleeps":
        ready(); time.sleep(60)
    if how == "ignores SIGTERM":
        signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); time.sleep(60)
    if how == "raises on SIGTERM":
        def stop(*_): raise SystemExit("stopped")
        signal.signal(signal.SIGTERM, stop); ready(); time.sleep(60)
    if how == "returns on SIGTERM":
        def stop(*_): raise InterruptedError
        signal.signal(signal.SIGTERM, stop); ready()
        try: time.sleep(60)
        except InterruptedError: return 9
    if how == "leaves a thread":
        threading.Thread(target=time.sleep, args=(60,)).start(); return 7
    if how == "leaves a process":
        os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60"); return 7
    if how == "works":
        subprocess.run([sys.executable, "-c", f"{BUSY}(0.3); x = b'x' * (64 << 20)"], check=True); exec(f"{BUSY}(0.2)"); return 7
    if how == "works in vain":
        exec(f"{BUSY}(0.2)"); raise ValueError("in vain")
    if how == "prints a gigabyte":
        for _ in range(1 << 14): os.write(1, b"x" * 65535 + b"\\n")
        print("end")
        return int(pathlib.Path(f"/proc/{os.getppid()}/status").read_text().partition("VmHWM:")[2].split()[0])
    if how == "prints much":
        sys.stdout.write("x" * 3_000_000); print("end"); return 7
    raise AssertionError(how)
"""


def pods(folder: Path, how: str, **policy: object) -> Pods:
    pods = Pods(folder, FLOW)
    pods.environment["READY"] = str(folder / "ready")
    pods.task("ends", {"how": ("str", how)}, "int", **policy)
    return pods


def until_ready(pods: Pods, process: subprocess.Popen[str]) -> None:
    for _ in range(3000):
        if Path(pods.environment["READY"]).exists():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    raise AssertionError("the task did not begin")


def until_gone(pid: int) -> None:
    """Wait until a process has ended and its parent knows it; soon after that is what the tests are about, not a time."""
    until = time.monotonic() + 30
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("how", ["returns", "leaves a thread", "leaves a process", "prints much"])
def test_a_task_that_returns_succeeds_at_once(tmp_path: Path, how: str) -> None:
    one = pods(tmp_path, how)
    began = time.monotonic()
    ended = one.attempt("ends")
    assert ended.code == 0, ended
    assert time.monotonic() - began < 10
    assert one.output("ends") == 7
    record = one.records("ends")[0]
    assert 0 < record["cpu_s"] < 10
    assert 5 << 20 < record["peak_rss_bytes"] < 1 << 30
    assert ended.out.startswith(f"begins {how}\n")
    assert [(r["ending"], r["state"]) for r in one.records("ends")] == [("succeeded", "run")]
    if how == "prints much":
        assert len(ended.out) > 3_000_000
        assert ended.out.endswith("end\n")
    log = one.stored("run/run-1/ends/attempt-0000.log")[0].read_text("utf-8")
    assert log == ended.out


@pytest.mark.parametrize("form", ["installed", "archive"])
def test_a_gigabyte_of_output_passes_by_in_little_memory_and_its_end_is_kept(tmp_path: Path, form: str) -> None:
    one = pods(tmp_path, "prints a gigabyte")
    start = ["-m", "dagwright.execution"]
    if form == "archive":
        (tmp_path / "dagwright.pyz").write_bytes(archive_bytes())
        start = [str(tmp_path / "dagwright.pyz")]
    with (tmp_path / "out").open("wb") as out, subprocess.Popen(["tail", "-c", "4"], stdin=subprocess.PIPE, stdout=out) as tail:
        done = subprocess.run([sys.executable, *start, "ends"], env=one.env(), stdout=tail.stdin, check=False, timeout=120)
    assert done.returncode == 0
    assert (tmp_path / "out").read_bytes() == b"end\n"
    log = one.stored("run/run-1/ends/attempt-0000.log")[0].read_bytes()
    assert (len(log), log[-6:]) == (8 << 20, b"x\nend\n")
    assert one.output("ends") < 15_000  # KiB that the supervisor took until then


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("wrong type", "expected int, got str 'seven'"),
        ("raises", "no good: 🔥"),
        ("exits 0", ""),
        ("exits 75", "75"),
        ("_exits 75", "ended its process with exit status 75"),
        ("interrupts", ""),
        ("recursion", "maximum recursion depth exceeded"),
        ("segfaults", "killed by SIGSEGV"),
        ("aborts", "killed by SIGABRT"),
    ],
)
def test_the_tasks_own_failures_are_final_whatever_its_exit_status(tmp_path: Path, how: str, message: str) -> None:
    one = pods(tmp_path, how, retries=3)
    ended = one.attempt("ends")
    assert ended.code == 80, ended
    error = one.error("ends")
    assert message in error["message"]
    assert (error["origin"], error["code"], error["attempt"]) == ("user", 80, 0)
    assert [r["ending"] for r in one.records("ends")] == ["failed"]
    assert not one.stored("run/run-1/ends/out.json")


@pytest.mark.parametrize(("how", "least_s", "least_bytes"), [("works", 0.5, 64 << 20), ("works in vain", 0.2, 5 << 20)])
def test_the_record_says_what_the_task_used_with_all_it_waited_for(
    tmp_path: Path, how: str, least_s: float, least_bytes: int
) -> None:
    one = pods(tmp_path, how)
    one.attempt("ends")
    record = one.records("ends")[0]
    assert least_s <= record["cpu_s"] < least_s + 2
    assert least_bytes <= record["peak_rss_bytes"] < least_bytes + (64 << 20)


def test_a_process_that_the_kernel_killed_is_tried_again_as_the_systems_failure(tmp_path: Path) -> None:
    one = pods(tmp_path, "is killed")
    ended = one.attempt("ends")
    assert ended.code == 74
    assert re.search("killed by SIGKILL(: out of memory, most likely|, by another process: not for want of memory)", ended.err)
    assert one.error("ends")["signal"] == signal.SIGKILL
    assert one.error("ends")["origin"] == "system"


def test_a_child_terminated_behind_the_supervisors_back_is_an_eviction(tmp_path: Path) -> None:
    assert pods(tmp_path, "is terminated").attempt("ends").code == 72


@pytest.mark.parametrize("how", ["sleeps", "raises on SIGTERM"])
@pytest.mark.parametrize("order", ["supervisor only", "child first", "child only just before"])
def test_sigterm_is_an_eviction_in_whichever_order_it_arrives(tmp_path: Path, how: str, order: str) -> None:
    one = pods(tmp_path, how, retries=1)
    process = one.start("ends")
    until_ready(one, process)
    child = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    if order != "supervisor only":
        os.kill(child, signal.SIGTERM)
    if order == "child first":
        until_gone(child)
    try:
        process.send_signal(signal.SIGTERM)
    except ProcessLookupError:
        assert order == "child first"
    out, err = process.communicate(timeout=30)
    # Python gives signals back their default as it ends: one that comes after all is written kills a process that has nothing left to do.
    ends = (72, -signal.SIGTERM) if order == "child first" else (72,)
    assert process.returncode in ends, (out, err)
    assert [r["ending"] for r in one.records("ends")] == ["terminated"]


def test_a_task_that_finishes_within_the_grace_period_succeeds(tmp_path: Path) -> None:
    one = pods(tmp_path, "returns on SIGTERM")
    process = one.start("ends")
    until_ready(one, process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert one.output("ends") == 9


@pytest.mark.parametrize("how", ["sleeps", "raises on SIGTERM"])
def test_a_timeout_is_retried_while_the_users_budget_lasts(tmp_path: Path, how: str) -> None:
    one = pods(tmp_path, how, retries=1, timeout_s=0.4)
    codes = [one.attempt("ends", attempt=number).code for number in range(2)]
    assert codes == [73, 83]
    assert [r["ending"] for r in one.records("ends")] == ["timeout", "timeout"]
    assert one.error("ends")["message"] == "the task ran longer than its timeout of 0.4 s"
    assert "longer than its timeout" in one.termination


def test_a_task_that_ignores_sigterm_is_killed_after_its_timeout(tmp_path: Path) -> None:
    one = pods(tmp_path, "ignores SIGTERM", timeout_s=0.2)
    one.environment["PYTHONPATH"] = _shorter_grace(tmp_path)
    began = time.monotonic()
    assert one.attempt("ends").code == 83
    assert time.monotonic() - began < 10  # the real one alone takes longer


def _shorter_grace(folder: Path) -> str:
    """A sitecustomize that shortens the grace period: ten seconds are too long for a test."""
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import dagwright.contract.names as names\nnames.TIMEOUT_GRACE_S = 1\n")
    return os.pathsep.join([str(site), str(Path(__file__).parents[2] / "runtime")])


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_recoverable_errors_are_retried_while_the_users_budget_lasts(tmp_path: Path, retries: int) -> None:
    one = pods(tmp_path, "recoverable", retries=retries)
    codes = [one.attempt("ends", attempt=number).code for number in range(retries + 1)]
    assert codes == [75] * retries + [81]


def test_an_error_document_that_cannot_be_written_grants_no_further_retry(tmp_path: Path) -> None:
    one = pods(tmp_path, "recoverable", retries=0)
    (tmp_path / "store/v1/run/run-1/ends/error-0000.json/in the way").mkdir(parents=True)
    ended = one.attempt("ends")
    assert ended.code == 81, ended
    assert [record["ending"] for record in one.records("ends")] == ["recoverable"]
    assert "dagwright: no error document of this attempt: " in ended.err
    assert one.stored("run/run-1/ends/attempt-0000.log")


def test_evictions_do_not_cost_the_users_retries(tmp_path: Path) -> None:
    one = pods(tmp_path, "recoverable", retries=1)
    killed = pods(tmp_path, "is killed", retries=1)
    codes = [killed.attempt("ends", attempt=0).code, killed.attempt("ends", attempt=1).code]
    codes += [one.attempt("ends", attempt=2).code, one.attempt("ends", attempt=3).code]
    assert codes == [74, 74, 75, 81]


def test_numbers_that_start_again_open_an_epoch_with_a_budget_of_its_own(tmp_path: Path) -> None:
    one = pods(tmp_path, "recoverable", retries=1)
    codes = [one.attempt("ends", attempt=hint).code for hint in (0, 1, 0, 1)]
    assert codes == [75, 81, 75, 81]
    assert [(r["number"], r["hint"], r["epoch"]) for r in one.records("ends")] == [(0, 0, 0), (1, 1, 0), (2, 0, 1), (3, 1, 1)]


def test_an_attempt_that_finds_its_pin_does_not_run_the_task_again(tmp_path: Path) -> None:
    one = pods(tmp_path, "returns")
    first, second = one.attempt("ends", attempt=0), one.attempt("ends", attempt=0)
    assert (first.code, second.code) == (0, 0)
    assert (first.out, second.out) == ("begins returns\n", "")
    assert len(one.records("ends")) == 1


def test_a_pin_of_other_inputs_is_refused_and_says_so(tmp_path: Path) -> None:
    assert pods(tmp_path, "returns").attempt("ends").code == 0
    ended = pods(tmp_path, "leaves a thread").attempt("ends")
    assert ended.code == 82
    assert "out.json was made from inputs" in ended.err
    assert "Traceback" not in ended.err


def test_the_log_ends_with_the_users_own_frames(tmp_path: Path) -> None:
    one = pods(tmp_path, "recursion")
    one.tasks["flow.ends"]["policy"] = {}
    err = one.attempt("ends").err
    assert err.startswith("Traceback (most recent call last):\n  File ")
    assert "in deep" in err
    assert err.rstrip().splitlines()[-1].startswith("RecursionError")
    assert f"{os.sep}dagwright{os.sep}" not in err
    assert one.error("ends")["traceback"] == err


def test_the_termination_message_names_the_error_first_and_stays_within_4_kib(tmp_path: Path) -> None:
    one = Pods(tmp_path, "from dagwright import task\n@task\ndef t() -> int:\n    raise ValueError('x' * 9000)\n")
    one.task("t", {}, "int")
    assert one.attempt("t").code == 80
    assert one.termination.startswith("t: ValueError: xxx")
    assert len(one.termination.encode()) <= 4096


def test_a_module_that_cannot_be_imported_fails_the_task_with_its_own_traceback(tmp_path: Path) -> None:
    one = Pods(tmp_path, "from dagwright import task\nimport no_such_module_anywhere\n")
    one.task("t", {}, "int")
    ended = one.attempt("t")
    assert ended.code == 80
    assert "ModuleNotFoundError: No module named 'no_such_module_anywhere'" in ended.err
    assert "importlib" not in ended.err


def test_a_killed_attempt_leaves_nothing_that_hinders_the_next(tmp_path: Path) -> None:
    one = pods(tmp_path, "sleeps")
    process = one.start("ends")
    until_ready(one, process)
    child = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    os.kill(process.pid, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    process.communicate()
    assert one.records("ends") == []
    again = pods(tmp_path, "returns")
    ended = again.attempt("ends", attempt=1)
    assert (ended.code, again.output("ends")) == (0, 7)
    assert (
        "dagwright: the attempt before this one left no record: it was killed with its container for want of memory" in ended.err
    )
    assert again.attempt("ends", attempt=1, DAGWRIGHT_RUN="run-2", AWS_BATCH_JOB_ATTEMPT="2").err == ""


def test_an_attempt_that_left_a_record_is_not_said_to_be_lost(tmp_path: Path) -> None:
    assert pods(tmp_path, "is killed").attempt("ends", attempt=0).code == 74
    ended = pods(tmp_path, "returns").attempt("ends", attempt=1)
    assert (ended.code, ended.err) == (0, "")


def test_values_flow_from_pin_to_pin_and_counts_are_written_also_on_resume(tmp_path: Path) -> None:
    source = """
from dagwright import task
@task
def make(n: int) -> list[float]:
    return list(range(n))
@task
def double(x: float) -> float:
    return 2 * x
@task
def total(xs: list[float]) -> float:
    return sum(xs)
"""
    one = Pods(tmp_path, f"from __future__ import annotations\n{source}")
    one.publish["make"] = [{"output": "o0", "parameter": "count-o0"}]
    one.task("make", {"n": ("int", 3)}, "list[float]")
    one.task("double", {"x": ("float", pinned("make"))}, "float", over="x")
    one.task("total", {"xs": ("list[float]", pinned("double"))}, "float")
    count = tmp_path / "work" / "control" / "count-o0"
    for _ in range(2):
        assert one.attempt("make").code == 0
        assert count.read_text() == "3"
        count.unlink()
    assert [one.attempt("double", index).code for index in range(3)] == [0, 0, 0]
    assert one.attempt("total").code == 0
    assert one.output("total") == 6.0
    beyond = one.attempt("double", 3)
    assert beyond.code == 82
    assert "maps over 3 elements, and this attempt was given the index 3" in beyond.err


def test_a_cached_result_is_found_without_importing_the_users_module(tmp_path: Path) -> None:
    one = Pods(tmp_path, "from dagwright import task\nprint('imported')\n@task\ndef t(a: int) -> int:\n    return a + 1\n")
    one.task("t", {"a": ("int", 1)}, "int", cache={"version": "1"})
    assert one.attempt("t").out == "imported\n"
    one.run = "run-2"
    ended = one.attempt("t")
    assert (ended.code, ended.out) == (0, "")
    assert one.output("t") == 2
    assert one.records("t")[0]["state"] == "cached"
    one.run = "run-3"
    assert one.attempt("t", DAGWRIGHT_CACHE="off").out == "imported\n"


def test_the_environment_of_other_pythons_makes_no_difference_to_what_is_printed(tmp_path: Path) -> None:
    one = Pods(tmp_path, "from dagwright import task\n@task\ndef t() -> str:\n    print('🔥 ü')\n    return '🔥'\n")
    one.task("t", {}, "str")
    ended = one.attempt("t", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert ended.code == 0
    assert ended.out == "🔥 ü\n"
    assert one.output("t") == "🔥"


def test_less_than_a_line_leaves_at_once_where_the_image_asks_for_it(tmp_path: Path) -> None:
    flow = "import time\nfrom dagwright import task\n@task\ndef t() -> int:\n    print('... 🔥', end='')\n    time.sleep(60)\n    return 1\n"
    one = Pods(tmp_path, flow)
    one.task("t", {}, "int")
    process = one.start("t", PYTHONUNBUFFERED="1")
    assert process.stdout is not None
    assert os.read(process.stdout.fileno(), 100).decode() == "... 🔥"
    process.terminate()
    process.communicate()


def test_output_leaves_while_the_task_still_runs(tmp_path: Path) -> None:
    one = pods(tmp_path, "sleeps")
    process = one.start("ends")
    assert process.stdout is not None
    assert process.stdout.readline() == "begins sleeps\n"
    process.terminate()
    process.communicate()


assert sys.platform == "linux", "these tests look at /proc"
