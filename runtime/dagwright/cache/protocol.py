"""How results are published and found: safe against crashes at any point and any number of writers.

Order of publication: every blob, then the cache entry (the commit point), then the run's pin. Entry and pin are created, never
overwritten: the first writer's value is adopted by all others, so every reader sees one value per key. What is read is
verified against its digests; an entry that does not hold is a miss and is removed, a pin that does not hold is an error,
because a consumer may have used its value already.
"""

from __future__ import annotations

from dagwright.cache.blobs import named_digests, publish_blobs, read_blob, verify_blob
from dagwright.cache.results import DamagedResult, Result, decode_result, encode_result
from dagwright.contract.jsontext import dumps
from dagwright.contract.names import removed_key
from dagwright.store.errors import NotFound, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Mapping, Sequence, Union

    from dagwright.store.verbs import Store
    from dagwright.values.blobs import BlobFile

_TRIES = 5
"""Rounds of create and read back; more than one only where an entry is damaged or removed in between."""
_KEPT = 1024 * 1024
"""Size up to which a blob that was read to verify an entry is kept for its reader."""
_IDENTITY = {"task": "task", "cache_version": "version", "signature": "interface", "inputs": "input"}
"""Of what a result tells about its making, what its key is made from; in words."""
_LONGEST = 64 * 1024 * 1024
"""Bytes of a document; one that is longer was not written by us and is not read."""


class InputsDiffer(Exception):  # noqa: N818 - the run's inputs do
    """A run's node was pinned with other inputs than it has now: the run's name was used for two runs."""

    def __init__(self, pin_key: str, pinned: str, given: str) -> None:
        super().__init__(
            f"{pin_key} was made from inputs {pinned}, and now the inputs are {given}; give each run a name of its own"
        )
        self.pin_key = pin_key
        self.pinned = pinned
        self.given = given


class PinDamaged(Exception):  # noqa: N818 - the pin is
    """A run's pin, or a blob that it names, is damaged or gone; no value may be put in its place."""


def lookup(
    store: Store,
    entry_key: str,
    *,
    outputs: Sequence[tuple[str, str]] | None = None,
    made: Mapping[str, Any] | None = None,
    remove: bool = True,
    damaged: Callable[[str], None] | None = None,
) -> Result | None:
    """Find a cached result, verified with all its blobs; a damaged one counts as absent.

    Args:
        store: Where to look.
        entry_key: Key of the entry.
        outputs: Names and types that the outputs must have, in their order; any unless told.
        made: What it must have been made from, as far as it tells: what is another call's stands there by mistake, or to deceive.
        remove: Whether a damaged entry is removed.
        damaged: Told in a few words what is wrong with an entry.
    """
    try:
        document = _document(store, entry_key)
    except NotFound:
        return None
    try:
        result = _decoded(document)
        check_outputs(result, outputs)
        _check_call(result, made)
        _verify(store, result)
    except (DamagedResult, NotFound) as damage:
        if remove:
            _remove_damaged(store, entry_key, document)
        if damaged is not None:
            damaged(str(damage))
        return None
    return result


def publish(
    store: Store,
    result: Result,
    blobs: Mapping[str, Union[bytes, BlobFile]],
    *,
    entry_key: str | None = None,
    pin_key: str | None = None,
    inputs_digest: str = "",
    overwrite: bool = False,
    look: Callable[[], None] | None = None,
) -> Result:
    """Publish a result, and give the one that counts: this one, or that of whoever came first.

    Args:
        store: Where to.
        result: What was computed, or what ``lookup`` gave (then without blobs).
        blobs: Every blob that the result needs, by SHA-256.
        entry_key: Key of the cache entry; none for a task that is not cached.
        pin_key: Key of the run's pin; none outside of a run.
        inputs_digest: Digest of the resolved inputs, kept in the pin.
        overwrite: Whether the entry takes the place of one that stands there. A pin never does.
        look: Called before the pin is published; what it raises ends this without one.

    Raises:
        InputsDiffer: The pin stands already, for other inputs.
        PinDamaged: The pin stands already and is damaged.
        StoreError: The store failed, or kept removing what was written.
    """
    publish_blobs(store, blobs)
    if entry_key is not None and overwrite:
        _replace_entry(store, entry_key, result)
    elif entry_key is not None:
        result = _publish_entry(store, entry_key, result)
    if pin_key is not None:
        if look is not None:
            look()
        result = _publish_pin(store, pin_key, result, inputs_digest)
    return result


