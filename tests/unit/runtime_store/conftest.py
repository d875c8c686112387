from __future__ import annotations

import pytest
from store_drivers import DRIVERS, servers, url_of


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
    """An empty store of each driver: one conformance suite serves all."""
    return url_of(driver, running_servers, tmp_path, monkeypatch)
