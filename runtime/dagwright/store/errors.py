"""What a store raises."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot do what was asked; the text names store, verb and key, and what to do about it.

    ``transient`` tells that the same operation may work later: an attempt that ends so may be tried again.
    """

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


class NotFound(StoreError):  # noqa: N818 - a plain answer to ``get``, not a fault of the store
    """Nothing stands under the key."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(f"store {url} holds no {key!r}", transient=False)
        self.key = key


class Damaged(StoreError):  # noqa: N818 - what stands there is
    """What stands under the key has other bytes than its digest says."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(f"store {url} holds other bytes under {key!r} than their digest says", transient=False)
        self.key = key


class FileChanged(StoreError):  # noqa: N818 - the file was
    """A file has other bytes by now than those that were digested."""

    def __init__(self, url: str, key: str, path: str) -> None:
        super().__init__(
            f"store {url} cannot write {key!r}: the file {path} was changed meanwhile; finish it before the task returns it",
            transient=False,
        )
        self.path = path
