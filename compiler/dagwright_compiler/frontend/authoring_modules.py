"""Modules below ``dagwright`` and ``flytekit``: which of their names an import cannot find.

Every module and name of dagwright is known. Of flytekit's, whose names come and go between releases, only a slip in one that is known.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

from dagwright.contract.files import DIRECTORY_ALIASES, FILE_ALIASES
from dagwright_compiler.diagnostics.suggestions import Guess, did_you_mean
from dagwright_compiler.frontend.entities import Unresolved
from dagwright_compiler.frontend.known_calls import DEVICES
from dagwright_compiler.frontend.names import OWN, authoring_names

_ACCELERATORS = frozenset({*DEVICES, "GPUAccelerator", "MultiInstanceGPUAccelerator"})
_TESTING = frozenset({"answers", "patch", "task_mock"})
OURS = {"dagwright.accelerators": _ACCELERATORS, "dagwright.testing": _TESTING}
"""Modules of dagwright that people import from, and all of their names."""
_THEIRS = {
    "flytekit.extras.accelerators": _ACCELERATORS,
    "flytekit.testing": _TESTING,
    "flytekit.types.directory": frozenset({"FlyteDirectory", *DIRECTORY_ALIASES}),
    "flytekit.types.file": frozenset({"FlyteFile", *FILE_ALIASES}),
}


def missing_name(package: str, name: str) -> Unresolved | None:
    """Why a module has no such name; ``None`` where it may."""
    ours = OURS.get(package)
    if ours is not None:
        return None if name in ours or name.startswith("_") else _missing(package, name, did_you_mean(name, ours))
    theirs = _THEIRS.get(package)
    if theirs is not None:
        help_ = did_you_mean(name, theirs) if name not in theirs else ""
    else:
        classes = [known for known in authoring_names() if known[:1].isupper()]  # `Task` is no slip in `task`
        guess = did_you_mean(name, classes) if name[:1].isupper() and package.startswith("flytekit.") else ""
        help_ = guess if isinstance(guess, Guess) and guess.is_certain and abs(len(guess.meant) - len(name)) < 2 else ""
    return _missing(package, name, help_) if help_ else None


def missing_module(module: str, name: str) -> Unresolved | None:
    """Why an import of ``name`` from a module below ``dagwright`` fails: there is none; ``None`` where there is."""
    if not module.startswith("dagwright."):
        return None
    path = sys.modules["dagwright"].__path__
    head = "dagwright"
    for part in module.split(".")[1:]:
        spec = PathFinder.find_spec(f"{head}.{part}", path)
        if spec is None:
            names = [each.rpartition(".")[2] for each in OURS]
            help_ = f"write `from dagwright import {name}`" if name in OWN else did_you_mean(part, names)
            return Unresolved(f"`{head}` has no module `{part}`", help_)
        head, path = f"{head}.{part}", spec.submodule_search_locations or []
    return None


def _missing(package: str, name: str, help_: str) -> Unresolved:
    return Unresolved(f"`{package}` has no name `{name}`", help_)
