"""Bytes of files from and to a store: what an attempt can do with them."""

from __future__ import annotations

import os

from dagwright.contract.keys import is_digest, is_size, sha256_hex
from dagwright.contract.names import blob_key
from dagwright.files.contents import no_store
from dagwright.store.errors import Damaged, StoreError
from dagwright.store.together import SHORT_FILE, each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.files.contents import Wanted
    from dagwright.store.verbs import Store


class MachineAccess:
    """The files of a person's own machine, where no store is at hand; see ``contents.Access``."""

    __slots__ = ()

    def settle(self, path: str) -> str:
        """Leave a file where it is."""
        return path

    def read(self, sha256: str, size: int) -> bytes:
        """Refuse: there is no store.

        Raises:
            LookupError: Always.
        """
        raise no_store(f"{sha256} ({size})")

    def fetch(self, sha256: str, size: int, path: str) -> None:
        """Refuse: there is no store.

        Raises:
            LookupError: Always.
        """
        raise no_store(f"{sha256} ({size}) for {path}")

    def fetch_each(self, wanted: list[Wanted]) -> None:
        """Refuse: there is no store.

        Raises:
            LookupError: Always.
        """
        raise no_store(f"{wanted[0][0]} and {len(wanted) - 1} more")

    def locate(self, path: str) -> str:
        """Give the absolute path; ``~`` is the person's home."""
        return os.path.abspath(os.path.expanduser(path))

    def url_of(self, sha256: str) -> str:
        """Give the digest: no store is at hand."""
        return sha256


class StoreAccess:
    """The files of one store; see ``contents.Access``."""

    __slots__ = ("_store",)

    def __init__(self, store: Store) -> None:
        self._store = store

    def settle(self, path: str) -> str:
        """Leave a file where it is: no code of the user runs before it is stored."""
        return path

    def read(self, sha256: str, size: int) -> bytes:
        """Give the bytes of a short blob, verified."""
        key = self._key(sha256, size)
        content = self._store.get_range(key, 0, size + 1)  # one more, to see that it ends there
        if len(content) != size or sha256_hex(content) != sha256:
            raise Damaged(self._store.url, key)
        return content

    def fetch(self, sha256: str, size: int, path: str) -> None:
        """Write the bytes of a blob to a new file, verified."""
        self._store.get_file(self._key(sha256, size), path, sha256=sha256, size=size)

    def fetch_each(self, wanted: list[Wanted]) -> None:
        """Write the bytes of blobs to new files: short ones several at a time, long ones one after the other."""
        each(self._store, lambda blob: self.fetch(*blob), [blob for blob in wanted if blob[1] <= SHORT_FILE])
        for blob in wanted:
            if blob[1] > SHORT_FILE:
                self.fetch(*blob)

    def locate(self, path: str) -> str:  # noqa: ARG002
        """Refuse: a path that a person wrote is one of their own machine.

        Raises:
            ValueError: Always.
        """
        raise ValueError("a path means nothing where a task runs; give a URL, as in s3://bucket/key")

    def url_of(self, sha256: str) -> str:
        """Give the URL of a blob."""
        return f"{self._store.url.rstrip('/')}/{blob_key(sha256)}"

    def _key(self, sha256: str, size: int) -> str:
        """Name a blob that a value of the store refers to: whoever wrote the value may have meant something else."""
        if not is_digest(sha256) or not is_size(size):
            raise StoreError(f"a file in {self._store.url} is {sha256!r} of {size} bytes, which is no blob", transient=False)
        return blob_key(sha256)
