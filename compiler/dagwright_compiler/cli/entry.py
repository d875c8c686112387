"""The scripts ``dagwright`` and ``dw``: say in one line what is missing where only the runtime can work.

The wheel installs on Python 3.9 for the runtime's sake, without the compiler's dependencies; this module alone must run there.
"""

from __future__ import annotations

import sys

UNUSABLE = 2


def main() -> None:
    """Run the command line, or end with 2 and one line."""
    version = sys.version_info
    if version < (3, 11):  # pyright: ignore[reportUnnecessaryComparison]
        sys.stderr.write(
            f"dagwright: compiling and running need Python 3.11 or newer, and this is {version[0]}.{version[1]}; "
            "here only the runtime works: python3 -m dagwright.execution\n"
        )
        sys.exit(UNUSABLE)
    from dagwright_compiler.cli import main as command_line

    command_line.main()
