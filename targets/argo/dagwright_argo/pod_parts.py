"""Whether the parts of a user's pod go together: names that must not repeat, volumes that are mounted, requests under their limits.

Input: a PodSpec whose fields have their form (``shapes``). Output: what the API server would refuse when the first pod is made, long after the manifest was accepted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dagwright.contract.names import TERMINATION_GRACE_POD_S
from dagwright_argo.naming import FOLDER_OF_ARGO, VOLUMES_OF_ARGO
from dagwright_argo.pod_rules import is_overcommitted, is_resource, resource_breaks
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = Any
"""Data of a PodSpec; ``Any`` only because JSON is untyped."""
_OF_ARGO = frozenset({"main", "init", "wait", "supervisor"})
"""Names of the containers that Argo itself puts into a pod."""
OWN_VOLUMES = frozenset({"dagwright-work", "dagwright-runtime", "dagwright-code"})
_OF_RUNNING = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
"""Fields of containers that run beside the task, as an init container does with ``restartPolicy: Always``."""


def part_problems(spec: Mapping[str, Json], primary: str, volumes: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Say what does not go together.

    Args:
        spec: The PodSpec.
        primary: Name of the container that runs the task.
        volumes: Names of the volumes that every pod of the project has.

    Yields:
        What is wrong, and what to write instead.
    """
    containers = [(item, "containers") for item in spec.get("containers") or ()]
    inits = [(item, "initContainers") for item in spec.get("initContainers") or ()]
    yield from _names([item for item, _ in (*containers, *inits)], primary)
    own = [item["name"] for item in spec.get("volumes") or ()]
    for name, count in Counter(own).items():
        if count > 1:
            yield f"the pod template has {count} volumes with the name {name}", "give each its own name"
        if name in volumes:
            yield f"the volume {name} of the pod template has the name of one of the settings", "rename it"
        if name in VOLUMES_OF_ARGO:
            yield f"the volume {name} of the pod template has a name that Argo keeps for itself", "rename it"
    known = OWN_VOLUMES | volumes | set(own)
    for item, field in (*containers, *inits):
        where = f"the container {item['name']} of the pod template"
        if not item.get("image") and not (field == "containers" and item["name"] == primary):
            yield f"{where} has no image", "name one"
        yield from _mounts(item, where, known)
        yield from _resources(item.get("resources") or {}, where, is_primary=field == "containers" and item["name"] == primary)
        yield from _running(item, where, is_init=field == "initContainers")
    yield from whole_problems(spec, "the pod template")


def whole_problems(spec: Mapping[str, Json], where: str) -> Iterator[tuple[str, str]]:
    """Say which fields of a PodSpec exclude each other; ``where`` is what holds it."""
    containers = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    if spec.get("dnsPolicy") == "None" and not (spec.get("dnsConfig") or {}).get("nameservers"):
        yield f"{where} has the dnsPolicy None without dnsConfig.nameservers", "name a server"
    if spec.get("preemptionPolicy") == "Never" and not spec.get("priorityClassName"):
        yield (
            f"{where} has the preemptionPolicy Never, which a pod gets from its priority class",
            "name a priority class that has it",
        )
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        yield f"{where} has shareProcessNamespace and hostPID, of which Kubernetes takes one", "leave one of them out"
    if spec.get("hostUsers") is False:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if spec.get(field):
                yield f"{where} has {field}, which needs the host's users, and hostUsers = false", "leave one of them out"
    elif any((item.get("securityContext") or {}).get("procMount") == "Unmasked" for item in containers):
        yield f"{where} has a container with procMount Unmasked, which needs hostUsers = false", "write that too"
    if spec.get("hostNetwork"):
        for item in containers:
            for port in item.get("ports") or ():
                if port.get("hostPort") not in (None, 0, port["containerPort"]):
                    message = f"{where} has hostNetwork, and a hostPort {port['hostPort']} other than its containerPort"
                    yield message, "write the same number"
    for resource in spec.get("overhead") or {}:
        if not is_resource(resource):
            yield f"{where} has an overhead of {resource!r}, which is no resource of a pod", "write cpu or memory"
    grace_s = spec.get("terminationGracePeriodSeconds") or TERMINATION_GRACE_POD_S
    for item in containers:
        for moment, handler in (item.get("lifecycle") or {}).items():
            if isinstance(handler, dict) and (handler.get("sleep") or {}).get("seconds", 0) > grace_s:
                message = (
                    f"the container {item['name']} of {where} sleeps in {moment} for longer than its pod has to end, {grace_s} s"
                )
                yield message, "write less, or more as terminationGracePeriodSeconds"
    claims = {item["name"] for item in spec.get("resourceClaims") or ()}
    for item in containers:
        for claim in (item.get("resources") or {}).get("claims") or ():
            if claim["name"] not in claims:
                message = f"the container {item['name']} of {where} takes the resource claim {claim['name']}, which the pod does not have"
                yield message, "list it under resourceClaims"


def _running(item: Mapping[str, Json], where: str, *, is_init: bool) -> Iterator[tuple[str, str]]:
    policy = item.get("restartPolicy")
    if policy is not None and not (is_init and policy == "Always"):
        message = f"{where} has the restartPolicy {policy}: Kubernetes takes Always, in an init container"
        yield message, "leave it out"
    if is_init and policy != "Always":
        for field in _OF_RUNNING:
            if item.get(field) is not None:
                yield f"{where} has a {field}, which an init container takes with restartPolicy Always only", "leave it out"


def _names(items: list[dict[str, Json]], primary: str) -> Iterator[tuple[str, str]]:
    for name, count in Counter(item["name"] for item in items).items():
        if count > 1:
            yield f"the pod template has {count} containers with the name {name}", "give each its own name"
        if name in _OF_ARGO and name != primary:
            help_text = f'rename it, or write primary_container_name="{name}" if it runs the task'
            yield f"the container {name} of the pod template has a name that Argo keeps for itself", help_text


def _mounts(item: Mapping[str, Json], where: str, known: set[str] | frozenset[str]) -> Iterator[tuple[str, str]]:
    paths: set[str] = set()
    for device in item.get("volumeDevices") or ():
        if device["name"] not in known:
            yield f"{where} takes the volume {device['name']} as a device, which the pod does not have", "list it under volumes"
    for mount in item.get("volumeMounts") or ():
        name, path = mount["name"], str(mount["mountPath"])
        if name not in known:
            yield f"{where} mounts the volume {name}, which the pod does not have", "list it under volumes"
        if path.rstrip("/") == FOLDER_OF_ARGO:
            yield f"{where} mounts {path}, where Argo's own files are", "choose another path"
        if path.rstrip("/") in paths:
            yield f"{where} mounts two volumes at {path}", "choose another path for one of them"
        if ":" in path or not path.strip():
            yield f"{where} has the mount path {path!r}, which Kubernetes does not take", "use an absolute path without a colon"
        paths.add(path.rstrip("/"))


def _resources(resources: Mapping[str, Json], where: str, *, is_primary: bool) -> Iterator[tuple[str, str]]:
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    for name, requested in requests.items():
        wanted, most = amount(str(requested)), amount(str(limits.get(name, requested)))
        if wanted is not None and most is not None and wanted > most:
            yield f"{where} requests {requested} of {name}, more than its limit {limits[name]}", "raise the limit"
            return
    if is_primary:
        # What cannot be overcommitted gets its limit from us, as a GPU does that the decorator asks for.
        limits = {**{name: requested for name, requested in requests.items() if not is_overcommitted(name)}, **limits}
    for broken in resource_breaks(requests, limits, f"resources of {where}"):
        yield broken, "write what the Kubernetes API takes"
