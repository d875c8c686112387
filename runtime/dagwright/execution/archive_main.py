"""The ``__main__`` of the runtime archive: runs the pod.

The import makes the archive's modules known (``archive_modules``), also in a process that multiprocessing spawns, which runs this file
under another name.
"""

from __future__ import annotations

import sys

import dagwright  # noqa: F401  # pyright: ignore[reportUnusedImport]

if __name__ == "__main__":
    from dagwright.execution.pod import main

    sys.exit(main(sys.argv[1:]))
