"""Giving a value at a gate of a run: once, for all who take it."""

from __future__ import annotations

from dagwright.cache.results import seal
from dagwright.contract.names import given_key
from dagwright.execution.gate_values import read_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store


class GivenAlready(Exception):  # noqa: N818  # a plain answer
    """Another value was given at this gate of the run; ``text`` is that one."""

    def __init__(self, gate: str, text: str) -> None:
        super().__init__(f"{gate} was given another value already")
        self.gate = gate
        self.text = text


def give(store: Store, run: str, gate: str, text: str) -> None:
    """Leave the text of a value at a gate; to give the same one again changes nothing.

    Raises:
        GivenAlready: There is another one, which somebody may have taken.
        PinDamaged: What lies there is damaged.
        StoreError: The store failed.
    """
    store.create(given_key(run, gate), seal({"text": text}))
    found = read_given(store, run, gate)
    if found is not None and found != text:
        raise GivenAlready(gate, found)
