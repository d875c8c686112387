"""The user's modules as this process has them: what a Python call runs, so that tests can replace it.

A module of the project may be loaded under its own name, as ``__main__`` (a script), or under whatever name a test runner gave it. The file
says which one is meant.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dagwright.execution.faults import UserFailure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


class LiveModules:
    """Finds loaded modules by the project's names.

    ``locations`` gives each project module's file; ``caller`` is the name of the module that the call came from, which wins where a file
    is loaded twice.
    """

    def __init__(self, locations: Mapping[str, str], caller: str) -> None:
        self._locations = locations
        self._caller = caller
        self._found: dict[str, str] = {}

    def load(self, module: str, qualname: str) -> Any:
        """Give what a name stands for right now.

        Raises:
            UserFailure: Importing the module raised, or it has no such name.
        """
        try:
            found: Any = self._module(module)
            for part in qualname.split("."):
                found = getattr(found, part)
        except BaseException as error:
            raise UserFailure(error) from error
        return found

    def other_names(self) -> dict[str, str]:
        """Give the project's names of the modules that are loaded under other names, by those; the caller's comes last."""
        names = {location: name for name, location in self._locations.items()}
        found: dict[str, str] = {}
        scripts = ("__main__", self._caller)  # the ones that may have been named by another path than the file's own
        for live in (*sys.modules, *scripts):
            file = getattr(sys.modules.get(live), "__file__", None)
            if isinstance(file, str):
                name = names.get(os.path.realpath(file) if live in scripts else file)
                if name is not None and name != live:
                    found.pop(live, None)
                    found[live] = name
        return found

    def _module(self, name: str) -> ModuleType:
        live = self._found.get(name)
        if live is None or live not in sys.modules:
            live = self._found[name] = self._live_name(name)
        __import__(live)
        return sys.modules[live]

    def _live_name(self, name: str) -> str:
        location = self._locations.get(name)
        if location is None:
            return name
        for candidate in (self._caller, name, "__main__", *sys.modules):
            if _is_loaded_from(candidate, location):
                return candidate
        return name


def _is_loaded_from(name: str, location: str) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    return isinstance(file, str) and (file == location or os.path.realpath(file) == os.path.realpath(location))
