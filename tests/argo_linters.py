"""Argo's own validators, built once a machine from the Go modules in ``argo_lint``."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_MODULES = Path(__file__).parent / "argo_lint"
VERSIONS = {"v4.0.2": "v4", "v3.7.18": "v3"}
_SOURCES = ("go.mod", "go.sum", "main.go")
_BUILD_S = 1200


def linter(version: str) -> Path:
    """The validator of one release. Without Go the test is skipped, under CI it fails."""
    go = shutil.which("go")
    if go is None:
        message = "no Go on this machine to build Argo's validator with"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    sources = _MODULES / VERSIONS[version]
    digest = hashlib.sha256(b"".join((sources / name).read_bytes() for name in _SOURCES)).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dagwright-tests"
    cache.mkdir(parents=True, exist_ok=True)
    built = cache / f"argolint-{version}-{digest[:12]}"
    with (cache / "lock").open("w") as lock:
        # Test processes share one build; it takes minutes.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            _build(go, sources, built)
    return built


def _build(go: str, sources: Path, built: Path) -> None:
    partial = built.with_suffix(".partial")
    command = [go, "build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-o", str(partial), "."]
    environment = {**os.environ, "CGO_ENABLED": "0"}
    done = subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, timeout=_BUILD_S, check=False)
    assert done.returncode == 0, f"{' '.join(command)} in {sources}:\n{done.stderr[-4000:]}"
    partial.rename(built)
