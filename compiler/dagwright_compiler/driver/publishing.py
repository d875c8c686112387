"""Code bundles of workflows, and their way into the store: what pods fetch whose manifest holds a digest in the place of the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import bundle_key
from dagwright_compiler.bundle import Bundle
from dagwright_compiler.driver.compiling import lower_to
from dagwright_compiler.driver.naming import wanted_workflows
from dagwright_compiler.driver.programs import program_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright.store.verbs import Store
    from dagwright_compiler.driver.naming import Wanted
    from dagwright_compiler.driver.reading import Reading


class Sealed(msgspec.Struct, frozen=True):
    """The code of one workflow, as a target's manifest names it."""

    workflow: str
    bundle: Bundle


def sealed(reading: Reading, wanted: Sequence[Wanted], target: str) -> list[Sealed]:
    """Make the bundles of what is asked for, in the order of the sources; findings join those of the reading.

    Raises:
        KeyError: No target has this name.
    """
    names = {name for item in wanted for name in wanted_workflows(reading, item)}
    found = []
    for name in (name for name in (*reading.elaborated.workflows, *reading.elaborated.tasks) if name in names):
        loaded = program_of(reading, name)
        artefact = lower_to(loaded, target) if loaded.program is not None else None
        if artefact is not None:
            found.append(Sealed(name, artefact.bundle))
    return found


def publish_bundle(store: Store, bundle: Bundle) -> bool:
    """Put a bundle into the store; False where it was there. One that was is written once more: it becomes young, and whole.

    Raises:
        StoreError: The store failed.
    """
    key, data = bundle_key(bundle.digest), bundle.archive()
    created = store.create(key, data)
    if not created:
        store.put(key, data)
    return created
