"""Attempt records: what each attempt of a node came to, and how much of the user's budget is left.

An attempt's number is the first free record. The orchestrator's own number is a hint: where it does not grow, someone asked for
a fresh round (``argo retry`` keeps the run and starts at 0 again), and an *epoch* opens, within which the user's retries count.
Equal numbers are the same attempt started twice when the first one was terminated (a force-deleted pod), so no epoch opens then.
An attempt without a record (node lost, container killed) was the system's and costs the user nothing.
"""

from __future__ import annotations

import os

from dagwright.cache.blobs import named_digests
from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import attempt_key, node_prefix
from dagwright.execution.ending import RECOVERABLE, TERMINATED, TIMEOUT, is_budgeted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from dagwright.execution.assignment import Assignment
    from dagwright.store.verbs import Store

_USER_BUDGET = (RECOVERABLE, TIMEOUT)


def read_records(
    store: Store, run: str, node: str, index: int | None, *, names: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Read the records of a node, or of one element, oldest first; one that does not parse is left out.

    ``names`` are those of its folder, where they are known already.

    Raises:
        StoreError: The store failed.
    """
    prefix = node_prefix(run, node, index)
    found = store.list(prefix) if names is None else names
    records = []
    for name in sorted(key for key in found if key.startswith(f"{prefix}/attempt-") and key.endswith(".json")):
        try:
            record = loads(store.get(name))
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("number"), int):
            records.append(record)
    return records


def epoch_of(records: list[dict[str, Any]], hint: int | None) -> int:
    """Number the round of attempts that an attempt with this hint belongs to."""
    if not records:
        return 0
    last = records[-1]
    epoch: int = last.get("epoch", 0)
    before = last.get("hint")
    if hint is None or before is None or hint > before:
        return epoch
    same_attempt_again = hint == before and last.get("ending") == TERMINATED
    return epoch if same_attempt_again else epoch + 1


def spent_retries(records: list[dict[str, Any]], epoch: int) -> int:
    """Count the attempts of an epoch that the user's budget pays for: recoverable errors and timeouts."""
    return sum(1 for record in records if record.get("epoch", 0) == epoch and record.get("ending") in _USER_BUDGET)


def follows_a_loss(records: list[dict[str, Any]], hint: int) -> bool:
    """Tell whether the attempt before the one with this hint left no record: it died with its supervisor."""
    epoch = epoch_of(records, hint)
    return hint > 0 and not any(record.get("epoch", 0) == epoch and record.get("hint") == hint - 1 for record in records)


def record_attempt(store: Store, assignment: Assignment, body: dict[str, Any]) -> tuple[int, int]:
    """Write the record of an attempt that ended.

    Args:
        store: Where it goes.
        assignment: Which attempt it is of.
        body: What is known of it; ``ending`` at least.

    Returns:
        The attempt's number, and how many attempts of its epoch the user's budget pays for, this one included.

    Raises:
        StoreError: The store failed.
    """
    run, node, index, hint = assignment.run, assignment.node.id, assignment.index, assignment.hint
    body = {"v": 1, "token": os.urandom(8).hex(), "node": node, "index": index, "hint": hint, **body}
    needs = _blobs_of_inputs(assignment)
    if needs:
        body["needs"] = needs
    if not hint:
        key, data = _entry(run, node, index, {**body, "number": 0, "epoch": 0})
        if _created(store, key, data):
            return 0, int(is_budgeted(body["ending"]))
    records = read_records(store, run, node, index)
    number = records[-1]["number"] + 1 if records else 0
    while True:
        epoch = epoch_of(records, hint)
        key, data = _entry(run, node, index, {**body, "number": number, "epoch": epoch})
        if _created(store, key, data):
            return number, spent_retries(records, epoch) + int(is_budgeted(body["ending"]))
        records = read_records(store, run, node, index)
        number += 1


def _blobs_of_inputs(assignment: Assignment) -> list[str]:
    """Digests of what the run's inputs refer to: nothing else in the store names files and long texts that a person gave."""
    texts = [text for text in assignment.inputs.values() if '"$ref"' in text or '"$blob"' in text]
    return named_digests("\n".join(texts))


def _entry(run: str, node: str, index: int | None, record: dict[str, Any]) -> tuple[str, bytes]:
    return attempt_key(run, node, index, record["number"]), dumps(record).encode("ascii")


def _created(store: Store, key: str, data: bytes) -> bool:
    """Create; "exists" may be the answer to our own request sent twice, so the stored bytes (their token is ours alone) decide."""
    return store.create(key, data) or store.get(key) == data
