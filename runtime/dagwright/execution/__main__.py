"""``python3 -m dagwright.execution <unit> [<index>]``: one attempt, as in a pod."""

import sys

from dagwright.execution.pod import main

sys.exit(main(sys.argv[1:]))
