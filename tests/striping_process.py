"""What the processes of the stripe tests run: a pod that computes several elements of a map.

``striping_process.py URL NAME STEP WORK`` runs it and dies by SIGKILL at the step: before operation n for step 2n, after it for step 2n + 1.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from publishing_process import Dying
from task_calls import call, task

from dagwright.cache import fetcher, unpack_output
from dagwright.cache.stripes import read_stripe
from dagwright.execution.chunk import Chunk
from dagwright.store import open_store

if TYPE_CHECKING:
    from dagwright.execution.assignment import Assignment
    from dagwright.execution.task_call import TaskCall
    from dagwright.store import Store

RUN, NODE = "run", "m"
ELEMENTS = 2
_INLINE = 1024


def run_pod(store: Store, name: int, work: str) -> None:
    """Run one attempt of the pod; element ``x`` is ``name * 1000 + x`` where this one computes it."""
    node = SimpleNamespace(id=NODE, mapped=("x",), has_holes=False, policy=task().policy)
    assignment = SimpleNamespace(node=node, index=0, run=RUN, hint=name, work=work, token=f"{name:016x}")

    def call_of(index: int, _inline_limit: int) -> TaskCall:
        return call(store, index, lambda x: name * 1000 + x, of=task(), inline_limit=_INLINE, long=2_000)

    outcome = Chunk(
        cast("Assignment", assignment),
        lambda _event: None,
        store,
        range(ELEMENTS),
        call_of=call_of,
        rest=lambda: None,
        enter=lambda _index: lambda: None,
        look=lambda: None,
    ).run()
    assert outcome["ending"] == "succeeded"


def values_in(store: Store) -> list[int] | None:
    """The elements' values, after checking that the outputs of each are of one writer; ``None`` while there is no stripe."""
    striped = read_stripe(store, RUN, NODE, 0)
    if striped is None:
        return None
    values = []
    for index in range(ELEMENTS):
        fetch = fetcher(store, striped[index])
        short, long = (unpack_output(output, fetch) for output in striped[index].outputs)
        assert long == [short] * 2_000
        values.append(short)
    return values


def main(url: str, name: str, step: str, work: str) -> None:
    store = open_store(url)
    run_pod(cast("Store", Dying(store, int(step))), int(name), work)
    print(values_in(store))


if __name__ == "__main__":
    main(*sys.argv[1:])
