"""Names of Kubernetes objects and Argo templates, made from the user's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,127}")
"""Templates and DAG tasks, as the full CRDs have it."""
PARAMETER_NAME = re.compile(r"[-a-zA-Z0-9_]+")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
LABEL_NAME = re.compile(
    r"((?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
"""Names of labels and annotations."""
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""Names of containers, volumes and namespaces."""
DNS_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""Names of most objects of Kubernetes."""
VARIABLE_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
"""Variables of a container's environment."""
IMAGE = re.compile(
    r"(?=.{1,255}(\Z|[:@]))([a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?(:[0-9]+)?/)?"
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
    r"(:[a-zA-Z0-9_][-a-zA-Z0-9_.]{0,127})?(@[a-zA-Z0-9]+([-+._][a-zA-Z0-9]+)*:[0-9a-fA-F]{32,})?"
)
"""References of images: registry, name, tag, digest. What is no reference leaves a pod waiting without end."""
OBJECT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
OBJECT_NAME_LENGTH = 63
"""Longest name of a WorkflowTemplate: it becomes a label of every workflow."""

MOST_ANNOTATION_BYTES = 262_144 - 4_096
"""What Kubernetes takes of annotations on one object, names and values together, less what Argo and we put there."""
VOLUMES_OF_ARGO = frozenset({"var-run-argo", "tmp-dir-argo"})
FOLDER_OF_ARGO = "/var/run/argo"
"""Where Argo mounts the first of them into every container."""
_OF_ARGO = "workflows.argoproj.io/"
_OF_USERS = {
    "label": ("controller-instanceid", "creator", "creator-email", "creator-preferred-username"),
    "annotation": ("title", "description", "rbac-rule", "rbac-rule-precedence", "service-account-token.name", "progress"),
}
"""What users may say under Argo's prefix. With the others its controller finds pods, and knows which runs have ended."""
_INVALID = re.compile(r"[^a-z0-9]+")


def dns_name(name: str) -> str:
    """Lower-case letters, digits and single hyphens of a Python name; empty when nothing is left."""
    return _INVALID.sub("-", name.lower()).strip("-")


def annotation_bytes(annotations: Mapping[str, str]) -> int:
    """What annotations take, as Kubernetes counts them."""
    return sum(len(name.encode()) + len(value.encode()) for name, value in annotations.items())


def keeper_of(name: str, kind: str) -> str:
    """Who keeps a ``label`` or an ``annotation`` for itself; empty for what users may set."""
    if name.startswith("dagwright/"):
        return "dagwright"
    return "Argo" if name.startswith(_OF_ARGO) and name.removeprefix(_OF_ARGO) not in _OF_USERS[kind] else ""


class Names:
    """Hands out names of one kind without repeating one."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def take(self, preferred: str) -> str:
        """Give ``preferred``, or with the first free ordinal from 2 behind it."""
        name, ordinal = preferred, 1
        while name in self._taken:
            ordinal += 1
            name = f"{preferred}-{ordinal}"
        self._taken.add(name)
        return name
