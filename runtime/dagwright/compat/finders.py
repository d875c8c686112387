"""The finders on ``sys.meta_path``: one in front for flytekit, at the end one for dataclasses_json and one for kubernetes.

Processes that user code spawns inherit no finder, but the search path: it gets the same order (``spawned``).
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType
else:
    Loader = object  # importlib.abc would import typing

SETTING = "DAGWRIGHT_FLYTEKIT"
"""``installed`` leaves ``flytekit`` to the real package."""
_ROOTS = ("flytekit", "flytekitplugins")


def install_finders() -> None:
    """Put the finders in place, and their counterparts for spawned processes, once."""
    present = {type(finder) for finder in sys.meta_path}
    if FlytekitFinder not in present and os.environ.get(SETTING) != "installed":
        sys.meta_path.insert(0, FlytekitFinder())
        _search("first", 0)
    if DataclassesJsonFinder not in present:
        sys.meta_path.append(DataclassesJsonFinder())
        sys.meta_path.append(KubernetesFinder())
        _search("last", len(sys.path))


def _search(folder: str, position: int) -> None:
    path = os.path.join(os.path.dirname(__file__), "spawned", folder)
    if path not in sys.path:
        sys.path.insert(position, path)


def take_the_place_of(name: str) -> None:
    """Replace the module of ``spawned`` that is being imported by the stand-in of its name."""
    from importlib.util import module_from_spec

    install_finders()
    del sys.modules[name]
    finder: DataclassesJsonFinder | KubernetesFinder | FlytekitFinder = FlytekitFinder()
    if name == "dataclasses_json":
        finder = DataclassesJsonFinder()
    elif name == "kubernetes":
        finder = KubernetesFinder()
    spec = finder.find_spec(name)
    assert spec is not None
    module = sys.modules[name] = module_from_spec(spec)
    finder.exec_module(module)


class FlytekitFinder(Loader):
    """Finds the stand-in for ``flytekit``, ``flytekitplugins`` and every module below them."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Give the stand-in's spec; leave modules below a real flytekit that was imported earlier to that one."""
        del path, target
        root = name.partition(".")[0]
        if root not in _ROOTS:
            return None
        loaded = sys.modules.get(root)
        if loaded is not None and not isinstance(getattr(loaded, "__loader__", None), FlytekitFinder):
            return None
        spec = ModuleSpec(name, self, is_package=True)
        spec.submodule_search_locations = []
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the module, whose names resolve on use."""
        from dagwright.compat.flytekit_module import StandIn

        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing runs: the names of a stand-in resolve on use."""


class DataclassesJsonFinder(Loader):
    """Finds our fallback for ``dataclasses_json`` when every other finder has failed."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Give the fallback's spec."""
        del path, target
        if name not in ("dataclasses_json", "dataclasses_json.api"):
            return None
        return ModuleSpec(name, self, is_package=name == "dataclasses_json")

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave the making of the module to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the fallback's names into the module."""
        from dagwright.compat import dataclasses_json

        for name in dataclasses_json.__all__:
            setattr(module, name, getattr(dataclasses_json, name))


class KubernetesFinder(Loader):
    """Finds models of Kubernetes' client when every other finder has failed."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Give the fallback's spec."""
        del path, target
        if not name.startswith("kubernetes"):
            return None
        from dagwright.compat.kubernetes_client import NAMES

        return ModuleSpec(name, self, is_package=True) if name in NAMES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make the module, whose names are made on use."""
        from dagwright.compat.kubernetes_client import Models

        return Models(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Put the client below the package, as importing the real one does."""
        if module.__name__ == "kubernetes":
            from importlib import import_module

            module.client = import_module("kubernetes.client")  # type: ignore[attr-defined]
