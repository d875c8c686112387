"""The entries of a cache as people look at them: of which task, from what, how large, since when; and their removal."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from dagwright.cache.blobs import named_digests
from dagwright.cache.protocol import note_removal
from dagwright.cache.results import DamagedResult, decode_result
from dagwright.contract.names import ENTRIES
from dagwright.store.errors import NotFound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable

    from dagwright.cache.results import Result
    from dagwright.store.verbs import Listed, Store
    from dagwright.upkeep.reading import Concurrently

_PARTS = 4
"""Of an entry's key below the folder: project, domain, task, document."""


class Entry:
    """One cached result.

    ``written`` is Unix time by the store's clock, ``bytes`` counts the document and its blobs, ``damage`` says what is wrong with an entry that
    does not hold: then it has no ``result``.
    """

    __slots__ = ("bytes", "cache_key", "damage", "domain", "key", "project", "result", "task", "written")

    def __init__(self, key: str, size: int, written: float) -> None:
        self.key = key
        self.bytes = size
        self.written = written
        self.project, self.domain, self.task, document = (_plain(part) for part in key[len(ENTRIES) + 1 :].split("/"))
        self.cache_key = document.partition(".")[0]
        self.result: Result | None = None
        self.damage = ""

    @property
    def made(self) -> dict[str, Any]:
        """What it was made from; empty where it does not hold."""
        return {} if self.result is None else self.result.made

    def texts(self, name: str) -> dict[str, str]:
        """Of what it was made from, the part that gives texts by name; empty where it gives anything else."""
        found = self.made.get(name)
        return {key: str(text) for key, text in found.items()} if isinstance(found, dict) else {}

    @property
    def version(self) -> str:
        """The task's ``cache_version`` then."""
        found = self.made.get("cache_version")
        return found if isinstance(found, str) else ""

    def read(self, document: bytes | None) -> Entry:
        """Take the document's contents."""
        if document is None:
            self.damage = "it was removed meanwhile"
            return self
        try:
            self.result = decode_result(document)
        except DamagedResult as damage:
            self.damage = str(damage)
        else:
            self.bytes += sum(self.result.sizes().values())
        return self


def read_entries(store: Store, wanted: Callable[[Entry], bool], *, concurrently: Concurrently) -> list[Entry]:
    """Read the entries that are wanted by their keys, oldest first.

    Raises:
        StoreError: The store failed.
    """
    found = [entry for entry in _listed(store.listing(ENTRIES)) if wanted(entry)]
    documents = concurrently(lambda key: _document(store, key), [entry.key for entry in found])
    read = [entry.read(document) for entry, document in zip(found, documents)]
    return sorted(read, key=lambda entry: (entry.written, entry.key))


def remove_entries(store: Store, entries: Iterable[Entry]) -> None:
    """Remove entries. Their blobs stay until a collection finds that nobody needs them.

    Raises:
        StoreError: The store failed.
    """
    for entry in entries:
        # Read twice: one wrong answer must not hide a blob that a run is about to name.
        documents = [document for document in (_document(store, entry.key), _document(store, entry.key)) if document is not None]
        if documents:
            note_removal(store, {digest for document in documents for digest in named_digests(document)})
            store.delete(entry.key)


def _listed(objects: Listed) -> list[Entry]:
    return [Entry(*item) for item in objects if item[0].count("/") == ENTRIES.count("/") + _PARTS and item[0].endswith(".json")]


def _document(store: Store, key: str) -> bytes | None:
    try:
        return store.get(key)
    except NotFound:
        return None


def _plain(part: str) -> str:
    """A name as it was before it became a part of a key."""
    try:
        return unquote_to_bytes(part).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # a key that is not ours
        return part
