"""Collection of garbage: removes blobs that no entry and no run names any more, and old runs and entries where that is asked for.

Runs beside anything else. What is removed was unnamed in the whole store *and* was last written before a grace period ago, by the
store's own clock; no other clock is read. Three things may still want such a blob, and each is seen to:

* A result with these bytes is being published. Whoever publishes writes its blobs again, which makes them young; one that does so
  between our last look at a blob and its removal finds our mark (``SWEEPS``), waits for its end and writes once more.
* A run has read an entry and not pinned its result yet, and meanwhile the entry went. Who removes or replaces an entry first notes its blobs
  (``REMOVED``); notes count as entries for the grace period.
* A run was given a file or a long text as an input. Its attempts' records name those blobs; before there is a record they are young.

Every digest that stands in a document counts as named, wherever it stands there: a document of a kind that this release does not know
keeps its blobs too.
"""

from __future__ import annotations

import os
import re
import time

from dagwright.cache.blobs import SWEEP_SILENCE_S
from dagwright.cache.protocol import note_removal
from dagwright.cache.results import DamagedResult, unseal
from dagwright.contract.jsontext import loads
from dagwright.contract.names import (
    BLOBS,
    CLOCK,
    COLLECTION,
    ENTRIES,
    LEASES,
    REMOVED,
    RUNS,
    SWEEPS,
    blob_key,
    lease_folder,
    sweep_key,
)
from dagwright.store.errors import NotFound, StoreError
from dagwright.upkeep.clock import store_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from dagwright.cache.leases import Lease, Pace
    from dagwright.store.verbs import Listed, Store
    from dagwright.upkeep.reading import Concurrently

GRACE_S = 7 * 24 * 3600.0
"""Age from which a blob that nobody names may go: longer than any task runs, and than any run waits to be tried again."""
SWEEP_S = 20.0
"""How long blobs are removed before they are looked at again; those who publish wait nine times as long for us (``SWEEP_SILENCE_S``)."""
_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_PAGES = (".log", ".html")
"""Ends of what a run holds for people, which names no blobs."""
_LONGEST_INPUT = 64 * 1024 * 1024
"""Bytes of an input's text up to which it is searched for the files that it names."""


class Tally:
    """How many objects there were of a kind, and their bytes."""

    __slots__ = ("bytes", "count")

    def __init__(self) -> None:
        self.count = 0
        self.bytes = 0

    def add(self, size: int) -> None:
        """Count one."""
        self.count += 1
        self.bytes += size


class Collected:
    """What was removed, or would be: objects of runs, entries, blobs, leases, and files that dead writers left; ``kept`` are the blobs."""

    __slots__ = ("blobs", "entries", "kept", "leases", "leftovers", "run_names", "runs", "young")

    def __init__(self) -> None:
        self.runs = Tally()
        self.run_names: list[str] = []
        self.entries = Tally()
        self.blobs = Tally()
        self.leases = Tally()
        self.leftovers = Tally()
        self.kept = Tally()
        self.young = Tally()
        """Blobs that nobody names, and that are too young to go."""


class Limits:
    """What counts as old: ``grace_s`` for what nobody names, ``older_than_s`` for runs and entries; ``None`` keeps all of these."""

    __slots__ = ("grace_s", "older_than_s")

    def __init__(self, *, grace_s: float = GRACE_S, older_than_s: float | None = None) -> None:
        self.grace_s = grace_s
        self.older_than_s = older_than_s


def collect(
    store: Store,
    limits: Limits,
    *,
    dry_run: bool = False,
    is_alone: bool = False,
    concurrently: Concurrently | None = None,
    pace: Pace | None = None,
) -> Collected:
    """Collect the garbage of a store, one collection at a time.

    Args:
        store: The store.
        limits: What counts as old.
        dry_run: Whether to remove nothing and only tell.
        is_alone: Whether nothing else uses the store meanwhile, by the caller's word: where the store cannot tell, nothing is removed without it.
        concurrently: Reads many documents at a time; one after the other unless told.
        pace: Of the lease that keeps other collections out.

    Raises:
        StoreError: The store failed, or another collection is at work, or may be. What was removed until then was garbage.
    """
    collection = _Collection(store, limits, dry_run=dry_run, concurrently=concurrently or map)
    if dry_run or (is_alone and not store.conditional):
        return collection.collect()
    if not store.conditional:
        raise StoreError(
            f"store {store.url} cannot be collected beside other work: its client cannot tell who came first; "
            "stop whatever uses it and say so with --offline",
            transient=False,
        )
    lease = _claim(store, pace)
    try:
        return collection.collect()
    finally:
        lease.release()


