"""``python -m dagwright FILE [arguments]``: run a Python file where flytekit need not be installed."""

from __future__ import annotations

import sys

from dagwright.compat.script import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
