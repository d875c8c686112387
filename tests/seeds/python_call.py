"""Calls a definition of a file as a function, in a fresh interpreter, with flytekit imported by the file and not installed.

``python python_call.py FILE NAME INPUTS``: the inputs are a JSON file, the output is printed as JSON.
"""

import importlib
import json
import sys
from pathlib import Path

from dagwright.compat import install

if __name__ == "__main__":
    file, name, inputs = sys.argv[1:]
    install()
    sys.path.insert(0, str(Path(file).parent))
    module = importlib.import_module(Path(file).stem)
    print(json.dumps(getattr(module, name)(**json.loads(Path(inputs).read_text()))))
