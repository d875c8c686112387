"""What a task's pod has beyond what a target gives it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class PodTemplate:
    """A Kubernetes PodSpec with labels and annotations; the compiler reads it from the source.

    ``pod_spec`` is a ``V1PodSpec`` of the Kubernetes client, or a dict as the API spells it.
    """

    __slots__ = ("annotations", "labels", "pod_spec", "primary_container_name")

    def __init__(
        self,
        pod_spec: Any = None,
        primary_container_name: str = "primary",
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self.pod_spec = pod_spec
        self.primary_container_name = primary_container_name
        self.labels = labels
        self.annotations = annotations
