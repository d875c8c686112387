"""The interface of a client of a remote store. Import it for annotations only: nothing here is needed at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator, Protocol, Union

if TYPE_CHECKING:
    from dagwright.store.trouble import Trouble
    from dagwright.store.verbs import Listed

Bytes = Union[bytes, bytearray, memoryview]
"""What holds bytes; a client gives its own kind, so that a part of a file is not copied."""
Repeat = Callable[[Callable[[], Any]], Any]
"""Does one request, and repeats it while its failures may pass."""


class Client(Protocol):
    """One request a call, nothing repeated, keys as they come; whatever it raises, ``trouble`` explains."""

    conditional: bool
    """Whether ``create`` is atomic; see ``verbs.Store``."""

    def get(self, key: str) -> bytes:
        """Read a value."""
        ...

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        """Read a part of a value; ``length`` is not 0."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; ``False`` where one does."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write a value of one part's length at most."""
        ...

    def put_parts(self, key: str, parts: Iterator[bytes], part_bytes: int, repeat: Repeat) -> None:
        """Write a value from its parts, all but the last of ``part_bytes``. It appears as a whole, and not at all when ``parts`` raises."""
        ...

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder with sizes and times, in any order."""
        ...

    def delete(self, key: str) -> None:
        """Remove a value."""
        ...

    def trouble(self, error: Exception, verb: str) -> Trouble:
        """Explain what a method raised; ``verb`` is read, write, create, list or delete."""
        ...
