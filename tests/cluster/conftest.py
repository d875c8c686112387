"""Fixtures of the tests on a live cluster."""

import os
from pathlib import Path

import pytest
from live_cluster import IMAGE, IMAGE_S3, Flow, api_server, missing, node_address
from object_store_server import object_store

_HERE = Path(__file__).parent
_LONG = (
    "test_pending.py",
    "test_life.py",
    "test_rights.py",
    "test_budgets.py",
    "test_failure.py",
    "test_documents.py",
    "test_examples.py",
    "test_resumption.py",
    "test_maps.py",
)
"""Where tests wait for retries and for one thing after the other."""


def pytest_collection_modifyitems(items):
    """Begin with what takes long: started last, it would run alone in the end."""
    ranks = {_HERE / name: rank for rank, name in enumerate(_LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


@pytest.fixture(scope="session", autouse=True)
def _cluster():
    reason = missing()
    if reason:
        pytest.fail(f"{reason}: see tests/live_cluster.py for what these tests need", pytrace=False)
    yield
    api_server().close()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """A folder that pods see under the same path as this process."""
    folder = tmp_path_factory.mktemp("shared")
    # Pods may run as another user.
    for level in (folder, *folder.parents[:3]):
        level.chmod(0o777)
    return folder


@pytest.fixture
def argo(shared_folder, tmp_path):
    """Settings for a ``file://`` store of this test alone, and for small pods."""
    store = shared_folder / tmp_path.name
    store.mkdir()
    store.chmod(0o777)  # whatever the umask: pods may run as another user
    volume = {"name": "shared", "mount_path": str(shared_folder), "host_path": str(shared_folder)}
    return {"store": store.as_uri(), "volumes": [volume], "image": IMAGE, "cpu": "10m", "memory": "32Mi"}


@pytest.fixture(scope="session")
def object_server():
    """An object store that pods reach; each test has a prefix of its own there."""
    with object_store(node_address()) as server:
        yield server


@pytest.fixture
def s3_settings(argo, object_server, monkeypatch, tmp_path):
    """Settings for a prefix of this test alone, which this process reaches too."""
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    credentials = {name: value for name, value in object_server.environment.items() if name.startswith("AWS_")}
    return {**argo, "store": f"{object_server.url}/{tmp_path.name}", "volumes": [], "image": IMAGE_S3, "env": credentials}


@pytest.fixture(params=["file", "s3"])
def settings(request):
    """Settings of Argo with a store of this test alone."""
    return request.getfixturevalue("argo" if request.param == "file" else "s3_settings")


@pytest.fixture
def flows(tmp_path):
    """Compiles and applies flows, and deletes them in the end."""
    made = []

    def make(source, entity, argo, *, module="flow", parts=None, general=None):
        files = {f"{module}.py": source, **(parts or {})}
        flow = Flow(tmp_path / f"flow-{len(made)}", files, f"{module}.py:{entity}", argo, general)
        made.append(flow)
        return flow

    yield make
    if not os.environ.get("DAGWRIGHT_TEST_KEEP"):
        for flow in made:
            flow.delete()