def read_pin(
    store: Store, pin_key: str, *, inputs_digest: str = "", outputs: Sequence[tuple[str, str]] | None = None
) -> Result | None:
    """Read a run's pin; ``None`` when the node has none yet.

    Its blobs are verified when they are fetched (``fetcher``). With ``inputs_digest`` the pin must have been made from
    these inputs, with ``outputs`` it must have these names and types.

    Raises:
        InputsDiffer: It was made from others.
        PinDamaged: It is damaged.
    """
    try:
        result = _read_document(store, pin_key)
        check_outputs(result, outputs)
    except _NoDocument:
        return None
    except DamagedResult as damage:
        raise PinDamaged(f"the result {pin_key} in {store.url} is damaged: {damage}") from None
    if inputs_digest and result.inputs != inputs_digest:
        raise InputsDiffer(pin_key, result.inputs, inputs_digest)
    return result


def fetcher(store: Store, result: Result) -> Callable[[str], bytes]:
    """What gives the codec the blobs of a result, verified.

    The function raises ``PinDamaged`` where a blob is gone or is not what its digest says.
    """
    sizes = result.sizes()

    def fetch(digest: str) -> bytes:
        kept = result.verified.get(digest)
        if kept is not None:
            return kept
        try:
            return read_blob(store, digest, sizes.get(digest))
        except (DamagedResult, NotFound) as damage:
            raise PinDamaged(f"a value in {store.url} is damaged: {damage}") from None

    return fetch


def note_removal(store: Store, digests: Iterable[str]) -> None:
    """Note the blobs of entries that are about to go: a run may have read one of them and not pinned its result yet."""
    from os import urandom

    named = sorted(digests)
    if named:
        store.put(removed_key(urandom(8).hex()), dumps(named).encode("ascii"))


def _replace_entry(store: Store, entry_key: str, result: Result) -> None:
    try:
        replaced = _document(store, entry_key)
    except NotFound:
        replaced = b""
    note_removal(store, named_digests(replaced))
    store.put(entry_key, encode_result(result))


def _remove_damaged(store: Store, entry_key: str, document: bytes) -> None:
    """Remove an entry that does not hold, unless it was only read wrongly, or is another one by now."""
    try:
        if _document(store, entry_key) != document:
            return
    except NotFound:
        return
    note_removal(store, named_digests(document))
    store.delete(entry_key)


def _publish_entry(store: Store, entry_key: str, result: Result) -> Result:
    document = encode_result(result)
    for _ in range(_TRIES):
        if store.create(entry_key, document):
            return result
        # Another writer's entry, or ours after a lost answer: what stands there counts, once it is verified.
        found = lookup(store, entry_key, outputs=_outputs_of(result))
        if found is not None:
            return found
    raise StoreError(f"store {store.url} keeps no entry {entry_key!r}: it was removed {_TRIES} times", transient=True)


def _publish_pin(store: Store, pin_key: str, result: Result, inputs_digest: str) -> Result:
    pin = Result(result.outputs, inputs=inputs_digest, made=result.made)
    pin.verified = result.verified
    document = encode_result(pin)
    for _ in range(_TRIES):
        if store.create(pin_key, document):
            return pin
        found = read_pin(store, pin_key, inputs_digest=inputs_digest, outputs=_outputs_of(result))
        if found is not None:
            return found
    raise StoreError(f"store {store.url} keeps no pin {pin_key!r}: it was removed {_TRIES} times", transient=True)


def check_outputs(result: Result, outputs: Sequence[tuple[str, str]] | None) -> None:
    """Hold a result against the names and types that a task's outputs have; ``None`` takes any.

    Raises:
        DamagedResult: It has others.
    """
    if outputs is not None and _outputs_of(result) != list(outputs):
        raise DamagedResult("its outputs are not those of the task")


def _outputs_of(result: Result) -> list[tuple[str, str]]:
    return [(output.name, output.type) for output in result.outputs]


def _check_call(result: Result, made: Mapping[str, Any] | None) -> None:
    for name in _IDENTITY if made else ():
        assert made is not None
        if name in made and result.made.get(name, made[name]) != made[name]:
            raise DamagedResult(f"it was made by another call, with another {_IDENTITY[name]}")


def _verify(store: Store, result: Result) -> None:
    for digest, size in result.sizes().items():
        if size <= _KEPT:
            result.verified[digest] = read_blob(store, digest, size)
        else:
            verify_blob(store, digest, size)


class _NoDocument(Exception):  # noqa: N818 - a plain answer
    """Nothing stands under the key of a document."""


def _read_document(store: Store, key: str) -> Result:
    try:
        document = _document(store, key)
    except NotFound:
        raise _NoDocument from None
    return _decoded(document)


def _document(store: Store, key: str) -> bytes:
    return store.get_range(key, 0, _LONGEST + 1)


def _decoded(document: bytes) -> Result:
    if len(document) > _LONGEST:
        raise DamagedResult("it is too long to be a result's")
    return decode_result(document)
