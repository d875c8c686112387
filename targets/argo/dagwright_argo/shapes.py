"""The form of what users write as the Kubernetes API spells it: fields, the type of each, and the words that some of them take.

Argo's linter passes these parts on, so that a wrong field is found by the API server, or by the kubelet when a pod starts. Input: data of a settings
file or a pod template. Output: what is wrong, in words, with the path to it. Fields and types are those of the published schema (``kubernetes_shapes.json``; a test
holds it to that); what values they take is in ``pod_values`` and ``pod_rules``.
"""

from __future__ import annotations

import difflib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagwright_argo.naming import LABEL_NAME, LABEL_VALUE
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Shape = Any
"""A word of ``_SIMPLE``, ``#Type``, a list with the shape of its items, or a table ``{"": shape}``; ``Any`` because it nests in itself."""
AFFINITY: Shape = "#Affinity"
TOLERATION: Shape = "#Toleration"
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
    "os": "#PodOS",
    "overhead": {"": "quantity"},
    "readinessGates": ["#PodReadinessGate"],
    "resourceClaims": ["#PodResourceClaim"],
    "resources": "#ResourceRequirements",
    "schedulingGates": ["#PodSchedulingGate"],
    "securityContext": POD_SECURITY,
    "terminationGracePeriodSeconds": "int",
    "tolerations": ["#Toleration"],
    "topologySpreadConstraints": TOPOLOGY_SPREAD,
    "volumes": ["#Volume"],
}
"""Fields of a PodSpec that pods of Argo may have. Neither it nor what only a patch carries is in Argo's schema."""
_BEYOND = {
    "PodOS": {"fields": {"name": "text"}, "required": ["name"]},
    "PodReadinessGate": {"fields": {"conditionType": "text"}, "required": ["conditionType"]},
    "PodResourceClaim": {
        "fields": dict.fromkeys(("name", "resourceClaimName", "resourceClaimTemplateName"), "text"),
        "required": ["name"],
    },
    "PodSchedulingGate": {"fields": {"name": "text"}, "required": ["name"]},
    "TopologySpreadConstraint": {
        "fields": {
            **dict.fromkeys(("nodeAffinityPolicy", "nodeTaintsPolicy", "topologyKey", "whenUnsatisfiable"), "text"),
            "labelSelector": "#LabelSelector",
            "matchLabelKeys": ["text"],
            "maxSkew": "int",
            "minDomains": "int",
        },
        "required": ["maxSkew", "topologyKey", "whenUnsatisfiable"],
    },
}
_UNIQUE = {
    "resourceClaims": ("name",),
    "schedulingGates": ("name",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
"""Lists of a PodSpec of whose items no two may have the same fields; those of containers and volumes are looked at with their other names."""
_SIMPLE: dict[str, tuple[Callable[[Any], bool], str]] = {
    "any": (lambda _: True, ""),
    "text": (lambda value: isinstance(value, str), "a text"),
    "int": (lambda value: type(value) is int, "a whole number"),
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "intOrText": (lambda value: type(value) in (int, str), "a whole number or a text"),
    "quantity": (
        lambda value: type(value) in (int, float, str) and (amount(str(value)) or 0) >= 0 and amount(str(value)) is not None,
        "a quantity such as 500m or 2Gi",
    ),
}
"""Types without parts: whether a value is of one, and what that is called."""


def misfits(data: object, shape: Shape, name: str, owner: str = "") -> Iterator[str]:
    """Say where data has not the form that Kubernetes gives it; a field that is ``None`` is not set.

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
            if item is None:
                yield f"{name}[{number}] is null, which no item of a list can be"
            yield from misfits(item, shape[0], f"{name}[{number}]", owner)
        for key in _repeated_keys(data, _UNIQUE.get(name.rpartition(".")[2], ())):
            yield f"{name} has several items with {key}"
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
    elif type(data) is int and shape != "quantity":
        yield from _of_number(data, name, owner)


def spec_misfits(spec: dict[str, Any]) -> Iterator[str]:
    """The same for the fields of a PodSpec that pods of Argo may have; others are not looked at."""
    for field, value in spec.items():
        if field in POD_SPEC:
            yield from misfits(value, POD_SPEC[field], field, f"PodSpec.{field}")


def _repeated_keys(items: Iterable[Any], fields: tuple[str, ...]) -> Iterator[str]:
    if not fields:
        return
    from dagwright_argo.pod_rules import repeated

    keys = [tuple(item.get(field) for field in fields) for item in items if isinstance(item, dict)]
    for key in repeated([key for key in keys if all(isinstance(part, str) for part in key)]):
        yield " and ".join(f"the {field} {part}" for field, part in zip(fields, key, strict=True))


def _of_table(data: dict[str, Any], shape: Shape, name: str) -> Iterator[str]:
    is_label = name.rpartition(".")[2] in ("nodeSelector", "matchLabels")
    for key, value in data.items():
        yield from misfits(value, shape, f"{name}.{key}")
        if is_label and isinstance(value, str) and not (LABEL_NAME.fullmatch(key) and LABEL_VALUE.fullmatch(value)):
            yield f"{name}.{key} is not a label that Kubernetes takes"


def _of_type(data: dict[str, Any], kind: str, name: str) -> Iterator[str]:
    from dagwright_argo.pod_rules import rule_breaks
    from dagwright_argo.pod_values import FILLED

    described = _types()[kind]
    fields, broken = described["fields"], False
    for field, value in data.items():
        if field not in fields:
            near = difflib.get_close_matches(str(field), fields, 1)
            yield f"{name} has a field {field}, which Kubernetes does not know" + (f"; did you mean {near[0]}?" if near else "")
        else:
            for misfit in misfits(value, fields[field], f"{name}.{field}", f"{kind}.{field}"):
                broken = True
                yield misfit
    filled = FILLED.get(kind, ())
    for field in dict.fromkeys((*described["required"], *filled)):
        value = data.get(field)
        if value is None or (field in filled and value in ("", [], ())):
            broken = True
            yield f"{name} has no {field}"
    if not broken:
        yield from rule_breaks(kind, data, name)


def _of_number(number: int, name: str, owner: str) -> Iterator[str]:
    from dagwright_argo.pod_values import ANY_NUMBER, RANGES

    low, high = RANGES.get(owner, ANY_NUMBER)
    if not low <= number <= high:
        yield f"{name} is {number}, and Kubernetes takes {low} to {high}"


def _of_text(text: str, name: str, owner: str) -> Iterator[str]:
    from dagwright_argo.pod_values import CHECKED, FORMS, WORDS

    words = WORDS.get(owner)
    if words and text and text not in words:
        yield f"{name} is {text!r}, and Kubernetes takes {' or '.join(filter(None, (', '.join(words[:-1]), words[-1])))}"
    form, check = FORMS.get(owner), CHECKED.get(owner)
    if text and ((form is not None and not form.fullmatch(text)) or (check is not None and not check(text))):
        yield f"{name} is {text!r}, which Kubernetes does not take there"


@cache
def _types() -> dict[str, Any]:
    """Types by name, read when a user's pod template or such a setting is there: most projects have none."""
    text = (Path(__file__).parent / "kubernetes_shapes.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found | _BEYOND
