"""Files of a Python call: kept in the folder of this process, so that every task sees the bytes as they were when they were returned.

A pod stores what its task returned before anything else runs. Here the next task runs at once and may write to the same path; hence a copy.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from dagwright.authoring.working_folders import process_folder
from dagwright.files.access import StoreAccess
from dagwright.files.contents import Bytes, Elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dagwright.files.contents import Wanted
    from dagwright.store.verbs import Store


class KeptFiles:
    """The files of one program in this process; see ``dagwright.files.contents.Access``.

    Args:
        store: Opens the store of cached results; asked when one of its files is needed.
    """

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store

    def settle(self, path: str) -> str:
        """Copy a file or folder, unless it stands in an attempt's own folder, where nobody else writes."""
        real = Path(path).resolve()
        own = Path(process_folder()).resolve()
        if own in real.parents:
            return str(real)
        kept = Path(mkdtemp(prefix="kept-", dir=own)) / real.name
        if real.is_dir():
            from dagwright.files.trees import Tree, scan

            Tree(scan(path)).copy_to(str(kept))
        else:
            Bytes(path=path).copy_to(str(kept))
        return str(kept)

    def read(self, sha256: str, size: int) -> bytes:
        """Give the bytes of a short blob of the store."""
        return StoreAccess(self._store()).read(sha256, size)

    def fetch(self, sha256: str, size: int, path: str) -> None:
        """Write the bytes of a blob of the store to a new file."""
        StoreAccess(self._store()).fetch(sha256, size, path)

    def fetch_each(self, wanted: list[Wanted]) -> None:
        """Write the bytes of blobs of the store to new files."""
        StoreAccess(self._store()).fetch_each(wanted)

    def locate(self, path: str) -> str:
        """Give the absolute path: this is the machine of whoever wrote it."""
        return os.path.abspath(path)  # noqa: PTH100  # as the user's own code would read it

    def url_of(self, sha256: str) -> str:
        """Give the URL of a blob of the store."""
        return StoreAccess(self._store()).url_of(sha256)


def fetch_all(value: Any) -> None:
    """Fetch every file in an argument now: a process that is forked for it could not use the store's client."""
    from dagwright.files.located import Located

    if isinstance(value, Located):
        if not isinstance(value.travelling(), Elsewhere):
            value.download()
    elif isinstance(value, dict):
        for item in value.values():
            fetch_all(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            fetch_all(item)
    else:
        for name in getattr(type(value), "__dataclass_fields__", None) or _model_fields(type(value)):
            fetch_all(getattr(value, name, None))


def _model_fields(cls: Any) -> Iterable[str]:
    """Names of the fields of a pydantic model, of either version."""
    return getattr(cls, "model_fields", None) or getattr(cls, "__fields__", None) or ()
