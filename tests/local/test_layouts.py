"""Projects as people lay them out: what a bundle ships of each, and that a run from the bundle alone gives what Python gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from dagwright_compiler.config import load_settings
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_compiler.driver.programs import load_program

RUN = [sys.executable, "-c", "from dagwright_compiler.cli.main import main; main()", "run", "--isolate"]
HEAD = "from dagwright import task, workflow\n"


def task(expression: str, name: str = "t") -> str:
    return f"\n@task\ndef {name}(x: int) -> int:\n    return {expression}\n"


def flow(call: str = "t(x=1)") -> str:
    return f"\n@workflow\ndef main() -> int:\n    return {call}\n"


class Layout(NamedTuple):
    """Files, the one that is run, the paths that its bundle ships, and what the workflow ``main`` gives."""

    files: dict[str, str]
    entry: str
    shipped: list[str]
    output: int


LAYOUTS = {
    "one file": Layout({"flow.py": HEAD + task("x + 1") + flow(), "stranger.py": "X = 1\n"}, "flow.py", ["flow.py"], 2),
    "a package": Layout(
        {
            "shop/__init__.py": "",
            "shop/flow.py": HEAD + "from .steps import add\nfrom . import rates\n" + task("add(x) * rates.RATE") + flow(),
            "shop/steps.py": "from .rates import RATE\ndef add(x):\n    return x + RATE\n",
            "shop/rates.py": "RATE = 5\n",
            "shop/other.py": "X = 1\n",
        },
        "shop/flow.py",
        ["shop/__init__.py", "shop/flow.py", "shop/rates.py", "shop/steps.py"],
        30,
    ),
    "packages in packages, upwards": Layout(
        {
            "a/__init__.py": "",
            "a/b/__init__.py": "",
            "a/b/flow.py": HEAD + "from ..top import TOP\nfrom ..c.leaf import LEAF as L\n" + task("x + TOP + L") + flow(),
            "a/top.py": "TOP = 10\n",
            "a/c/__init__.py": "",
            "a/c/leaf.py": "from .. import top\nLEAF = top.TOP * 2\n",
        },
        "a/b/flow.py",
        ["a/__init__.py", "a/b/__init__.py", "a/b/flow.py", "a/c/__init__.py", "a/c/leaf.py", "a/top.py"],
        31,
    ),
    "what a package gives on": Layout(
        {
            "flow.py": HEAD + "from shop import add, t\n" + task("add(x)", "own") + flow("own(x=t(x=1))"),
            "shop/__init__.py": "from .steps import add\nfrom .tasks import *\n__all__ = ['add', 't']\n",
            "shop/steps.py": "def add(x):\n    return x + 100\n",
            "shop/tasks.py": HEAD + task("x + 7"),
            "shop/unused.py": "",
        },
        "flow.py",
        ["flow.py", "shop/__init__.py", "shop/steps.py", "shop/tasks.py"],
        108,
    ),
    "a star that lists its names": Layout(
        {
            "flow.py": HEAD + "from steps import *\n" + task("add(x) + len([n for n in globals() if n == 'secret'])") + flow(),
            "steps.py": "__all__ = ['add']\ndef add(x):\n    return x + 1\nsecret = 9\n",
        },
        "flow.py",
        ["flow.py", "steps.py"],
        2,
    ),
    "a module under another name": Layout(
        {
            "flow.py": HEAD + "import shop.rates as r\nimport shop.steps\n" + task("shop.steps.add(x) + r.RATE") + flow(),
            "shop/__init__.py": "",
            "shop/rates.py": "RATE = 3\n",
            "shop/steps.py": "def add(x):\n    return x + 1\n",
        },
        "flow.py",
        ["flow.py", "shop/__init__.py", "shop/rates.py", "shop/steps.py"],
        5,
    ),
    "folders without __init__": Layout(
        {
            "flow.py": HEAD + "from space.deep.steps import add\n" + task("add(x)") + flow(),
            "space/deep/steps.py": "from . import more\ndef add(x):\n    return x + more.N\n",
            "space/deep/more.py": "N = 40\n",
        },
        "flow.py",
        ["flow.py", "space/deep/more.py", "space/deep/steps.py"],
        41,
    ),
    "a src folder": Layout(
        {
            "pyproject.toml": "[tool.dagwright]\nsource_roots = ['src']\n",
            "src/shop/__init__.py": "",
            "src/shop/flow.py": HEAD + "from shop.steps import add\n" + task("add(x)") + flow(),
            "src/shop/steps.py": "def add(x):\n    return x + 2\n",
        },
        "src/shop/flow.py",
        ["shop/__init__.py", "shop/flow.py", "shop/steps.py"],
        3,
    ),
    "several roots": Layout(
        {
            "pyproject.toml": "[tool.dagwright]\nsource_roots = ['flows', 'lib']\n",
            "flows/flow.py": HEAD + "from tools.steps import add\n" + task("add(x)") + flow(),
            "lib/tools/steps.py": "import rates\ndef add(x):\n    return x + rates.RATE\n",
            "lib/rates.py": "RATE = 4\n",
        },
        "flows/flow.py",
        ["flow.py", "rates.py", "tools/steps.py"],
        5,
    ),
    "imports for types only, and on conditions": Layout(
        {
            "flow.py": "from __future__ import annotations\n"
            + HEAD
            + "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shapes import Shape\n"
            + "try:\n    from absent_package import fast as add\nexcept ImportError:\n    from slow import add\n"
            + "try:\n    import ujson_absent as codec\nexcept ImportError:\n    import json as codec\n"
            + task("add(x) + len(codec.dumps(x))")
            + flow(),
            "shapes.py": "class Shape: ...\n",
            "slow.py": "def add(x):\n    return x + 1\n",
        },
        "flow.py",
        ["flow.py", "shapes.py", "slow.py"],
        3,
    ),
    "imports in functions": Layout(
        {
            "flow.py": HEAD
            + task("__import__('late').N + x").replace("    return", "    from pkg import inner\n    return inner.N +")
            + flow(),
            "pkg/__init__.py": "",
            "pkg/inner.py": "import importlib\nN = importlib.import_module('pkg.named').N\n",
            "pkg/named.py": "N = 20\n",
            "late.py": "N = 300\n",
        },
        "flow.py",
        ["flow.py", "late.py", "pkg/__init__.py", "pkg/inner.py", "pkg/named.py"],
        321,
    ),
    "modules that import each other": Layout(
        {
            "flow.py": HEAD + "import helper\n" + task("helper.add(x)") + flow() + "N = 6\n",
            "helper.py": "import flow\ndef add(x):\n    return x + flow.N\n",
        },
        "flow.py",
        ["flow.py", "helper.py"],
        7,
    ),
    "the same names in two modules": Layout(
        {
            "flow.py": HEAD + "import one, two\nfrom two import t as second\n" + flow("second(x=one.t(x=1))"),
            "one.py": HEAD + task("x + 10"),
            "two.py": HEAD + task("x * 3"),
        },
        "flow.py",
        ["one.py", "two.py"],
        33,
    ),
    "a script with a guard": Layout(
        {
            "flow.py": HEAD
            + "import steps\n"
            + task("steps.add(x)")
            + flow()
            + "if __name__ == '__main__':\n    import only_here\n    print(main())\n",
            "steps.py": "def add(x):\n    return x + 1\nif __name__ == '__main__':\n    raise SystemExit(9)\n",
            "only_here.py": "",
        },
        "flow.py",
        ["flow.py", "only_here.py", "steps.py"],
        2,
    ),
    "a package that runs": Layout(
        {
            "tool/__init__.py": "",
            "tool/__main__.py": "from .flow import main\nprint(main())\n",
            "tool/flow.py": HEAD + "from .steps import add\n" + task("add(x)") + flow(),
            "tool/steps.py": "def add(x):\n    return x + 8\n",
        },
        "tool/flow.py",
        ["tool/__init__.py", "tool/flow.py", "tool/steps.py"],
        9,
    ),
    "a package's own file": Layout(
        {
            "tool/__init__.py": HEAD + "from .steps import add\n" + task("add(x)") + flow(),
            "tool/steps.py": "def add(x):\n    return x + 8\n",
        },
        "tool/__init__.py",
        ["tool/__init__.py", "tool/steps.py"],
        9,
    ),
    "a module named as one of Python's": Layout(
        {
            "flow.py": HEAD + "import statistics\n" + task("statistics.mine(x)") + flow(),
            "statistics.py": "def mine(x):\n    return x + 12\n",
        },
        "flow.py",
        ["flow.py", "statistics.py"],
        13,
    ),
    "a module beside a package of the same name": Layout(
        {
            "flow.py": HEAD + "from steps import add\n" + task("add(x)") + flow(),
            "steps.py": "def add(x):\n    return 0\n",
            "steps/__init__.py": "def add(x):\n    return x + 1\n",
        },
        "flow.py",
        ["flow.py", "steps/__init__.py"],
        2,
    ),
    "letters of the world": Layout(
        {
            "flow.py": HEAD + "from größe import maß\n" + task("maß(x)") + flow(),
            "größe.py": "# -*- coding: latin-1 -*-\ndef maß(x):\n    return x + 1\n",
        },
        "flow.py",
        ["flow.py", "größe.py"],
        2,
    ),
}


def write(folder: Path, layout: Layout) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").touch()
    for path, text in layout.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "latin-1" if "latin-1" in text else "utf-8")
    return folder / layout.entry


def shipped(entry: Path) -> list[str]:
    loaded = load_program(entry, "main", load_settings(entry, environ={}))
    assert loaded.program is not None, [found.message for found in loaded.reading.diagnostics.sorted()]
    return [file.path for file in bundle_for(loaded.program, loaded.reading.elaborated, {}).files]


def run(entry: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAGWRIGHT_")}
    return subprocess.run(
        [*RUN, str(entry), "main"], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_ships_what_it_imports_and_runs_from_it(layout: Layout, tmp_path: Path) -> None:
    entry = write(tmp_path, layout)
    assert shipped(entry) == sorted(layout.shipped)
    done = run(entry, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, str(layout.output)), done.stderr


def test_links_are_files_of_where_they_stand(tmp_path: Path) -> None:
    """A link keeps its own name and its own neighbours, as in Python; what it points to stays outside."""
    outside = tmp_path / "shared"
    outside.mkdir()
    (outside / "original.py").write_text("from rates import RATE\ndef add(x):\n    return x + RATE\n")
    (outside / "rates.py").write_text("RATE = -1\n")
    project = tmp_path / "project"
    entry = write(
        project,
        Layout(
            {"flow.py": HEAD + "from steps import add\n" + task("add(x)") + flow(), "rates.py": "RATE = 30\n"}, "flow.py", [], 0
        ),
    )
    (project / "steps.py").symlink_to(outside / "original.py")
    (project / "linked").symlink_to(outside)
    assert shipped(entry) == ["flow.py", "rates.py", "steps.py"]
    done = run(entry, project)
    assert (done.returncode, done.stdout.strip()) == (0, "31"), done.stderr


def test_a_file_of_another_project_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/steps.py").write_text("def add(x):\n    return x + 1\n")
    entry = write(
        tmp_path / "project", Layout({"flow.py": HEAD + "import steps\n" + task("steps.add(x)") + flow()}, "flow.py", [], 0)
    )
    assert shipped(entry) == ["flow.py"]


def test_a_notebook_ships_the_modules_beside_it(tmp_path: Path) -> None:
    cells = [HEAD + "from steps import add\n", "%matplotlib inline\n" + task("add(x)"), flow()]
    notebook = {
        "cells": [{"cell_type": "code", "source": cell} for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "steps.py").write_text("def add(x):\n    return x + 50\n")
    entry = tmp_path / "flow.ipynb"
    entry.write_text(json.dumps(notebook))
    assert shipped(entry) == ["flow.py", "steps.py"]
    done = run(entry, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "51"), done.stderr


def test_relative_imports_ask_for_the_file_that_makes_a_package(tmp_path: Path) -> None:
    files = {
        "shop/flow.py": HEAD + "from .steps import add\n" + task("add(x)") + flow(),
        "shop/steps.py": "def add(x):\n    return x\n",
    }
    entry = write(tmp_path, Layout(files, "shop/flow.py", [], 0))
    loaded = load_program(entry, "main", load_settings(entry, environ={}))
    (found,) = loaded.reading.diagnostics.sorted()
    assert (found.code.id, "`__init__.py`" in found.help) == ("DW202", True)
    (tmp_path / "shop/__init__.py").touch()
    assert shipped(entry) == ["shop/__init__.py", "shop/flow.py", "shop/steps.py"]
