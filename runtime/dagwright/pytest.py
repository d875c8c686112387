"""A plugin for pytest: ``pytest -p dagwright.pytest``.

It puts the stand-in for flytekit in place before any test is imported, and offers the fixture ``dagwright_store``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dagwright.compat import install
from dagwright.contract.names import ENV_STORE

if TYPE_CHECKING:
    from pathlib import Path

install()


@pytest.fixture
def dagwright_store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of the test's own: calls of tasks and workflows, and commands that the test starts, keep cached results there."""
    folder = tmp_path_factory.mktemp("dagwright-store")
    monkeypatch.setenv(ENV_STORE, folder.as_uri())
    return folder
