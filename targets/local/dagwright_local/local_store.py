"""The store that runs and calls use when none is configured: a folder of the project that no repository should take up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright.contract.names import LOCAL_STORE

if TYPE_CHECKING:
    from dagwright_compiler.config import Settings


def hide_local_store(settings: Settings) -> None:
    """Put a ``.gitignore`` beside the default store, once; a store that was configured is its owner's business."""
    if settings.store:
        return
    ignore = (settings.root / LOCAL_STORE).parent / ".gitignore"
    if not ignore.exists():
        ignore.parent.mkdir(parents=True, exist_ok=True)
        ignore.write_text("*\n", "ascii")
