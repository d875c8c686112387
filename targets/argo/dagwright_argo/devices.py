"""Accelerators of tasks -> nodes that have them, by the labels and taints of Flyte's own convention."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright_argo import model

if TYPE_CHECKING:
    from dagwright_argo.settings import ArgoSettings
    from dagwright_compiler.ir.program import Accelerator

UNDIVIDED = ""
"""The partition that stands for the whole device."""


class Nodes(NamedTuple):
    """On which nodes a pod may run: labels they have, taints it accepts, labels they must not have."""

    labels: dict[str, str]
    tolerations: tuple[model.Toleration, ...]
    without: tuple[str, ...]


def nodes_of(accelerator: Accelerator | None, settings: ArgoSettings) -> Nodes:
    """Choose the nodes with a device, and with a partition of it where one is asked for."""
    if accelerator is None:
        return Nodes({}, (), ())
    labels = {settings.accelerator_label: accelerator.device}
    without: tuple[str, ...] = ()
    if accelerator.partition == UNDIVIDED:
        without = (settings.partition_label,)
    elif accelerator.partition is not None:
        labels[settings.partition_label] = accelerator.partition
    tolerations = tuple(model.Toleration(key=label, value=value, effect="NoSchedule") for label, value in labels.items())
    return Nodes(labels, tolerations, without)


def affinity_without(labels: tuple[str, ...], users: Any) -> Any:
    """Give an affinity to nodes without these labels, on top of the user's own; ``Any`` is the data of an Affinity.

    The terms of a selector are alternatives, so each of them gets the condition.
    """
    if not labels:
        return users
    conditions = [{"key": label, "operator": "DoesNotExist"} for label in labels]
    affinity = copy.deepcopy(users) if users else {}
    node_affinity = affinity.setdefault("nodeAffinity", {})
    selector = node_affinity.setdefault("requiredDuringSchedulingIgnoredDuringExecution", {})
    terms = selector.get("nodeSelectorTerms") or [{}]
    selector["nodeSelectorTerms"] = [
        {**term, "matchExpressions": [*term.get("matchExpressions", ()), *conditions]} for term in terms
    ]
    return affinity
