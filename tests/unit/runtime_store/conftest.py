from __future__ import annotations

import functools
import importlib

import pytest
from store_drivers import DRIVERS, servers, url_of


@pytest.fixture(scope="session", autouse=True)
def descriptions_of_aws():
    """Read botocore's descriptions once: each session reads its own, which takes five times as long as all else of opening a store."""
    try:
        sessions = importlib.import_module("botocore.session")
    except ImportError:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "create_loader", functools.cache(sessions.create_loader))
        yield


@pytest.fixture(scope="session")
def running_servers():
    with servers() as running:
        yield running


@pytest.fixture
def server(running_servers):
    return running_servers.get("ministack")


@pytest.fixture(params=DRIVERS)
def driver(request):
    return request.param


@pytest.fixture
def url(driver, running_servers, tmp_path, monkeypatch):
    """An empty store of each driver: one conformance suite serves all. What this process itself would keep of it goes at the end."""
    yield url_of(driver, running_servers, tmp_path, monkeypatch)
    if driver == "fsspec-memory":
        importlib.import_module("fsspec").filesystem("memory").store.clear()
    running_servers.forget_objects()
