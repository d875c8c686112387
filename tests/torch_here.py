"""torch, or what stands for it where it is not installed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

STAND_IN = Path(__file__).parent / "torch_stand_in"
INSTALLED = find_spec("torch") is not None
PATHS = () if INSTALLED else (STAND_IN,)
"""What a process needs on its path to import it."""


@contextmanager
def torch_here() -> Generator[Any]:
    """Give the module, and forget the stand-in afterwards: other tests ask whether torch was imported."""
    if INSTALLED:
        yield import_module("torch")
        return
    sys.path.insert(0, str(STAND_IN))
    try:
        yield import_module("torch")
    finally:
        sys.path.remove(str(STAND_IN))
        sys.modules.pop("torch", None)
