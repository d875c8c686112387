"""The pods that Argo's controller makes of a WorkflowTemplate of ours, so far as their specs decide whether the API server takes them.

After ``createWorkflowPod`` of 4.0: what stands in a template goes before the workflow's, both patches are merged, tags are put in (here: a word for each).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any
"""A manifest; ``Any`` because JSON nests."""

_MERGED = {
    "containers": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "resourceClaims": "name",
    "schedulingGates": "name",
    "topologySpreadConstraints": "topologyKey",
}
"""Lists that a strategic merge joins, and the field that tells their items apart."""
_SCHEDULING = {
    **{name: name for name in ("nodeSelector", "affinity", "tolerations", "schedulerName", "securityContext", "hostAliases")},
    **{name: name for name in ("serviceAccountName", "automountServiceAccountToken", "imagePullSecrets")},
    "priorityClassName": "podPriorityClassName",
}
"""Fields of a pod that a template has, and what the workflow's spec calls them."""
_TAG = re.compile(r"\{\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\}")


def pods_of(workflow: Json) -> Iterator[Json]:
    """One pod for each container template of a WorkflowTemplate or Workflow."""
    spec = workflow["spec"]
    for template in spec["templates"]:
        if "container" in template:
            yield _put_in(_pod(spec, template))


def _pod(spec: Json, template: Json) -> Json:
    kinds = ("labels", "annotations")
    metadata = {
        kind: {**spec.get("podMetadata", {}).get(kind, {}), **template.get("metadata", {}).get(kind, {})} for kind in kinds
    }
    box = template["container"]
    mounts = [*box.get("volumeMounts", []), {"name": "var-run-argo", "mountPath": "/var/run/argo"}]
    pod = {
        "restartPolicy": "Never",
        "containers": [
            {"name": "wait", "image": "argoexec"},
            {**box, "name": "main", "volumeMounts": mounts},
            *template.get("sidecars", []),
        ],
        "initContainers": [{"name": "init", "image": "argoexec"}, *template.get("initContainers", [])],
        "volumes": [*({"name": name, "emptyDir": {}} for name in ("var-run-argo", "tmp-dir-argo")), *template.get("volumes", [])],
    }
    for field, of_spec in _SCHEDULING.items():
        value = template.get(field, spec.get(of_spec))
        if value is not None:
            pod[field] = value
    if "activeDeadlineSeconds" in template:
        pod["activeDeadlineSeconds"] = template["activeDeadlineSeconds"]
    for patch in (spec.get("podSpecPatch"), template.get("podSpecPatch")):
        if patch:
            pod = _merged(pod, _put_in(json.loads(patch)))
    name = re.sub("[^a-z0-9]+", "-", template["name"].lower()).strip("-")[:200]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"{name}-1", **metadata}, "spec": pod}


def _merged(old: Json, new: Json, field: str = "") -> Json:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), value, key) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list) and field in _MERGED:
        items = {item[_MERGED[field]]: item for item in old}
        for item in new:
            items[item[_MERGED[field]]] = _merged(items.get(item[_MERGED[field]], {}), item)
        return list(items.values())
    return new


def _word(tag: re.Match[str]) -> str:
    """What a tag becomes: the first of the texts that an expression chooses from, else any word."""
    first = re.search(r"\['([^']*)'[,\]]", tag[0])
    return first[1] if first and "lastRetry" in tag[0] else "x"


def _put_in(value: Json) -> Json:
    if isinstance(value, str):
        return _TAG.sub(_word, value)
    if isinstance(value, dict):
        return {key: _put_in(item) for key, item in value.items()}
    return [_put_in(item) for item in value] if isinstance(value, list) else value
