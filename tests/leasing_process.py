"""What the processes of the lease tests run: calls of a task that asks for ``cache_serialize``.

``leasing_process.py race URL NAME KEYS LOG`` performs a call for each key, in an order of its own; each execution adds the key to the log.
``leasing_process.py hang URL NAME KEY LOG`` performs one call whose execution never ends.
``leasing_process.py step URL NAME STEP LOG`` performs one call, pins and records it, and dies by SIGKILL at the step: before operation n for
step 2n, after it for step 2n + 1.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from publishing_process import PIN, Dying
from task_calls import Attempted, Node, call, performed_value, task

from dagwright.cache.leases import Pace
from dagwright.execution.records import record_attempt
from dagwright.store import open_store

if TYPE_CHECKING:
    from dagwright.execution.assignment import Assignment

PACE = Pace(heartbeat_s=0.2, silence_s=1.5, first_pause_s=0.01, longest_pause_s=0.1)
_WORK_S = 0.02


def main(mode: str, url: str, name: str, number: str, log: str) -> None:
    store = open_store(url)
    serialized = task(serialize=True)

    def execute(x: int) -> int:
        with Path(log).open("a", encoding="ascii") as file:
            file.write(f"{x} {name}\n")
        time.sleep(1000 if mode == "hang" else _WORK_S)
        return int(name) * 1000 + x

    if mode == "step":
        dying = Dying(store, int(number))
        print(performed_value(call(dying, 0, execute, of=serialized, pin=PIN, pace=PACE)))
        record_attempt(dying, cast("Assignment", Attempted("run", Node("node"), 0)), {"ending": "succeeded"})
        return
    keys = [int(number)] if mode == "hang" else random.Random(name).sample(range(int(number)), int(number))
    for key in keys:
        print(key, performed_value(call(store, key, execute, of=serialized, pace=PACE)))


if __name__ == "__main__":
    os.environ.pop("DAGWRIGHT_CACHE", None)
    main(*sys.argv[1:])
