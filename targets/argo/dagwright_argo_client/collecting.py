"""Removes code that nothing in the namespace names any more: ConfigMaps, and bundles of a store where it is told so.

Input: the cluster's objects, through ``kubectl``, and an age. Output: what went, what stayed and why. A ConfigMap that a submit is about to use must
not go: a submit marks what it found there as used before it creates its Workflow, and what has changed since it was listed is not removed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import BUNDLES
from dagwright.upkeep.clock import store_time
from dagwright_argo_client.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright.store.verbs import Store
    from dagwright_argo_client.kubernetes import Kubectl
    from dagwright_argo_client.transport import Object

SELECTOR = "app.kubernetes.io/managed-by=dagwright"
USED_ANNOTATION = "dagwright/used"
"""When a submit last found this object there, as ISO 8601 in UTC."""
_KINDS = ("workflows.argoproj.io", "workflowtemplates.argoproj.io", "cronworkflows.argoproj.io")


class Collected(msgspec.Struct, frozen=True):
    """Names of the ConfigMaps, or digests of the bundles, that went, of those that are named, of those that are too young."""

    removed: tuple[str, ...]
    named: tuple[str, ...]
    young: tuple[str, ...]


def collect(kubectl: Kubectl, *, older_than_s: float, now: float, dry_run: bool) -> Collected:
    """Remove what is old and not named.

    Args:
        kubectl: The namespace.
        older_than_s: Age, counted from when it was created or last used, from which it may go.
        now: Seconds since the epoch.
        dry_run: Remove nothing; say what would be.

    Raises:
        Refused: The cluster does not let us look, or remove.
    """
    # What is listed first is judged by what is listed later: a Workflow that is created in between is seen.
    found: list[Object] = kubectl.read("configmaps", selector=SELECTOR)["items"]
    mentions = _mentions(kubectl)
    named, young, removed = [], [], []
    for item in found:
        name = item["metadata"]["name"]
        if _is_named(name, mentions):
            named.append(name)
        elif now - last_used(item) < older_than_s:
            young.append(name)
        elif dry_run or _remove(kubectl, item):
            removed.append(name)
        else:
            young.append(name)
    return Collected(tuple(removed), tuple(named), tuple(young))


def collect_bundles(kubectl: Kubectl, store: Store, *, older_than_s: float, dry_run: bool) -> Collected:
    """Remove code from a store that nothing in the namespace names, and that was published long ago by the store's own clock.

    Who else has manifests with code in this store, only the user knows.

    Raises:
        Refused: The cluster does not let us look.
        StoreError: The store failed.
    """
    now, found = store_time(store), store.listing(BUNDLES)
    mentions = _mentions(kubectl)
    named, young, removed = [], [], []
    for key, _, written in found:
        digest = key.rpartition("/")[2].partition(".")[0]
        if any(digest in text for text in mentions):
            named.append(digest)
        elif now - written < older_than_s:
            young.append(digest)
        elif dry_run or _remove_bundle(store, key, written):
            removed.append(digest)
        else:
            young.append(digest)
    return Collected(tuple(removed), tuple(named), tuple(young))


def _remove_bundle(store: Store, key: str, written: float) -> bool:
    """Remove a bundle, unless it was published once more since it was listed."""
    if (key, written) not in {(each, at) for each, _, at in store.listing(BUNDLES)}:
        return False
    store.delete(key)
    return True


def _mentions(kubectl: Kubectl) -> list[str]:
    """Everything that may name code, as text."""
    return [json.dumps(item) for kind in _KINDS for item in kubectl.read(kind)["items"]]


def _is_named(name: str, mentions: Iterable[str]) -> bool:
    """Any mention counts, wherever it stands: users' patches mount what they like."""
    quoted = json.dumps(name)
    return any(quoted in text or f'\\"{name}\\"' in text for text in mentions)


def _remove(kubectl: Kubectl, item: Object) -> bool:
    """Remove an object, unless it has changed since it was listed."""
    metadata = item["metadata"]
    try:
        kubectl.delete_unchanged("configmaps", metadata["name"], metadata["resourceVersion"])
    except Refused as refused:
        if refused.status in (404, 409):
            return refused.status == 404
        raise
    return True


def last_used(item: Object) -> float:
    """When an object was created or last marked as used, in seconds since the epoch."""
    metadata = item["metadata"]
    times = [metadata.get("creationTimestamp"), (metadata.get("annotations") or {}).get(USED_ANNOTATION)]
    return max(_seconds(text) for text in times)


def _seconds(text: str | None) -> float:
    try:
        return datetime.fromisoformat(text).timestamp() if text else 0.0
    except ValueError:
        return 0.0


def mark_used(kubectl: Kubectl, names: Iterable[str], now: float) -> None:
    """Mark ConfigMaps as used now, so that no collection takes them.

    Raises:
        Refused: The cluster does not let us.
    """
    stamp = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    kubectl.annotate("configmap", list(names), f"{USED_ANNOTATION}={stamp}")
