"""The form of what users write as the Kubernetes API spells it: fields, the type of each, and the words that some of them take.

Argo's linter passes these parts on, so that a wrong field is found by the API server, or by the kubelet when a pod starts. Input: data of a settings
file or a pod template. Output: what is wrong, in words, with the path to it. Fields and types are those of the published schema (``kubernetes_shapes.json``; a test
holds it to that); the words are those of Kubernetes 1.33.
"""

from __future__ import annotations

import difflib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagwright_argo.naming import DNS_LABEL, DNS_NAME, IMAGE, LABEL_NAME, LABEL_VALUE, VARIABLE_NAME
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

Shape = Any
"""A word of ``_SIMPLE``, ``#Type``, a list with the shape of its items, or a table ``{"": shape}``; ``Any`` because it nests in itself."""
AFFINITY: Shape = "#Affinity"
POD_SECURITY: Shape = "#PodSecurityContext"
SECURITY: Shape = "#SecurityContext"
TOPOLOGY_SPREAD: Shape = ["#TopologySpreadConstraint"]
POD_SPEC: dict[str, Shape] = {
    **dict.fromkeys(("automountServiceAccountToken", "enableServiceLinks", "hostIPC", "hostNetwork", "hostPID"), "bool"),
    **dict.fromkeys(("hostUsers", "setHostnameAsFQDN", "shareProcessNamespace"), "bool"),
    **dict.fromkeys(("dnsPolicy", "hostname", "nodeName", "preemptionPolicy", "priorityClassName"), "text"),
    **dict.fromkeys(("runtimeClassName", "schedulerName", "serviceAccountName", "subdomain"), "text"),
    "affinity": AFFINITY,
    "containers": ["#Container"],
    "dnsConfig": "#PodDNSConfig",
    "hostAliases": ["#HostAlias"],
    "imagePullSecrets": ["#LocalObjectReference"],
    "initContainers": ["#Container"],
    "nodeSelector": {"": "text"},
    "os": "any",
    "overhead": {"": "quantity"},
    "readinessGates": ["any"],
    "resourceClaims": ["any"],
    "resources": "#ResourceRequirements",
    "schedulingGates": ["any"],
    "securityContext": POD_SECURITY,
    "terminationGracePeriodSeconds": "int",
    "tolerations": ["#Toleration"],
    "topologySpreadConstraints": TOPOLOGY_SPREAD,
    "volumes": ["#Volume"],
}
"""Fields of a PodSpec that pods of Argo may have. Neither it nor what only a patch carries is in Argo's schema."""
_BEYOND = {
    "TopologySpreadConstraint": {
        "fields": {
            **dict.fromkeys(("nodeAffinityPolicy", "nodeTaintsPolicy", "topologyKey", "whenUnsatisfiable"), "text"),
            "labelSelector": "#LabelSelector",
            "matchLabelKeys": ["text"],
            "maxSkew": "int",
            "minDomains": "int",
        },
        "required": ["maxSkew", "topologyKey", "whenUnsatisfiable"],
    }
}
_IN = ("In", "NotIn", "Exists", "DoesNotExist")
_HONOR = ("Honor", "Ignore")
_WORDS: dict[str, tuple[str, ...]] = {
    "Container.imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "Container.terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "ContainerPort.protocol": ("TCP", "UDP", "SCTP"),
    "LabelSelectorRequirement.operator": _IN,
    "NodeSelectorRequirement.operator": (*_IN, "Gt", "Lt"),
    "PodSecurityContext.fsGroupChangePolicy": ("Always", "OnRootMismatch"),
    "PodSpec.dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "PodSpec.preemptionPolicy": ("Never", "PreemptLowerPriority"),
    "SeccompProfile.type": ("Localhost", "RuntimeDefault", "Unconfined"),
    "AppArmorProfile.type": ("Localhost", "RuntimeDefault", "Unconfined"),
    "Toleration.effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "Toleration.operator": ("Equal", "Exists"),
    "TopologySpreadConstraint.nodeAffinityPolicy": _HONOR,
    "TopologySpreadConstraint.nodeTaintsPolicy": _HONOR,
    "TopologySpreadConstraint.whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    "VolumeMount.mountPropagation": ("None", "HostToContainer", "Bidirectional"),
}
"""Fields that take one of a few words; an empty text stands for the first in Kubernetes' eyes, and is taken."""
_FORMS: dict[str, re.Pattern[str]] = {
    "ConfigMapKeySelector.name": DNS_NAME,
    "ConfigMapVolumeSource.name": DNS_NAME,
    "Container.image": IMAGE,
    "Container.name": DNS_LABEL,
    "EnvVar.name": VARIABLE_NAME,
    "LocalObjectReference.name": DNS_NAME,
    "PersistentVolumeClaimVolumeSource.claimName": DNS_NAME,
    "PodSpec.priorityClassName": DNS_NAME,
    "PodSpec.runtimeClassName": DNS_NAME,
    "PodSpec.schedulerName": DNS_NAME,
    "PodSpec.serviceAccountName": DNS_NAME,
    "SecretKeySelector.name": DNS_NAME,
    "SecretVolumeSource.secretName": DNS_NAME,
    "Volume.name": DNS_LABEL,
    "VolumeMount.name": DNS_LABEL,
}
_SIMPLE: dict[str, tuple[Callable[[Any], bool], str]] = {
    "any": (lambda _: True, ""),
    "text": (lambda value: isinstance(value, str), "a text"),
    "int": (lambda value: type(value) is int, "a whole number"),
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "intOrText": (lambda value: type(value) in (int, str), "a whole number or a text"),
    "quantity": (
        lambda value: type(value) in (int, float, str) and amount(str(value)) is not None,
        "a quantity such as 500m or 2Gi",
    ),
}
"""Types without parts: whether a value is of one, and what that is called."""


