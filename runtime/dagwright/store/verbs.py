"""The interface of a store. Import it for annotations only: nothing here is needed at run time."""

from __future__ import annotations

from typing import Protocol


class Store(Protocol):
    """Bytes by key. Every verb raises ``StoreError``; a reader sees all bytes of one write or none."""

    url: str
    """Root of all keys, as the user wrote it."""

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

    def list(self, folder: str) -> list[str]:
        """Name all keys below a folder, at any depth, sorted; an absent folder has none."""
        ...

    def delete(self, key: str) -> None:
        """Remove a value; an absent one is no error."""
        ...
