"""Settings that hold for every pod or for the run as a whole -> fields of the workflow's spec.

They stand once, in the spec. Where a template has a field of its own, Argo takes that in the place of the spec's: ``pods`` joins the two there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright.contract.names import TERMINATION_GRACE_POD_S
from dagwright_argo import model
from dagwright_argo.expansion import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_argo.settings import ArgoSettings, TolerationSetting


def spec_fields(settings: ArgoSettings) -> dict[str, model.Json]:
    """Fields of the spec by the names of the model; what is unset is left to the cluster."""
    return {
        "image_pull_secrets": [{"name": name} for name in settings.image_pull_secrets] or None,
        "node_selector": settings.node_selector or None,
        "affinity": settings.affinity or None,
        "tolerations": tolerations(settings.tolerations) or None,
        "scheduler_name": settings.scheduler or None,
        "pod_priority_class_name": settings.priority_class or None,
        "security_context": settings.pod_security_context or None,
        "parallelism": settings.parallelism,
        "synchronization": _synchronization(settings),
        "pod_gc": _pod_gc(settings),
        "ttl_strategy": _ttl(settings),
        "archive_logs": settings.archive_logs,
    }


def tolerations(wanted: Iterable[TolerationSetting]) -> tuple[model.Toleration, ...]:
    """Taints that pods accept."""
    return tuple(model.Toleration(key=item.key, operator=item.operator, value=item.value, effect=item.effect) for item in wanted)


def pod_patch(settings: ArgoSettings) -> str:
    """What only a patch of the pod carries, in which no ``{{`` stands."""
    fields: dict[str, Any] = {"terminationGracePeriodSeconds": TERMINATION_GRACE_POD_S}
    if settings.topology_spread:
        fields["topologySpreadConstraints"] = settings.topology_spread
    return json_text({**fields, **settings.patch})


def _synchronization(settings: ArgoSettings) -> model.Json:
    locks = {
        "mutexes": [{"name": name} for name in settings.mutexes],
        "semaphores": [{"configMapKeyRef": {"name": item.config_map, "key": item.key}} for item in settings.semaphores],
    }
    return {kind: items for kind, items in locks.items() if items} or None


def _pod_gc(settings: ArgoSettings) -> model.Json:
    if not settings.pod_gc:
        return None
    delay = {} if settings.pod_gc_delay_s is None else {"deleteDelayDuration": f"{settings.pod_gc_delay_s}s"}
    return {"strategy": settings.pod_gc, **delay}


def _ttl(settings: ArgoSettings) -> model.Json:
    seconds = {
        "secondsAfterCompletion": settings.ttl_s,
        "secondsAfterSuccess": settings.ttl_success_s,
        "secondsAfterFailure": settings.ttl_failure_s,
    }
    return {name: value for name, value in seconds.items() if value is not None} or None
