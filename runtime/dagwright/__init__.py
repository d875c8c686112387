"""dagwright: typed, Flyte-style Python that compiles to Argo Workflows and AWS Batch.

The names below are what users import. They resolve on first use, so that ``import dagwright`` costs nothing in a container.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not typing's: importing typing takes longer than the rest of this package
if TYPE_CHECKING:
    from dagwright.authoring.caching import Cache
    from dagwright.authoring.context import current_context
    from dagwright.authoring.deck import Deck
    from dagwright.authoring.errors import RecoverableError
    from dagwright.authoring.image_spec import ImageSpec
    from dagwright.authoring.mapping import map_task
    from dagwright.authoring.pod_template import PodTemplate
    from dagwright.authoring.resources import Resources
    from dagwright.authoring.secret import Secret
    from dagwright.authoring.structured_dataset import StructuredDataset
    from dagwright.authoring.tasks import task
    from dagwright.authoring.workflows import workflow

__all__ = [
    "Cache",
    "Deck",
    "ImageSpec",
    "PodTemplate",
    "RecoverableError",
    "Resources",
    "Secret",
    "StructuredDataset",
    "current_context",
    "map_task",
    "task",
    "workflow",
]

_HOMES = {
    "current_context": "context",
    "Cache": "caching",
    "Deck": "deck",
    "ImageSpec": "image_spec",
    "PodTemplate": "pod_template",
    "Secret": "secret",
    "StructuredDataset": "structured_dataset",
    "RecoverableError": "errors",
    "Resources": "resources",
    "map_task": "mapping",
    "task": "tasks",
    "workflow": "workflows",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dagwright' has no attribute {name!r}")
    module = __import__(f"dagwright.authoring.{home}", fromlist=[name])
    found: object = getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
