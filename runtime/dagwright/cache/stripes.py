"""The results of all elements that one pod of a map runs, in one document: a stripe.

A stripe takes the place of the elements' pins: it is created once, when every element has a result, and consumers read nothing else of
the chunk. What an attempt finished before it failed is left as a *part*: a document of its own, overwritten as it grows, read by later
attempts of the same pod, and by whoever reads a list that may have holes.
"""

from __future__ import annotations

from dagwright.cache.protocol import InputsDiffer, PinDamaged, check_outputs
from dagwright.cache.results import DamagedResult, Result, body_of, result_of, seal, unseal
from dagwright.contract.names import stripe_key, stripe_part_prefix
from dagwright.store.errors import NotFound, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Sequence

    from dagwright.store.verbs import Store

    Shape = Sequence[tuple[str, str]]

_TRIES = 5
"""Rounds of create and read back, as with pins."""


class Part:
    """What one attempt left: results by index, and how many tries of the user's budget each unfinished element has had.

    ``epoch`` is the round of attempts that it belongs to (``execution.records``), within which tries count; ``key`` is where it was read.
    """

    __slots__ = ("epoch", "key", "results", "spent")

    def __init__(self, results: Mapping[int, Result], spent: Mapping[int, int], epoch: int, key: str = "") -> None:
        self.key = key
        self.results = results
        self.spent = spent
        self.epoch = epoch


def read_stripe(store: Store, run: str, node: str, pod: int, *, outputs: Shape | None = None) -> dict[int, Result] | None:
    """Read the results of a pod of a map, by index; ``None`` while they are not all there. ``outputs`` are names and types that each must have.

    Raises:
        PinDamaged: They are damaged.
        StoreError: The store failed.
    """
    key = stripe_key(run, node, pod)
    try:
        document = store.get(key)
    except NotFound:
        return None
    try:
        return _results_in(unseal(document), outputs)
    except DamagedResult as damage:
        raise PinDamaged(f"the results {key} in {store.url} are damaged: {damage}") from None


def publish_stripe(store: Store, run: str, node: str, pod: int, results: Mapping[int, Result]) -> dict[int, Result]:
    """Publish the results of a pod whose blobs are published; give those that count: these, or those of whoever came first.

    Raises:
        InputsDiffer: Others stand there, made from other inputs.
        PinDamaged: Others stand there, and are damaged.
        StoreError: The store failed, or kept removing what was written.
    """
    key = stripe_key(run, node, pod)
    document = seal(_body(results))
    for _ in range(_TRIES):
        if store.create(key, document):
            return dict(results)
        found = read_stripe(store, run, node, pod)
        if found is not None:
            check_inputs(key, found, {index: result.inputs for index, result in results.items()})
            return found
    raise StoreError(f"store {store.url} keeps no {key!r}: it was removed {_TRIES} times", transient=True)


def check_inputs(key: str, results: Mapping[int, Result], inputs: Mapping[int, str]) -> None:
    """Hold results against the digests of the inputs that the elements have now.

    Raises:
        InputsDiffer: One was made from others.
    """
    for index, digest in inputs.items():
        found = results.get(index)
        if found is not None and found.inputs != digest:
            raise InputsDiffer(key, found.inputs, digest)


def part_key(run: str, node: str, pod: int, token: str) -> str:
    """Name the part of an attempt by the attempt's own token."""
    return f"{stripe_part_prefix(run, node, pod)}{token}.json"


def write_part(store: Store, key: str, part: Part) -> None:
    """Leave what an attempt has finished.

    Raises:
        StoreError: The store failed.
    """
    spent = [[index, tries] for index, tries in part.spent.items()]
    store.put(key, seal({**_body(part.results), "spent": spent, "epoch": part.epoch}))


def read_parts(
    store: Store,
    run: str,
    node: str,
    pod: int,
    damaged: Callable[[str], None],
    *,
    outputs: Shape | None = None,
    names: Sequence[str] | None = None,
) -> list[Part]:
    """Read what earlier attempts left, in an order that is the same for everybody; what is damaged is told, and computed again.

    ``names`` are those of the pod's folder, where they are known already.

    Raises:
        StoreError: The store failed.
    """
    prefix = stripe_part_prefix(run, node, pod)
    found = []
    for key in store.list(prefix.rpartition("/")[0]) if names is None else names:
        if not key.startswith(prefix):
            continue
        try:
            body = unseal(store.get(key))
            found.append(Part(_results_in(body, outputs), _spent_in(body), _epoch_in(body), key))
        except NotFound:
            continue
        except DamagedResult as damage:
            damaged(f"{key} is damaged: {damage}")
    return found


def _body(results: Mapping[int, Result]) -> dict[str, Any]:
    return {"elements": [[index, body_of(results[index])] for index in sorted(results)]}


def _results_in(body: Mapping[str, Any], outputs: Shape | None) -> dict[int, Result]:
    elements = body.get("elements")
    if not isinstance(elements, list):
        raise DamagedResult("it lists no elements")
    return dict(_element(item, outputs) for item in elements)


def _element(item: object, outputs: Shape | None) -> tuple[int, Result]:
    index, body = _pair(item)
    result = result_of(body)
    check_outputs(result, outputs)
    return index, result


def _spent_in(body: Mapping[str, Any]) -> dict[int, int]:
    spent: dict[int, int] = {}
    for item in body.get("spent") or ():
        index, tries = _pair(item)
        if type(tries) is not int:
            raise DamagedResult("a number of tries is no number")
        spent[index] = tries
    return spent


def _pair(item: object) -> tuple[int, Any]:
    if not isinstance(item, list) or len(item) != 2 or type(item[0]) is not int:
        raise DamagedResult("an element is of another shape")
    return item[0], item[1]


def _epoch_in(body: Mapping[str, Any]) -> int:
    epoch = body.get("epoch", 0)
    if type(epoch) is not int:
        raise DamagedResult("the round of its attempt is no number")
    return epoch
