"""Options of the whole test run."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

# A busy machine makes any example slow; CI draws the same examples every time.
settings.register_profile("dagwright", settings.get_profile("ci" if os.environ.get("CI") else "default"), deadline=None)
settings.load_profile("dagwright")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the expectations of tests/golden (refused where CI is set)"
    )


def pytest_configure(config: pytest.Config) -> None:
    # what starts tests in the background (nohup, a job of a shell) ignores these, children inherit it, and tests send them
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is for people: CI never rewrites what it is to compare with")
