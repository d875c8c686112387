"""The entry of a pod whose image has this package installed: holds it to the runtime that the workflow was compiled for.

A plan says what a runtime of its own release does with it, so another one could quietly do something else. What is installed carries the archive of its release; its last bytes
are the digest of the sources. A checkout has none, and is taken for what was compiled with.
"""

from __future__ import annotations

import os
import sys

from dagwright.contract.exits import SYSTEM_FATAL
from dagwright.execution.pod import complain
from dagwright.execution.pod import main as run_pod

_ARCHIVE = "dagwright_compiler/_runtime.pyz"
"""Beside this package, in a wheel (``runtime_archive.PREBUILT``)."""
_DIGEST_LENGTH = 64


def main(digest: str, release: str) -> int:
    """Run what the command line says; ``digest`` begins that of the runtime which is wanted, ``release`` is the version that has it."""
    found = installed_digest()
    if found and not found.startswith(digest):
        return complain(
            f"this image has the runtime {found[: len(digest)]}, and the workflow was compiled for {digest}: "
            f"install dagwright=={release} in the image, or compile with the dagwright that it has",
            SYSTEM_FATAL,
        )
    return run_pod(sys.argv[1:])


def installed_digest() -> str:
    """Give the digest of the installed release; empty for a checkout."""
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), _ARCHIVE)
    try:
        with open(path, "rb") as file:
            file.seek(-_DIGEST_LENGTH, os.SEEK_END)
            return file.read().decode("ascii")
    except (OSError, ValueError):
        return ""
