"""Options of the whole test run."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

_RESIDENT = Path("/proc/self/statm")
_PAGES_KEPT = (100 << 20) // 4096

# A busy machine makes any example slow; CI draws the same examples every time.
settings.register_profile("dagwright", settings.get_profile("ci" if os.environ.get("CI") else "default"), deadline=None)
settings.load_profile("dagwright")


class GivesMemoryBack:
    """Gives back to the system what a test took and freed: the allocator keeps it, and a worker grew to the sum of its greediest tests."""

    def __init__(self) -> None:
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        self._pages = _resident_pages()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        result = yield
        if self._trim is not None and _resident_pages() > self._pages + _PAGES_KEPT:
            gc.collect()
            self._trim(0)
            self._pages = _resident_pages()
        return result


def _resident_pages() -> int:
    return int(_RESIDENT.read_text().split()[1])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the expectations of tests/golden (refused where CI is set)"
    )


def pytest_configure(config: pytest.Config) -> None:
    if _RESIDENT.exists():
        config.pluginmanager.register(GivesMemoryBack())
    # what starts tests in the background (nohup, a job of a shell) ignores these, children inherit it, and tests send them
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is for people: CI never rewrites what it is to compare with")
