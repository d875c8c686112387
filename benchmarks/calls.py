"""Python calls of workflows, measured inside one process: run as ``calls.py FOLDER``, it prints seconds of processor time as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from flows import ELEMENTS, TASKS

ROUNDS = 5


def main(folder: str) -> None:
    """Measure each kind of call against the same call with one task, so that what a call costs once falls out."""
    sys.path.insert(0, folder)
    import flow

    numbers = list(range(ELEMENTS))
    first = _once(lambda: flow.single(number=0))
    one = _best(lambda: flow.single(number=1))
    per_task = (_best(lambda: flow.chain(number=1)) - one) / (TASKS - 1)
    assert flow.chain(number=1) == flow.chain_kept(number=1) == TASKS + 1  # fills the cache
    per_hit = (_best(lambda: flow.chain_kept(number=1)) - _best(lambda: flow.single_kept(number=1))) / (TASKS - 1)
    per_element = (_best(lambda: flow.mapped(numbers=numbers)) - _best(lambda: flow.mapped(numbers=[1]))) / (ELEMENTS - 1)
    found = {
        "first call of a file": first,
        "Python call, one task": one,
        "Python call, per task": per_task,
        "hit, per task": per_hit,
        "map, per element": per_element,
    }
    print(json.dumps(found))


def _once(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def _best(call: Callable[[], object]) -> float:
    call()
    return min(_once(call) for _ in range(ROUNDS))


if __name__ == "__main__":
    main(sys.argv[1])
