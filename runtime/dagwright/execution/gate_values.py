"""Values that people give at gates, as they lie in the store: the text that was given, once a run and gate.

A text, like those of the workflow's inputs: whoever takes it reads it by the declared type, so that who gives it needs no class of the user's.
"""

from __future__ import annotations

from dagwright.cache import PinDamaged
from dagwright.cache.results import DamagedResult, unseal
from dagwright.contract.names import given_key
from dagwright.store.errors import NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store


def read_given(store: Store, run: str, gate: str) -> str | None:
    """Read what was given at a gate of a run; ``None`` where nothing was.

    Raises:
        PinDamaged: It is damaged.
        StoreError: The store failed.
    """
    key = given_key(run, gate)
    try:
        text = unseal(store.get(key)).get("text")
    except NotFound:
        return None
    except DamagedResult as damage:
        raise PinDamaged(f"what was given, {key} in {store.url}, is damaged: {damage}") from None
    if not isinstance(text, str):
        raise PinDamaged(f"what was given, {key} in {store.url}, is no text")
    return text
