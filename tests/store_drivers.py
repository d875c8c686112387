"""Every driver of stores that can be run here, with the server that it is run against: one conformance suite serves them all."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from faulty_object_store import faulty_object_store
from object_store_server import ObjectStoreServer, object_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faulty_object_store import FaultyStore


class Driver(NamedTuple):
    """``without`` are the packages that the image lacks, ``server`` the module that serves, ``needs`` what must be installed."""

    without: tuple[str, ...] = ()
    server: str = ""
    needs: tuple[str, ...] = ()
    conditional: bool = True


DRIVERS = {
    "file": Driver(),
    "obstore-ministack": Driver(server="ministack", needs=("obstore", "ministack")),
    "obstore-moto": Driver(server="moto.server", needs=("obstore", "moto")),
    "boto3-ministack": Driver(without=("obstore",), server="ministack", needs=("boto3", "ministack")),
    "boto3-moto": Driver(without=("obstore",), server="moto.server", needs=("boto3", "moto")),
    "obstore-gs": Driver(server="ours", needs=("obstore",)),
    "fsspec-memory": Driver(needs=("fsspec",), conditional=False),
    "fsspec-local": Driver(needs=("fsspec",), conditional=False),
    "s3fs-moto": Driver(server="moto.server", needs=("s3fs", "moto"), conditional=False),
}
"""s3fs pins another botocore than ours and is in no requirements: its tests run where somebody installed it."""
_BY_HAND = frozenset({"s3fs-moto"})


class Servers:
    """The servers that tests of this process share, started when first asked for."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[object, ObjectStoreServer]] = {}
        self._ours: FaultyStore | None = None

    def get(self, module: str) -> ObjectStoreServer:
        if module not in self._running:
            context = self._google_storage() if module == "ours" else object_store(module=module)
            self._running[module] = (context, context.__enter__())
        return self._running[module][1]

    @contextmanager
    def _google_storage(self) -> Iterator[ObjectStoreServer]:
        """The scripted server without a script: it also speaks what Google Cloud Storage and S3 have in common."""
        with faulty_object_store() as self._ours:
            environment = {"STORAGE_EMULATOR_HOST": self._ours.endpoint, "NO_PROXY": "127.0.0.1"}
            yield ObjectStoreServer("gs://bucket/store", environment, self._ours.endpoint, os.getpid())

    def forget_objects(self) -> None:
        """Empty the one server that is no process of its own."""
        if self._ours is not None:
            self._ours.script([])

    def stop(self) -> None:
        for context, _ in self._running.values():
            context.__exit__(None, None, None)  # type: ignore[attr-defined]


@contextmanager
def servers() -> Iterator[Servers]:
    """Stop the servers at the end of the block."""
    running = Servers()
    try:
        yield running
    finally:
        running.stop()


def url_of(name: str, running: Servers, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of an empty store for one test, whose process is made to see just the packages that the driver's image would have."""
    driver = DRIVERS[name]
    for package in driver.needs:
        if importlib.util.find_spec(package) is None:
            missing = f"{package} is not installed"
            (pytest.fail if os.environ.get("CI") and name not in _BY_HAND else pytest.skip)(missing)
    for package in driver.without:
        monkeypatch.setitem(sys.modules, package, None)
    if name == "file":
        return f"file://{folder}/store"
    if name == "fsspec-local":
        return f"local://{folder}/store"
    if name == "fsspec-memory":
        return f"memory://{folder.name}"
    server = running.get(driver.server)
    for variable, value in server.environment.items():
        monkeypatch.setenv(variable, value)
    url = f"{server.url}/{folder.name}"
    return url.replace("s3://", "s3a://") if name == "s3fs-moto" else url  # s3fs brings botocore, which serves s3:// itself
