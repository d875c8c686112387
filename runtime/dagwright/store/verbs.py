"""The interface of a store. Import it for annotations only: nothing here is needed at run time."""

from __future__ import annotations

from typing import List, Protocol, Tuple

Names = List[str]
Listed = List[Tuple[str, int, float]]
"""Keys with size in bytes and time of the last write by the store's own clock (Unix)."""


class Store(Protocol):
    """Bytes by key. Every verb raises ``StoreError``; a reader sees all bytes of one write or none."""

    url: str
    """Root of all keys, as the user wrote it."""
    conditional: bool
    """Whether of many concurrent creators of a key exactly one is told ``True``. Without, nothing may be reserved by ``create``."""
    at_once: int
    """How many operations at a time are worth it (see ``together``): 1 where an answer takes no time."""

    def get(self, key: str) -> bytes:
        """Read a value.

        Raises:
            NotFound: Nothing stands under the key.
        """
        ...

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read ``length`` bytes from ``start``; fewer where the value ends before, none at or past its end.

        Raises:
            NotFound: Nothing stands under the key.
        """
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there.

        ``False`` says that a value stands under the key and this call may not have put it there: an object store answers so
        to the repetition of a request whose first answer was lost. Never conclude that another writer won; read back.
        Meant for values of some megabytes: an object store takes them in one request.
        """
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write a value over whatever stands there."""
        ...

    def list(self, folder: str) -> Names:
        """Name all keys below a folder, at any depth, sorted; an absent folder has none."""
        ...

    def delete(self, key: str) -> None:
        """Remove a value; an absent one is no error."""
        ...

    def put_file(self, key: str, path: str, *, sha256: str) -> None:
        """Write a file's bytes over whatever stands there, in parts, a few of which are in memory at once.

        Raises:
            FileChanged: The file has other bytes than those of the digest; nothing was written.
        """
        ...

    def get_file(self, key: str, path: str, *, sha256: str, size: int) -> None:
        """Read a value into a file, in parts. The file gets its name when its bytes are those of the digest.

        What an interrupted call fetched stays in ``<path>.part``; the next one goes on there.

        Raises:
            NotFound: Nothing stands under the key.
            Damaged: What stands there has another size or digest.
        """
        ...

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder, sorted, with size in bytes and time of the last write by the store's own clock (Unix)."""
        ...

    def leftovers(self, older_than_s: float) -> Names:
        """Name files that writers left behind which died before they gave them a key; none where the store itself keeps such."""
        ...
