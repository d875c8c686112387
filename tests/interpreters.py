"""Other Pythons on this machine: the oldest that the runtime supports, and the newest found."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

OLDEST = (3, 9)
_KNOWN = range(9, 20)


@functools.cache
def found() -> dict[tuple[int, int], str]:
    """Interpreters by version, from ``PATH`` and pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    pythons: dict[tuple[int, int], str] = {}
    for minor in _KNOWN:
        candidates = [shutil.which(f"python3.{minor}"), *sorted(map(str, pyenv.glob(f"3.{minor}.*/bin/python")))]
        for candidate in candidates:
            if candidate and _version(candidate) == (3, minor):
                pythons[3, minor] = candidate
                break
    return pythons


def oldest() -> str:
    """Python 3.9; without it the test is skipped, under CI it fails."""
    path = found().get(OLDEST)
    if path is None:
        message = f"no Python {OLDEST[0]}.{OLDEST[1]} on this machine"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path


def newest() -> str:
    """The newest interpreter found; there is always one."""
    pythons = found()
    return pythons[max(pythons)]


def _version(path: str) -> tuple[int, int] | None:
    # pyenv's shims exist for versions that do not answer
    shown = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False)
    return tuple(map(int, shown.stdout.split())) if shown.returncode == 0 else None
