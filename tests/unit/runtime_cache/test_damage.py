"""Every kind of object that a store keeps, with a bit turned at 64 places and cut at 64 places: it gives its value, or says that it is damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from dagwright.cache import PinDamaged, Result, fetcher, lookup, pack_output, publish, read_pin, unpack_output
from dagwright.cache.packs import fetch_slice
from dagwright.cache.stripes import Part, part_key, publish_stripe, read_parts, read_stripe, write_part
from dagwright.contract.names import blob_key, bundle_key, checkpoint_key, entry_key, pin_key, stripe_key
from dagwright.contract.types import parse
from dagwright.execution.checkpoints import _InStore
from dagwright.execution.code_bundle import unpack_bundle
from dagwright.execution.faults import Fault
from dagwright.files.access import StoreAccess
from dagwright.store import StoreError, open_store
from dagwright.values import Codec
from dagwright_compiler.bundle import Bundle, BundleFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dagwright.store import Store
    from dagwright.values.form import Blobs

PLACES = 64
WIDE = [f"{number:06d}" * 20 for number in range(2000)]
DAMAGE = (PinDamaged, StoreError, Fault)


class Kept(NamedTuple):
    """An object: its key, how it is read, and what that gives; ``None`` where it counts as absent."""

    key: str
    read: Callable[[], Any]
    value: Any


def result_of(data: list[Any], blobs: dict[str, Any], kind: str = "list[int]") -> Result:
    return Result((pack_output("o0", kind, data, {}, blobs),), inputs="i")


def value_in(store: Store, result: Result | None) -> Any:
    return None if result is None else unpack_output(result.outputs[0], fetcher(store, result))


def entry(store: Store, _folder: Path) -> Kept:
    key = entry_key("p", "d", "flow.t", "k" * 64)
    publish(store, result_of([1, 2], {}), {}, entry_key=key)
    return Kept(key, lambda: value_in(store, lookup(store, key, remove=False)), [1, 2])


def pin(store: Store, _folder: Path) -> Kept:
    key = pin_key("run", "node")
    publish(store, result_of([1, 2], {}), {}, pin_key=key, inputs_digest="i")
    return Kept(key, lambda: value_in(store, read_pin(store, key)), [1, 2])


def blob(store: Store, _folder: Path) -> Kept:
    blobs: dict[str, Any] = {}
    made = result_of(WIDE, blobs, "list[str]")
    publish(store, made, blobs, pin_key=pin_key("run", "node"), inputs_digest="i")
    return Kept(blob_key(made.outputs[0].blob or ""), lambda: value_in(store, made), WIDE)


def piece(store: Store, _folder: Path) -> Kept:
    """One element of a wide list, whose neighbours may be damaged."""
    kept = blob(store, _folder)
    made = read_pin(store, pin_key("run", "node"))
    assert made is not None
    assert made.outputs[0].slices is not None
    return Kept(kept.key, lambda: fetch_slice(store, made.outputs[0], 1000, 1001), WIDE[1000:1001])


def stripe(store: Store, _folder: Path) -> Kept:
    publish_stripe(store, "run", "m", 0, {0: result_of([1], {}), 1: result_of([2], {})})

    def read() -> Any:
        found = read_stripe(store, "run", "m", 0)
        return None if found is None else [value_in(store, found[index]) for index in sorted(found)]

    return Kept(stripe_key("run", "m", 0), read, [[1], [2]])


def part(store: Store, _folder: Path) -> Kept:
    key = part_key("run", "m", 0, "token")
    write_part(store, key, Part({0: result_of([1], {})}, {1: 2}, 0))

    def read() -> Any:
        found = read_parts(store, "run", "m", 0, lambda _text: None)
        return [(value_in(store, part.results[0]), dict(part.spent)) for part in found] or None

    return Kept(key, read, [([1], {1: 2})])


def checkpoint(store: Store, folder: Path) -> Kept:
    key = checkpoint_key("run", "node")
    keeper = _InStore(store, key)
    keeper.keep({"model": b"weights", "step": b"7"}, anew=True)
    return Kept(key, lambda: files_in(keeper.fetch, folder), {"model": b"weights", "step": b"7"})


def saved_file(store: Store, folder: Path) -> Kept:
    keeper = _InStore(store, checkpoint_key("run", "node"))
    keeper.keep({"model": b"weights" * 100}, anew=True)
    [key] = store.list("v1/cas")
    return Kept(key, lambda: files_in(keeper.fetch, folder), {"model": b"weights" * 100})


def files_in(fetch: Callable[[str], object], folder: Path) -> dict[str, bytes]:
    number = len(list(folder.glob("fetched-*")))
    into = folder / f"fetched-{number}"
    into.mkdir()
    fetch(str(into))
    return {path.relative_to(into).as_posix(): path.read_bytes() for path in into.rglob("*") if path.is_file()}


def directory(store: Store, folder: Path) -> Kept:
    (folder / "given").mkdir()
    for name in ("a", "b"):
        (folder / "given" / name).write_text(name * 50)
    codec, blobs, declared = Codec({}, files=StoreAccess(store)), {}, parse("directory")
    encoded: Blobs = blobs
    data = codec.encode(codec.normalise(folder / "given", declared), declared, encoded)
    from dagwright.cache.blobs import publish_blobs

    publish_blobs(store, encoded)

    def read() -> Any:
        arrived = codec.decode(data, declared, lambda _: b"")
        return {name: (folder / arrived.download() / name).read_bytes() for name in ("a", "b")}

    return Kept(blob_key(data["$blob"]), read, {name: (name * 50).encode() for name in ("a", "b")})


def bundle(store: Store, folder: Path) -> Kept:
    made = Bundle(plan=b"{}", files=(BundleFile("flow.py", b"x = 1\n" * 200),))
    key = bundle_key(made.digest)
    store.put(key, made.archive())
    return Kept(
        key,
        lambda: files_in(lambda into: unpack_bundle(store, made.digest, into), folder),
        {"plan.json": b"{}", "code/flow.py": b"x = 1\n" * 200},
    )


KINDS = [entry, pin, blob, piece, stripe, part, checkpoint, saved_file, directory, bundle]
HARMLESS = {"piece": 2 * PLACES, "bundle": 2 * PLACES}
"""Of kinds of which some bytes say nothing to their reader: how many damages may go unseen."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_damaged_object_gives_its_value_or_none(tmp_path: Path, kind: Callable[[Store, Path], Kept]) -> None:
    store = open_store((tmp_path / "store").as_uri())
    kept = kind(store, tmp_path)
    whole = store.get(kept.key)
    assert kept.read() == kept.value
    seen = 0
    for number in range(PLACES):
        place = number * len(whole) // PLACES
        flipped = whole[:place] + bytes([whole[place] ^ (1 << number % 8)]) + whole[place + 1 :]
        for damaged in (flipped, whole[:place]):
            store.put(kept.key, damaged)
            try:
                found = kept.read()
            except DAMAGE:
                seen += 1
                continue
            assert found in (None, kept.value), (number, found)
            seen += found is None
    assert seen >= 2 * PLACES - HARMLESS.get(kind.__name__, 0)
    assert seen >= 2
    store.put(kept.key, whole)
    assert kept.read() == kept.value
