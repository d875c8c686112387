"""F, the floor of a compile: read the sources, parse them, write one line. The collector is off and teardown is skipped."""

import ast
import gc
import os
import sys

gc.disable()
trees = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:  # noqa: PTH123  # pathlib would raise the floor
        trees.append(ast.parse(file.read()))
os.write(1, b"done\n")
os._exit(0)
