"""Whether the parts of a user's pod go together: names that must not repeat, volumes that are mounted, requests under their limits.

Input: a PodSpec whose fields have their form (``shapes``). Output: what the API server would refuse when the first pod is made, long after the manifest was accepted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = Any
"""Data of a PodSpec; ``Any`` only because JSON is untyped."""
_OF_ARGO = frozenset({"main", "init", "wait", "supervisor"})
"""Names of the containers that Argo itself puts into a pod."""
OWN_VOLUMES = frozenset({"dagwright-work", "dagwright-runtime", "dagwright-code"})


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
    known = OWN_VOLUMES | volumes | set(own)
    for item, field in (*containers, *inits):
        where = f"the container {item['name']} of the pod template"
        if not item.get("image") and not (field == "containers" and item["name"] == primary):
            yield f"{where} has no image", "name one"
        yield from _mounts(item, where, known)
        yield from _resources(item.get("resources") or {}, where)


def _names(items: list[dict[str, Json]], primary: str) -> Iterator[tuple[str, str]]:
    for name, count in Counter(item["name"] for item in items).items():
        if count > 1:
            yield f"the pod template has {count} containers with the name {name}", "give each its own name"
        if name in _OF_ARGO and name != primary:
            help_text = f'rename it, or write primary_container_name="{name}" if it runs the task'
            yield f"the container {name} of the pod template has a name that Argo keeps for itself", help_text


def _mounts(item: Mapping[str, Json], where: str, known: set[str] | frozenset[str]) -> Iterator[tuple[str, str]]:
    paths: set[str] = set()
    for mount in item.get("volumeMounts") or ():
        name, path = mount["name"], str(mount["mountPath"])
        if name not in known:
            yield f"{where} mounts the volume {name}, which the pod does not have", "list it under volumes"
        if path.rstrip("/") in paths:
            yield f"{where} mounts two volumes at {path}", "choose another path for one of them"
        if ":" in path or not path.strip():
            yield f"{where} has the mount path {path!r}, which Kubernetes does not take", "use an absolute path without a colon"
        paths.add(path.rstrip("/"))


def _resources(resources: Mapping[str, Json], where: str) -> Iterator[tuple[str, str]]:
    limits = resources.get("limits") or {}
    for name, requested in (resources.get("requests") or {}).items():
        wanted, most = amount(str(requested)), amount(str(limits.get(name, requested)))
        if wanted is not None and most is not None and wanted > most:
            yield f"{where} requests {requested} of {name}, more than its limit {limits[name]}", "raise the limit"
