"""How the task of a map runs, in one object: the form that flytekit's ``map_task(metadata=...)`` takes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta


class TaskMetadata:
    """Keywords of a call's policy, read by the compiler from the source; what is left out stays as the task has it.

    They mean what the same keywords of ``with_overrides`` mean.
    """

    __slots__ = (
        "annotations",
        "cache",
        "cache_ignore_input_vars",
        "cache_serialize",
        "cache_version",
        "deprecated",
        "interruptible",
        "labels",
        "pod_template_name",
        "retries",
        "timeout",
    )

    def __init__(
        self,
        *,
        cache: bool = False,
        cache_serialize: bool = False,
        cache_version: str = "",
        cache_ignore_input_vars: tuple[str, ...] = (),
        interruptible: bool | None = None,
        retries: int = 0,
        timeout: int | timedelta | None = None,
        pod_template_name: str | None = None,
        deprecated: str = "",
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self.cache = cache
        self.cache_serialize = cache_serialize
        self.cache_version = cache_version
        self.cache_ignore_input_vars = cache_ignore_input_vars
        self.interruptible = interruptible
        self.retries = retries
        self.timeout = timeout
        self.pod_template_name = pod_template_name
        self.deprecated = deprecated
        self.labels = labels
        self.annotations = annotations
