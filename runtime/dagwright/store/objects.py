"""A store over a network: one policy for all clients of what is repeated, what it says when it fails, and who may use it.

A client (``obstore_client``, ``boto_client``, ``fsspec_client``) does one request a call and repeats nothing; this module decides
what may pass and repeats it with full jitter for a minute at most. A repeated ``create`` whose first answer was lost finds its own
object; it answers ``False``, and callers read back (see ``verbs.Store``).

Threads and connections of a client do not survive a fork: a child that uses them hangs for good. Whoever forks must do so before
the parent's first use; every verb checks.
"""

from __future__ import annotations

import os
import time

from dagwright.store import trouble
from dagwright.store.errors import NotFound, StoreError
from dagwright.store.keys import check_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator, TypeVar

    from dagwright.store.clients import Bytes, Client
    from dagwright.store.trouble import Trouble
    from dagwright.store.verbs import Listed, Names

    Answer = TypeVar("Answer")

_PATIENCE_S = 60.0
"""How long one operation is repeated before the attempt gives up; retrying the task costs far more."""
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0


class _Process:
    """Which process used a client: a fork of it must not."""

    __slots__ = ("ancestor", "pid")

    def __init__(self) -> None:
        self.pid = 0
        self.ancestor = 0

    def enter(self) -> None:
        """Note the first use."""
        self.pid = os.getpid()
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        self.ancestor = self.ancestor or self.pid


_process = _Process()


class ObjectStore:
    """A store by URL and client; see ``verbs.Store``."""

    __slots__ = ("_client", "_patience_s", "conditional", "url")
    at_once = 16

    def __init__(self, url: str, client: Client, *, patience_s: float = _PATIENCE_S) -> None:
        self.url = url
        self.conditional = client.conditional
        self._client = client
        self._patience_s = patience_s

    def get(self, key: str) -> bytes:
        """Read a value; see ``Store``."""
        check_key(key)
        return self._repeat("read", key, lambda: self._client.get(key))

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of a value; see ``Store``."""
        check_key(key)
        if length == 0:  # no request asks for nothing
            self.get_range(key, 0, 1)
            return b""
        return bytes(self._part(key, start, length))

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; see ``Store``."""
        check_key(key)
        return self._repeat("create", key, lambda: self._client.create(key, data))

    def put(self, key: str, data: bytes) -> None:
        """Write a value over whatever stands there; see ``Store``. A long one is sent in parts, each repeated alone, and appears as a whole."""
        from dagwright.store import transfers

        check_key(key)
        if len(data) <= transfers.PART_BYTES:
            self._repeat("write", key, lambda: self._client.put(key, data))
        else:
            self._put_parts(key, lambda: transfers.parts_in(data), transfers.PART_BYTES)

    def put_file(self, key: str, path: str, *, sha256: str) -> None:
        """Write a file's bytes over whatever stands there; see ``Store``."""
        from dagwright.store.transfers import part_bytes, parts_of

        check_key(key)
        self._put_parts(key, lambda: parts_of(self.url, key, path, sha256), part_bytes(path))

    def get_file(self, key: str, path: str, *, sha256: str, size: int) -> None:
        """Read a value into a file; see ``Store``."""
        from dagwright.store.transfers import fetch

        check_key(key)
        fetch(self._part, self.url, key, path, sha256=sha256, size=size)

    def list(self, folder: str) -> Names:
        """Name all keys below a folder; see ``Store``."""
        return [key for key, _, _ in self.listing(folder)]

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder with sizes and times; see ``Store``."""
        check_key(folder)
        return sorted(self._repeat("list", folder, lambda: self._client.listing(folder)))

    def leftovers(self, older_than_s: float) -> Names:  # noqa: ARG002
        """None: the bucket's own rule removes what interrupted uploads left; see ``Store``."""
        return []

    def delete(self, key: str) -> None:
        """Remove a value; see ``Store``."""
        check_key(key)
        try:
            self._repeat("delete", key, lambda: self._client.delete(key))
        except NotFound:
            return

    def _put_parts(self, key: str, parts: Callable[[], Iterator[bytes]], length: int) -> None:
        """Write a value from its parts; each is repeated alone, and all of them where that does not help."""

        def upload() -> None:
            self._client.put_parts(key, parts(), length, lambda request: self._repeat("write", key, request))

        self._repeat("write", key, upload)

    def _part(self, key: str, start: int, length: int) -> Bytes:
        """Read a part of a value into whatever memory the client has it in."""
        try:
            return self._repeat("read", key, lambda: self._client.get_range(key, start, length))
        except _PastTheEnd:
            return b""

    def _repeat(self, verb: str, key: str, operation: Callable[[], Answer]) -> Answer:
        """Do an operation, again and again while its failures may pass and the time is not up."""
        self._enter(verb, key)
        deadline = time.monotonic() + self._patience_s
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return operation()
            except StoreError:  # of the file that is read, or of a part that was repeated already
                raise
            except Exception as error:  # whatever the client raises ends as a StoreError
                found = self._client.trouble(error, verb)
                wait_s = pause_s * int.from_bytes(os.urandom(4), "big") / 2**32  # random would cost its import
                if found.kind != trouble.TRANSIENT or time.monotonic() + wait_s > deadline:
                    raise self._failure(found, verb, key) from error
            except BaseException as panic:
                if type(panic).__name__ != "PanicException":  # what a client in Rust makes of a URL that it never expected
                    raise
                text = f"store {self.url} cannot {verb} {key!r}: {trouble.shown(panic)}; correct the store's URL or its endpoint"
                raise StoreError(text, transient=False) from None
            time.sleep(wait_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _enter(self, verb: str, key: str) -> None:
        if _process.ancestor:
            raise StoreError(
                f"store {self.url} cannot {verb} {key!r} here: process {_process.ancestor} used a store and then forked process "
                f"{os.getpid()}, where its client hangs; fork first, or start a new interpreter",
                transient=False,
            )
        if not _process.pid:
            _process.enter()

    def _failure(self, found: Trouble, verb: str, key: str) -> StoreError:
        if found.kind == trouble.ABSENT:
            return NotFound(self.url, key)
        if found.kind == trouble.PAST_END:
            return _PastTheEnd(found.text, transient=False)
        from dagwright.store.remedies import remedy

        advice = remedy(self.url.partition("://")[0], found)
        text = f"store {self.url} cannot {verb} {key!r}: {found.text}" + (f"; {advice}" if advice else "")
        return StoreError(text, transient=found.kind == trouble.TRANSIENT)


class _PastTheEnd(StoreError):  # noqa: N818
    """The range starts at or after the value's end."""
