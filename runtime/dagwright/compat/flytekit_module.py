"""The stand-in's modules: names that work, exceptions, and placeholders for the rest."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from dagwright.compat.unsupported import Unsupported
from dagwright.contract.files import DIRECTORY_ALIASES, FILE_ALIASES
from dagwright.contract.flytekit_names import PUBLIC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOMES = {
    "Cache": "dagwright.authoring.caching",
    "CacheFunctionBody": "dagwright.authoring.caching",
    "Checkpoint": "dagwright.authoring.checkpoints",
    "BatchSize": "dagwright.compat.annotated",
    "Deck": "dagwright.authoring.deck",
    "FileExt": "dagwright.compat.annotated",
    "FlyteDisapprovalException": "dagwright.authoring.errors",
    "FlyteDirectory": "dagwright.files.directory",
    "FlyteFile": "dagwright.files.file",
    "FlyteRecoverableException": "dagwright.authoring.errors",
    "HashMethod": "dagwright.authoring.hash_method",
    "ImageSpec": "dagwright.authoring.image_spec",
    "MarkdownRenderer": "dagwright.authoring.deck",
    "FlyteError": "dagwright.authoring.failure",
    "PodTemplate": "dagwright.authoring.pod_template",
    "Resources": "dagwright.authoring.resources",
    "Secret": "dagwright.authoring.secret",
    "TaskMetadata": "dagwright.authoring.task_metadata",
    "StructuredDataset": "dagwright.values.structured_datasets",
    "TopFrameRenderer": "dagwright.authoring.deck",
    "approve": "dagwright.authoring.gates",
    "current_context": "dagwright.authoring.context",
    "kwtypes": "dagwright.compat.columns",
    "logger": "dagwright.compat.loggers",
    "map_task": "dagwright.authoring.mapping",
    "sleep": "dagwright.authoring.gates",
    "task": "dagwright.authoring.tasks",
    "wait_for_input": "dagwright.authoring.gates",
    "workflow": "dagwright.authoring.workflows",
}
"""Names that work, in every module: flytekit moves them from release to release, and the compiler goes by the name too."""
_WHOLE = {"flytekit.extras.accelerators": "dagwright.accelerators", "flytekit.testing": "dagwright.testing"}
"""Modules that are ours, name by name."""
_OURS = {
    "FlyteDirectory": "Directory",
    "FlyteDisapprovalException": "NotApproved",
    "FlyteError": "RunFailure",
    "FlyteFile": "File",
    "FlyteRecoverableException": "RecoverableError",
}
_FORMATS: dict[str, tuple[str, dict[str, str]]] = {
    "flytekit.types.directory": ("FlyteDirectory", DIRECTORY_ALIASES),
    "flytekit.types.file": ("FlyteFile", FILE_ALIASES),
}
"""Modules whose other names are a class of a format: ``JPEGImageFile`` is ``FlyteFile["jpeg"]``."""
_ALSO = {"flytekit.directory": "flytekit.types.directory", "flytekit.file": "flytekit.types.file"}
"""Modules that the package has under a second name."""
_MODULES = frozenset(
    {
        *(
            "flytekit.core",
            "flytekit.core.cache",
            "flytekit.core.gate",
            "flytekit.core.map_task",
            "flytekit.core.resources",
            "flytekit.core.task",
        ),
        *("flytekit.core.array_node_map_task", "flytekit.core.workflow", "flytekit.experimental"),
        *("flytekit.core.context_manager", "flytekit.core.pod_template", "flytekit.deck", "flytekit.extras"),
        *("flytekit.extras.accelerators", "flytekit.image_spec", "flytekit.models", "flytekit.models.security"),
        *("flytekit.exceptions", "flytekit.exceptions.base", "flytekit.exceptions.system", "flytekit.exceptions.user"),
        *(
            "flytekit.testing",
            "flytekit.types",
            "flytekit.types.directory",
            "flytekit.types.error",
            "flytekit.types.error.error",
            "flytekit.types.file",
        ),
    }
)
"""Modules that ``import flytekit`` alone makes reachable as attributes; ``flytekit.core.task`` is a module, not the decorator."""


class StandIn(ModuleType):
    """A module of the stand-in; it is a package, so that any module below it can be imported."""

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            return sorted(PUBLIC.union(_HOMES))
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = _resolve(self.__name__, name)
        setattr(self, name, found)
        return found


def _resolve(module: str, name: str) -> object:
    full = f"{module}.{name}"
    if full in _MODULES or full in _ALSO:
        return import_module(_ALSO.get(full, full))
    home = _HOMES.get(name)
    if home is not None:
        return getattr(import_module(home), _OURS.get(name, name))
    plain, formats = _FORMATS.get(module, ("", {}))
    if name in formats:
        cls: Any = _resolve(module, plain)
        of_format: object = cls[formats[name]]
        return of_format
    if module in _WHOLE:
        ours = import_module(_WHOLE[module])
        found: object = getattr(ours, name) if name in ours.__all__ else Unsupported(full)
        return found
    if module.startswith("flytekit.exceptions."):
        return type(name, (Exception,), {"__module__": module})  # every exception but the recoverable one fails the task for good
    return Unsupported(full)
