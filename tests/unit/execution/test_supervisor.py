"""The supervisor runs child after child, and leaves nothing of one behind."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import os
from dagwright.execution.supervisor import Console, supervise

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
