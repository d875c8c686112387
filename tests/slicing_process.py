"""What the processes of the tests of wide lists run: the child of one attempt, by the orders of a pod.

``slicing_process.py STEP UNIT [INDEX]`` dies by SIGKILL at the step: before operation n on the store for step 2n, after it for step 2n + 1. It prints
how the attempt ended when it lives.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, cast

from publishing_process import Dying

from dagwright.execution import attempt
from dagwright.execution.pod import read_assignment
from dagwright.store import open_store

if TYPE_CHECKING:
    from dagwright.store import Store


def main(step: str, *orders: str) -> None:
    words: list[dict[str, Any]] = []
    attempt.open_store = lambda url: cast("Store", Dying(open_store(url), int(step)))
    attempt.run_attempt(read_assignment(list(orders), os.environ), words.append)
    print(words[-1]["ending"])


if __name__ == "__main__":
    main(*sys.argv[1:])
