"""Versions of functions: what counts, and that every interpreter says the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import interpreters
import pytest

from dagwright_compiler.frontend import function_bodies
from dagwright_compiler.frontend.function_bodies import body_version

BODY = "def f(x: int, y: int = 2) -> int:\n    z = x + y\n    return z\n"
SAME = {
    "name": BODY.replace("def f", "def g"),
    "comment": BODY.replace("x + y", "x + y  # why"),
    "layout": BODY.replace("x + y", "(x\n        +   y)"),
    "annotations": BODY.replace(": int", "").replace(" -> int", ""),
    "docstring": BODY.replace("    z =", '    """What it does."""\n    z ='),
    "indentation": "".join(f"    {line}\n" for line in BODY.splitlines()),
    "line ends": BODY.replace("\n", "\r\n"),
}
OTHER = {
    "operator": BODY.replace("+", "-"),
    "default": BODY.replace("= 2", "= 3"),
    "parameter": BODY.replace("y", "w"),
    "type of a number": BODY.replace("= 2", "= 2.0"),
    "decorator below": f"@timed\n{BODY}",
    "async": f"async {BODY}",
    "text that is no docstring": BODY.replace("    return", '    "x"\n    return'),
    "nested docstring": BODY.replace("    return", "    def g():\n        return 1\n    return"),
}
VECTORS = {
    BODY: "8a1653ad524f2613",
    "def f(a, b):\n    return f'{a:<{b}}  {a!r:>3}' 'x' f'{b}'\n": "766d2881c1aaa9da",
    "def f(a):\n    match a:\n        case [1, *_] if a:\n            return lambda *, k=1: {**a, 'é': b'\\x00'}\n    return 1e400, 2j, ..., None, True\n": "100b14289dae95ca",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_says_nothing_of_the_work_does_not_count(text: str) -> None:
    assert body_version(text) == body_version(BODY)


def test_everything_else_counts() -> None:
    versions = [body_version(text) for text in (BODY, *OTHER.values())]
    assert len(set(versions)) == len(versions)
    assert body_version(BODY, "salt") != body_version(BODY)


@pytest.mark.parametrize(("text", "version"), VECTORS.items())
def test_no_release_changes_a_version_by_accident(text: str, version: str) -> None:
    assert body_version(text) == version


def test_every_interpreter_says_the_same() -> None:
    runtime = Path(function_bodies.__file__).parents[3] / "runtime"
    code = (
        f"import sys; sys.path.insert(0, {str(runtime)!r})\n"
        "import runpy\n"
        f"version = runpy.run_path({function_bodies.__file__!r})['body_version']\n"
        f"print([version(text) for text in {list(VECTORS)!r}])"
    )
    printed = [
        subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
        for python in (sys.executable, interpreters.newest())
    ]
    assert printed[0] == printed[1] == f"{[body_version(text) for text in VECTORS]}\n"
