"""Plans of workflows whose code is in the store, read from there with the runtime's own reader, which holds a bundle to its digest."""

from __future__ import annotations

from dagwright.contract.names import PLAN_FILE
from dagwright.execution.code_bundle import read_bundle
from dagwright.execution.faults import Fault
from dagwright.store import open_store
from dagwright_argo_client.manifests import UnusableManifest


def published_plan(url: str, digest: str) -> bytes:
    """Read the text of a plan.

    Raises:
        UnusableManifest: The bundle is not there, or not what its digest says.
        StoreError: The store failed.
    """
    try:
        return dict(read_bundle(open_store(url), digest))[PLAN_FILE]
    except Fault as fault:
        raise UnusableManifest(fault.text) from None
