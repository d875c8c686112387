"""dagwright: typed, Flyte-style Python that compiles to Argo Workflows and AWS Batch.

The names below are what users import. They resolve on first use, so that ``import dagwright`` costs nothing in a container.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not typing's: importing typing takes longer than the rest of this package
if TYPE_CHECKING:
    from dagwright.authoring.caching import Cache, CacheFunctionBody
    from dagwright.authoring.context import current_context
    from dagwright.authoring.deck import Deck
    from dagwright.authoring.errors import RecoverableError
    from dagwright.authoring.failure import RunFailure
    from dagwright.authoring.gates import approve, sleep, wait_for_input
    from dagwright.authoring.hash_method import HashMethod
    from dagwright.authoring.image_spec import ImageSpec
    from dagwright.authoring.mapping import map_task
    from dagwright.authoring.pod_template import PodTemplate
    from dagwright.authoring.resources import Resources
    from dagwright.authoring.secret import Secret
    from dagwright.authoring.task_metadata import TaskMetadata
    from dagwright.authoring.tasks import task
    from dagwright.authoring.value_codec import ValueCodec
    from dagwright.authoring.workflows import workflow
    from dagwright.files.directory import Directory
    from dagwright.files.file import File
    from dagwright.values.structured_datasets import StructuredDataset

__all__ = [
    "Cache",
    "CacheFunctionBody",
    "Deck",
    "Directory",
    "File",
    "HashMethod",
    "ImageSpec",
    "PodTemplate",
    "RecoverableError",
    "Resources",
    "RunFailure",
    "Secret",
    "StructuredDataset",
    "TaskMetadata",
    "ValueCodec",
    "approve",
    "current_context",
    "map_task",
    "sleep",
    "task",
    "wait_for_input",
    "workflow",
]

_HOMES = {
    "current_context": "authoring.context",
    "Cache": "authoring.caching",
    "CacheFunctionBody": "authoring.caching",
    "Deck": "authoring.deck",
    "Directory": "files.directory",
    "File": "files.file",
    "HashMethod": "authoring.hash_method",
    "ImageSpec": "authoring.image_spec",
    "PodTemplate": "authoring.pod_template",
    "Secret": "authoring.secret",
    "StructuredDataset": "values.structured_datasets",
    "TaskMetadata": "authoring.task_metadata",
    "RecoverableError": "authoring.errors",
    "Resources": "authoring.resources",
    "RunFailure": "authoring.failure",
    "approve": "authoring.gates",
    "map_task": "authoring.mapping",
    "sleep": "authoring.gates",
    "wait_for_input": "authoring.gates",
    "task": "authoring.tasks",
    "ValueCodec": "authoring.value_codec",
    "workflow": "authoring.workflows",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dagwright' has no attribute {name!r}")
    module = __import__(f"dagwright.{home}", fromlist=[name])
    found: object = getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
