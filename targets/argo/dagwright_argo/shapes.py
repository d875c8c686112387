"""The form of what users write as the Kubernetes API spells it: fields, and the type of each.

Argo's linter passes these parts on, so that a wrong field is found by the API server, or by the kubelet when a pod starts. Input: data of a settings
file or a pod template. Output: what is wrong, in words, with the path to it. Fields are those of Kubernetes 1.33; a test holds them to the published schema.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Shape = Any
"""A type, a list with the shape of its items, a ``dict`` of shapes by field, or ``TABLE``; ``Any`` because it nests in itself."""
TABLE: Shape = {"": str}
"""Texts by any name."""
REQUIRED = {
    "appArmorProfile": ("type",),
    "seccompProfile": ("type",),
    "sysctls": ("name", "value"),
    "matchExpressions": ("key", "operator"),
    "matchFields": ("key", "operator"),
    "requiredDuringSchedulingIgnoredDuringExecution": ("topologyKey",),
    "podAffinityTerm": ("topologyKey",),
    "topologySpreadConstraints": ("maxSkew", "topologyKey", "whenUnsatisfiable"),
}
"""Field -> fields that it, or each of its items, must have. Of an affinity to nodes, see ``_required``."""

_EXPRESSIONS: Shape = [{"key": str, "operator": str, "values": [str]}]
_SELECTOR: Shape = {"matchExpressions": _EXPRESSIONS, "matchLabels": TABLE}
_NODE_TERM: Shape = {"matchExpressions": _EXPRESSIONS, "matchFields": _EXPRESSIONS}
_POD_TERM: Shape = {
    "labelSelector": _SELECTOR,
    "matchLabelKeys": [str],
    "mismatchLabelKeys": [str],
    "namespaceSelector": _SELECTOR,
    "namespaces": [str],
    "topologyKey": str,
}
_POD_AFFINITY: Shape = {
    "preferredDuringSchedulingIgnoredDuringExecution": [{"podAffinityTerm": _POD_TERM, "weight": int}],
    "requiredDuringSchedulingIgnoredDuringExecution": [_POD_TERM],
}
AFFINITY: Shape = {
    "nodeAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [{"preference": _NODE_TERM, "weight": int}],
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [_NODE_TERM]},
    },
    "podAffinity": _POD_AFFINITY,
    "podAntiAffinity": _POD_AFFINITY,
}
TOPOLOGY_SPREAD: Shape = [
    {
        "labelSelector": _SELECTOR,
        "matchLabelKeys": [str],
        "maxSkew": int,
        "minDomains": int,
        "nodeAffinityPolicy": str,
        "nodeTaintsPolicy": str,
        "topologyKey": str,
        "whenUnsatisfiable": str,
    }
]
TOLERATIONS: Shape = [{"effect": str, "key": str, "operator": str, "tolerationSeconds": int, "value": str}]
_OF_BOTH: Shape = {
    "appArmorProfile": {"localhostProfile": str, "type": str},
    "runAsGroup": int,
    "runAsNonRoot": bool,
    "runAsUser": int,
    "seLinuxOptions": {"level": str, "role": str, "type": str, "user": str},
    "seccompProfile": {"localhostProfile": str, "type": str},
    "windowsOptions": {"gmsaCredentialSpec": str, "gmsaCredentialSpecName": str, "hostProcess": bool, "runAsUserName": str},
}
POD_SECURITY: Shape = {
    **_OF_BOTH,
    "fsGroup": int,
    "fsGroupChangePolicy": str,
    "seLinuxChangePolicy": str,
    "supplementalGroups": [int],
    "supplementalGroupsPolicy": str,
    "sysctls": [{"name": str, "value": str}],
}
SECURITY: Shape = {
    **_OF_BOTH,
    "allowPrivilegeEscalation": bool,
    "capabilities": {"add": [str], "drop": [str]},
    "privileged": bool,
    "procMount": str,
    "readOnlyRootFilesystem": bool,
}
_WORDS = {str: "a text", int: "a whole number", bool: "true or false"}


def misfits(data: object, shape: Shape, name: str) -> Iterator[str]:
    """Say where data has not the form that Kubernetes gives it.

    Args:
        data: What a user wrote.
        shape: What it should be.
        name: The field that it stands in, with the path to it.

    Yields:
        Sentences without a full stop, as ``affinity.nodeAffinity is no table``.
    """
    if isinstance(shape, dict):
        yield from _of_table(data, shape, name)
    elif isinstance(shape, list):
        if not isinstance(data, list | tuple):
            yield f"{name} is no list"
            return
        for number, item in enumerate(data):
            yield from misfits(item, shape[0], f"{name}[{number}]")
    elif type(data) is not shape:
        yield f"{name} is not {_WORDS[shape]}"


def _of_table(data: object, shape: Mapping[str, Shape], name: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{name} is no table"
        return
    for field, value in data.items():
        known = shape.get(field, shape.get(""))
        if known is None:
            near = difflib.get_close_matches(str(field), shape, 1)
            yield f"{name} has a field {field}, which Kubernetes does not know" + (f"; did you mean {near[0]}?" if near else "")
        else:
            yield from misfits(value, known, f"{name}.{field}")
    for field in _required(name, shape):
        if field not in data:
            yield f"{name} has no {field}"


def _required(name: str, shape: Mapping[str, Shape]) -> tuple[str, ...]:
    field = name.rpartition(".")[2].partition("[")[0]
    if "nodeSelectorTerms" in shape:
        return ("nodeSelectorTerms",)
    if "weight" in shape:
        return tuple(shape)
    return REQUIRED.get(field, ())
