"""What a ``File`` or ``Directory`` stands for, where its bytes are: on this machine, in the store, or elsewhere.

Contents never change: whoever takes bytes that a user may still write over settles them first (``Access.settle``).
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, Union

    from dagwright.files.trees import Tree

    Content = Union["Bytes", Tree, "Elsewhere"]
    Wanted = tuple[str, int, str]
    """A blob and where to write it: SHA-256, size, path."""

    class Access(Protocol):
        """What the process at hand can do with the bytes of files."""

        def settle(self, path: str) -> str:
            """Give a path under which a user's file or folder stays as it is now."""
            ...

        def read(self, sha256: str, size: int) -> bytes:
            """Give the bytes of a short blob."""
            ...

        def fetch(self, sha256: str, size: int, path: str) -> None:
            """Write the bytes of a blob to a new file."""
            ...

        def fetch_each(self, wanted: list[Wanted]) -> None:
            """Write the bytes of several blobs to new files."""
            ...

        def locate(self, path: str) -> str:
            """Give the absolute path that a person meant who wrote one for an input; raises ``ValueError`` where none can be meant."""
            ...

        def url_of(self, sha256: str) -> str:
            """Give the URL of a blob."""
            ...


_PART = 1 << 20


class Bytes:
    """The bytes of one file: ``path`` where they stand on this machine, ``sha256`` and ``size`` once they are known."""

    __slots__ = ("access", "executable", "path", "sha256", "size")

    def __init__(
        self, *, path: str = "", sha256: str = "", size: int = -1, access: Access | None = None, executable: bool = False
    ) -> None:
        self.path = path
        self.sha256 = sha256
        self.size = size
        self.access = access
        self.executable = executable

    def digest(self) -> str:
        """SHA-256 of the bytes; read from the file at the first call.

        Raises:
            OSError: The file is gone.
        """
        if not self.sha256:
            self.sha256, self.size = digest_file(self.path)
        return self.sha256

    def copy_to(self, path: str) -> None:
        """Write the bytes to a new file.

        Raises:
            OSError: The file is gone, or the disk is full.
            StoreError: The store cannot give them.
            LookupError: There is no store at hand.
        """
        if self.path:
            copy_file(self.path, path)
        elif self.access is None:
            raise no_store(self.sha256)
        else:
            self.access.fetch(self.sha256, self.size, path)
        self.let_run(path)

    def let_run(self, path: str) -> None:
        """Make a copy executable where the bytes are."""
        if self.executable:
            mode = os.stat(path).st_mode
            os.chmod(path, mode | (mode & 0o444) >> 2)

    def count(self) -> int:
        """Size in bytes."""
        return os.stat(self.path).st_size if self.size < 0 else self.size

    def url(self) -> str | None:
        """Where the store keeps them, for who has a client of their own."""
        return None if self.access is None or self.path else self.access.url_of(self.sha256)


class Elsewhere:
    """What travels by reference: a URL."""

    __slots__ = ("url",)

    def __init__(self, url: str) -> None:
        self.url = url


def copy_file(source: str, path: str) -> None:
    """Copy the bytes of a file; where the file system can share them, it does."""
    with open(source, "rb") as reading, open(path, "xb") as writing:
        if hasattr(os, "copy_file_range"):
            try:
                while os.copy_file_range(reading.fileno(), writing.fileno(), 1 << 30):
                    pass
            except OSError:  # file systems that cannot, older kernels: the loop below goes on from where this stopped
                pass
        part = reading.read(_PART)
        while part:
            writing.write(part)
            part = reading.read(_PART)


def digest_file(path: str) -> tuple[str, int]:
    """Give SHA-256 and size of a file, a part in memory at a time."""
    from hashlib import sha256

    total, size = sha256(), 0
    with open(path, "rb", buffering=0) as file:
        part = file.read(_PART)
        while part:
            total.update(part)
            size += len(part)
            part = file.read(_PART)
    return total.hexdigest(), size


def no_store(sha256: str) -> LookupError:
    """Say that bytes are asked for where there is no store."""
    return LookupError(f"the bytes {sha256[:12]} stand in a store, and none is at hand here")