def _claim(store: Store, pace: Pace | None) -> Lease:
    """Keep other collections out: two at a time could each count on a blob that the other one removes."""
    from dagwright.cache.leases import Lease, Pace, reserve

    pace = pace or Pace(silence_s=SWEEP_SILENCE_S)  # one that stands still must not be taken for dead before publishers do so
    reasons: list[str] = []
    lease = reserve(store, COLLECTION, lambda: None, pace=pace, patience_s=1.5 * pace.silence_s, say=reasons.append)
    if not isinstance(lease, Lease):
        reason = reasons[0] if reasons else "another collection is at work"
        raise StoreError(f"store {store.url} cannot be collected: {reason}", transient=True)
    return lease


class _Collection:
    __slots__ = ("_concurrently", "_dry_run", "_limits", "_now", "_store", "done")

    def __init__(self, store: Store, limits: Limits, *, dry_run: bool, concurrently: Concurrently) -> None:
        self._store = store
        self._limits = limits
        self._dry_run = dry_run
        self._concurrently = concurrently
        self._now = 0.0
        self.done = Collected()

    def collect(self) -> Collected:
        self._now = store_time(self._store)
        # Blobs are looked at before everything that may name them: what is named later was written later.
        blobs = self._store.listing(BLOBS)
        named = self._named()
        unnamed: Listed = []
        for blob in blobs:
            if blob[0].rpartition("/")[2] in named:
                self.done.kept.add(blob[1])
            elif self._is_past_grace(blob[2]):
                unnamed.append(blob)
            else:
                self.done.young.add(blob[1])
        self._sweep(unnamed)
        self._remove_leases()
        self._remove_leftovers()
        self._remove_own_traces()
        return self.done

    def _is_past_grace(self, written: float) -> bool:
        return written < self._now - self._limits.grace_s

    def _is_expired(self, written: float) -> bool:
        return self._limits.older_than_s is not None and written < self._now - self._limits.older_than_s

    # What names blobs

    def _named(self) -> set[str]:
        """Remove what is older than asked for, and collect the digests of all blobs that must stay."""
        entries, expired = self._split(self._store.listing(ENTRIES))
        named = self._remove_entries(expired)
        documents = [key for key, _, _ in entries]
        for run, objects in _runs(self._store.listing(RUNS)):
            if self._is_expired(max(written for _, _, written in objects)):
                self._remove_run(run, objects)
            else:
                documents += [key for key, _, _ in objects if not key.endswith(_PAGES)]
        inputs: set[str] = set()
        for content in self._concurrently(self._read, documents):
            named |= _digests(content)
            inputs |= _needs(content)
        for digest in sorted(inputs):
            named |= _digests(self._read_text(digest))
        # Notes are read last: who removes a document writes its note before.
        return named | self._noted()

    def _noted(self) -> set[str]:
        """Read the notes about entries that were removed within the grace period; remove older ones."""
        named: set[str] = set()
        for key, _, written in self._store.listing(REMOVED):
            if not self._is_past_grace(written):
                named |= _digests(self._read(key))
            elif not self._dry_run:
                self._store.delete(key)
        return named

    def _split(self, entries: Listed) -> tuple[Listed, Listed]:
        return [item for item in entries if not self._is_expired(item[2])], [
            item for item in entries if self._is_expired(item[2])
        ]

    def _remove_entries(self, entries: Listed) -> set[str]:
        """Remove entries; give the digests of the blobs that runs at work may still want."""
        digests: set[str] = set()
        for _, size, _ in entries:
            self.done.entries.add(size)
        if self._limits.grace_s > 0:
            for content in self._concurrently(self._read, [key for key, _, _ in entries]):
                digests |= _digests(content)
        if not self._dry_run:
            note_removal(self._store, digests)
            for key, _, _ in entries:
                self._store.delete(key)
        return digests

    def _remove_run(self, run: str, objects: Listed) -> None:
        self.done.run_names.append(run)
        for _, size, _ in objects:
            self.done.runs.add(size)
        if not self._dry_run:
            # Pins last: an attempt that finds one needs nothing else.
            for key, _, _ in sorted(objects, key=lambda item: item[0].endswith("/out.json")):
                self._store.delete(key)

    def _read(self, key: str) -> bytes | None:
        """Read a document; one that does not hold twice, because a wrong answer of the store must not cost a blob that is named."""
        try:
            content = self._store.get(key)
            return content if _is_whole(content) else content + b"\n" + self._store.get(key)
        except NotFound:
            return None

    def _read_text(self, digest: str) -> bytes | None:
        """Read the text of an input, which may name files; a file that is an input itself names none that count."""
        try:
            content = self._store.get_range(blob_key(digest), 0, _LONGEST_INPUT + 1)
        except NotFound:
            return None
        return content if len(content) <= _LONGEST_INPUT and b'"$blob"' in content else None

    # What goes

    def _sweep(self, blobs: Listed) -> None:
        if self._dry_run:
            for _, size, _ in blobs:
                self.done.blobs.add(size)
            return
        folders: dict[str, Listed] = {}
        for blob in blobs:
            folders.setdefault(blob[0].rpartition("/")[0], []).append(blob)
        for folder, inside in folders.items():
            self._sweep_folder(folder, inside)

    def _sweep_folder(self, folder: str, blobs: Listed) -> None:
        pending = list(blobs)
        while pending:
            mark = sweep_key(os.urandom(8).hex())
            self._store.put(mark, b"")
            try:
                pending = self._removed(folder, pending)
            finally:
                self._store.delete(mark)

    def _removed(self, folder: str, blobs: Listed) -> Listed:
        """Remove blobs that nobody has written since they were listed; give those for which the time was too short."""
        started = _elapsed_s()
        unchanged = set(self._store.listing(folder))
        for position, blob in enumerate(blobs):
            if _elapsed_s() - started > SWEEP_S:
                return blobs[position:]
            if blob in unchanged:
                self._store.delete(blob[0])
                self.done.blobs.add(blob[1])
                _check_pace(self._store.url, blob[0], _elapsed_s() - started)
        return []

    def _remove_leases(self) -> None:
        """Remove the leases of keys whose last owner fell silent long ago; two calls that meet this moment may compute both."""
        keys: dict[str, Listed] = {}
        for lease in self._store.listing(LEASES):
            keys.setdefault(lease[0].rpartition("/")[0], []).append(lease)
        ours = keys.pop(lease_folder(COLLECTION), [])
        for epochs in keys.values():
            if all(self._is_past_grace(written) for _, _, written in epochs):
                for key, size, _ in epochs:
                    self.done.leases.add(size)
                    if not self._dry_run:
                        self._store.delete(key)
        if not self._dry_run:
            for key, _, _ in ours[:-1]:  # the last one is held
                self._store.delete(key)

    def _remove_own_traces(self) -> None:
        """Remove what collections left that died at work."""
        for folder in (CLOCK, SWEEPS):
            for key, _, written in self._store.listing(folder):
                if self._is_past_grace(written) and not self._dry_run:
                    self._store.delete(key)

    def _remove_leftovers(self) -> None:
        for path in self._store.leftovers(self._limits.grace_s):
            try:
                size = os.path.getsize(path)
                if not self._dry_run:
                    os.unlink(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError(f"store {self._store.url} cannot remove {path}: {error.strerror}", transient=False) from error
            self.done.leftovers.add(size)


def _elapsed_s() -> float:
    """Seconds of a clock that goes on while the machine sleeps: others do not sleep with it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _check_pace(url: str, key: str, took_s: float) -> None:
    """Say that a removal was under way for longer than anybody waits for: nothing undoes it, and whoever reads of a lost value must know why."""
    if took_s > SWEEP_SILENCE_S:
        raise StoreError(
            f"store {url}: this collection stood still for {took_s:.0f} s while it removed {key!r}; if the same bytes were stored "
            "meanwhile, they are gone: a run that has them fails, and a new run computes them again",
            transient=True,
        )


def _runs(objects: Listed) -> Iterator[tuple[str, Listed]]:
    """Group the objects of runs by the run's name, as it is quoted in keys."""
    groups: dict[str, Listed] = {}
    for item in objects:
        groups.setdefault(item[0][len(RUNS) + 1 :].partition("/")[0], []).append(item)
    yield from groups.items()


def _digests(content: bytes | None) -> set[str]:
    return set() if content is None else {found.decode("ascii") for found in _DIGEST.findall(content)}


def _is_whole(content: bytes) -> bool:
    """Tell whether a document that carries a checksum fits it; others count as whole."""
    if not content.startswith(b'{"sum":'):
        return True
    try:
        unseal(content)
    except DamagedResult:
        return False
    return True


def _needs(content: bytes | None) -> set[str]:
    """Digests of the inputs that an attempt's record names."""
    if content is None or b'"needs":' not in content:
        return set()
    try:
        record = loads(content)
    except ValueError:
        return set()
    needs = record.get("needs") if isinstance(record, dict) else None
    return (
        {item for item in needs if isinstance(item, str) and _DIGEST.fullmatch(item.encode())}
        if isinstance(needs, list)
        else set()
    )