def misfits(data: object, shape: Shape, name: str, owner: str = "") -> Iterator[str]:
    """Say where data has not the form that Kubernetes gives it; ``None`` is what is not set.

    Args:
        data: What a user wrote.
        shape: What it should be.
        name: The field that it stands in, with the path to it.
        owner: ``Type.field`` that holds it, for the words and names that it takes.

    Yields:
        Sentences without a full stop, as ``affinity.nodeAffinity is no table``.
    """
    if data is None:
        return
    if isinstance(shape, list):
        if not isinstance(data, list | tuple):
            yield f"{name} is not a list"
            return
        for number, item in enumerate(data):
            yield from misfits(item, shape[0], f"{name}[{number}]", owner)
    elif isinstance(shape, dict) or shape.startswith("#"):
        if not isinstance(data, dict):
            yield f"{name} is not a table"
        elif isinstance(shape, dict):
            yield from _of_table(data, shape[""], name)
        else:
            yield from _of_type(data, shape[1:], name)
    elif not _SIMPLE[shape][0](data):
        yield f"{name} is not {_SIMPLE[shape][1]}"
    elif isinstance(data, str):
        yield from _of_text(data, name, owner)


def spec_misfits(spec: dict[str, Any]) -> Iterator[str]:
    """The same for the fields of a PodSpec that pods of Argo may have; others are not looked at."""
    for field, value in spec.items():
        if field in POD_SPEC:
            yield from misfits(value, POD_SPEC[field], field, f"PodSpec.{field}")


def _of_table(data: dict[str, Any], shape: Shape, name: str) -> Iterator[str]:
    is_label = name.rpartition(".")[2] in ("nodeSelector", "matchLabels")
    for key, value in data.items():
        yield from misfits(value, shape, f"{name}.{key}")
        if not (is_label and isinstance(value, str)) or "{{" in f"{key} {value}":
            continue
        if not (LABEL_NAME.fullmatch(key) and LABEL_VALUE.fullmatch(value)):
            yield f"{name}.{key} is not a label that Kubernetes takes"


def _of_type(data: dict[str, Any], kind: str, name: str) -> Iterator[str]:
    described = _types()[kind]
    fields = described["fields"]
    for field, value in data.items():
        if field not in fields:
            near = difflib.get_close_matches(str(field), fields, 1)
            yield f"{name} has a field {field}, which Kubernetes does not know" + (f"; did you mean {near[0]}?" if near else "")
        else:
            yield from misfits(value, fields[field], f"{name}.{field}", f"{kind}.{field}")
    for field in described["required"]:
        if data.get(field) is None:
            yield f"{name} has no {field}"


def _of_text(text: str, name: str, owner: str) -> Iterator[str]:
    words = _WORDS.get(owner)
    if words and text and text not in words:
        yield f"{name} is {text!r}, and Kubernetes takes {', '.join(words[:-1])} or {words[-1]}"
    form = _FORMS.get(owner)
    if form is not None and text and "{{" not in text and not form.fullmatch(text):
        yield f"{name} is {text!r}, which Kubernetes does not take there"


@cache
def _types() -> dict[str, Any]:
    """Types by name, read when a user's pod template or such a setting is there: most projects have none."""
    text = (Path(__file__).parent / "kubernetes_shapes.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found | _BEYOND
