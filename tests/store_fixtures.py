"""Fixtures of tests that hold on every kind of store: a file store, and a real S3 server on loopback. Folders take them in their ``conftest``."""

from __future__ import annotations

import pytest
from object_store_server import object_store


@pytest.fixture(scope="session")
def server():
    with object_store() as running:
        yield running


@pytest.fixture(params=["file", "s3"])
def url(request, tmp_path, monkeypatch):
    if request.param == "file":
        return f"file://{tmp_path}/store"
    server = request.getfixturevalue("server")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return f"{server.url}/{tmp_path.name}"
