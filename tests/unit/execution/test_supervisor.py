"""The supervisor runs child after child, leaves nothing of one behind, and lays no fault of ours at the task's door."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import os
from dagwright.execution import supervisor
from dagwright.execution.supervisor import Console, supervise

supervisor._LATE_SIGNAL_S = 0.01  # twelve times a second that nothing here is about

before = len(os.listdir("/proc/self/fd"))
ended = []

def goes_on(one):
    ended.append(os.WEXITSTATUS(one.status))
    return len(ended) < 12

supervise(lambda report: os._exit(3), console=Console(), goes_on=goes_on)
print(ended, len(os.listdir("/proc/self/fd")) - before)
"""


def test_a_supervisor_of_many_children_keeps_no_descriptor_of_those_that_are_gone() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == f"{[3] * 12} 0\n", done.stderr


BROKEN = """
from dagwright.execution import child
from dagwright.execution.supervisor import Console, supervise

if "streams" in {where!r}:
    child._open_streams = None  # as a runtime of which a part is damaged

def work(report):
    raise LookupError("two\\nlines")

ended = supervise(work, console=Console())
print(ended.ending, ended.status, ended.outcome["text"], sep=";")
print(ended.outcome["internal"].splitlines()[-1])
"""


def test_what_fails_beside_the_task_is_an_error_of_ours_and_said() -> None:
    expected = {
        "streams": "internal error beside the task: TypeError: 'NoneType' object is not callable; please report it",
        "work": "internal error beside the task: LookupError: two lines; please report it",
    }
    for where, text in expected.items():
        done = subprocess.run(
            [sys.executable, "-c", BROKEN.format(where=where)], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.stdout.splitlines()[0] == f"fatal;0;{text}", done.stderr
