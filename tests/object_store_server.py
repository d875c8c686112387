"""Real object stores for tests: the S3 of ministack or moto as a process of its own, on one address and nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUCKET = "dagwright-tests"
_START_S = 30


class ObjectStoreServer(NamedTuple):
    """``url`` is a store of dagwright; ``environment`` is what a process needs to reach it; ``endpoint`` is the server."""

    url: str
    environment: Mapping[str, str]
    endpoint: str
    pid: int


@contextmanager
def object_store(host: str = "127.0.0.1", *, module: str = "ministack") -> Iterator[ObjectStoreServer]:
    """Run a server with one empty bucket while the block runs.

    ``host`` may be another address of this machine; ``module`` is ``ministack`` or ``moto.server``.
    """
    port = _free_port(host)
    endpoint = f"http://{host}:{port}"
    with tempfile.TemporaryDirectory(prefix="dagwright-s3-") as folder:
        arguments = ["-H", host, "-p", str(port)] if module == "moto.server" else []
        settings = {"BIND_HOST": host, "GATEWAY_PORT": str(port), "SERVICES": "s3", "MINISTACK_HOST": host, "LOG_LEVEL": "ERROR"}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK", "S3_"))}
        log_path = Path(folder, "log")
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=folder,
                env={**inherited, **settings, "TMPDIR": folder, "HOME": folder},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            _make_bucket(process, f"{endpoint}/{BUCKET}", log_path)
            environment = {
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",  # the server takes any
                "AWS_REGION": "us-east-1",
                "no_proxy": host,
                "NO_PROXY": host,
            }
            yield ObjectStoreServer(f"s3://{BUCKET}/store", environment, endpoint, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _make_bucket(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_S
    while True:
        try:
            with opener.open(urllib.request.Request(url, method="PUT"), timeout=_START_S):
                return
        except (urllib.error.URLError, ConnectionError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                message = f"the object store did not start: {error}\n{log.read_text(errors='replace')[-2000:]}"
                raise RuntimeError(message) from error
            time.sleep(0.05)
