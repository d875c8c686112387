"""The stand-in's modules: names that work, exceptions, and placeholders for the rest."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from dagwright.compat.unsupported import Unsupported

_HOMES = {
    "Cache": "dagwright.authoring.caching",
    "Resources": "dagwright.authoring.resources",
    "map_task": "dagwright.authoring.mapping",
    "task": "dagwright.authoring.tasks",
    "workflow": "dagwright.authoring.workflows",
}
"""Names that work, and where they come from. flytekit moves them between modules from release to release."""
_MODULES = {
    "flytekit": ("Cache", "Resources", "map_task", "task", "workflow"),
    "flytekit.core.array_node_map_task": ("map_task",),
    "flytekit.core.cache": ("Cache",),
    "flytekit.core.map_task": ("map_task",),
    "flytekit.core.resources": ("Resources",),
    "flytekit.core.task": ("task",),
    "flytekit.core.workflow": ("workflow",),
    "flytekit.experimental": ("map_task",),
}
_RECOVERABLE = "FlyteRecoverableException"
_PACKAGES = frozenset(
    part
    for module in (*_MODULES, "flytekit.exceptions.user", "flytekit.exceptions.system", "flytekit.exceptions.base")
    for part in (module, *(module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1)))
)
"""Modules that ``import flytekit`` alone makes reachable as attributes."""


class StandIn(ModuleType):
    """A module of the stand-in; it is a package, so that any module below it can be imported."""

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            return list(_MODULES.get(self.__name__, ()))
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = _resolve(self.__name__, name)
        setattr(self, name, found)
        return found


def _resolve(module: str, name: str) -> object:
    if name == _RECOVERABLE:
        return import_module("dagwright.authoring.errors").RecoverableError
    if name in _MODULES.get(module, ()):
        return getattr(import_module(_HOMES[name]), name)
    full = f"{module}.{name}"
    if full in _PACKAGES:
        return import_module(full)
    if module.startswith("flytekit.exceptions.") or name == "FlyteError":
        return type(name, (Exception,), {"__module__": module})  # every exception but the recoverable one fails the task for good
    return Unsupported(full)
