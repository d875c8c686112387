"""What the processes of the kill tests run.

``publishing_process.py publish URL VALUE STEP`` publishes a result and dies by SIGKILL at the step: before operation n for step 2n, after
it for step 2n + 1. It prints the value that counts when it lives.
``publishing_process.py race URL NAME KEYS`` looks each key up, publishes a value of its own where there is none, and prints what it read.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from dagwright.cache import Result, fetcher, lookup, pack_output, publish, unpack_output
from dagwright.contract.names import entry_key, pin_key
from dagwright.store import open_store

if TYPE_CHECKING:
    from dagwright.store import Store

ENTRY = entry_key("p", "d", "flow.t", "k" * 64)
PIN = pin_key("run", "node")


class Dying:
    """A store whose process dies before or after one of its operations."""

    def __init__(self, store: Store, step: int) -> None:
        self.url = store.url
        self._store = store
        self._step = step

    def __getattr__(self, verb: str) -> Any:
        operation = getattr(self._store, verb)
        if not callable(operation):
            return operation

        def call(*args: Any, **kwargs: Any) -> Any:
            self._tick()
            try:
                return operation(*args, **kwargs)
            finally:
                self._tick()

        return call

    def _tick(self) -> None:
        if self._step == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._step -= 1


def result_of(value: int) -> tuple[Result, dict[str, bytes]]:
    """A result of one short and one long output."""
    blobs: dict[str, bytes] = {}
    outputs = (
        pack_output("o0", "int", value, {}, blobs),
        pack_output("o1", "list[int]", [value] * 40_000, {}, blobs),
    )
    return Result(outputs), blobs


def value_of(store: Store, result: Result) -> int:
    """The value, after checking that the two outputs are of one writer."""
    short, long = (unpack_output(output, fetcher(store, result)) for output in result.outputs)
    assert long == [short] * 40_000
    return int(short)


def main(mode: str, url: str, name: str, number: str) -> None:
    store = open_store(url)
    if mode == "publish":
        result, blobs = result_of(int(name))
        dying = Dying(store, int(number))
        print(value_of(store, publish(dying, result, blobs, entry_key=ENTRY, pin_key=PIN, inputs_digest="i")))
        return
    for key in range(int(number)):
        entry = entry_key("p", "d", "flow.t", f"{key:064d}")
        found = lookup(store, entry)
        if found is None:
            result, blobs = result_of(int(name) * 1000 + key)
            found = publish(store, result, blobs, entry_key=entry)
        print(key, value_of(store, found))


if __name__ == "__main__":
    main(*sys.argv[1:])
