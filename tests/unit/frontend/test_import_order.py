"""Modules that import each other: what is reported is what Python fails at."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from frontend_sources import clean, front

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TASK = "\n\n@task\ndef one(a: int) -> int:\n    return a\n"
_HEAD = "from dagwright import task\n"
_FAILING = {
    "a package above its module": (
        {"pk/__init__.py": "from pk.flow import one\nLIMIT = 3\n", "pk/flow.py": f"{_HEAD}from pk import LIMIT\n{_TASK}"},
        "pk/flow.py",
        ("pk/flow.py", 2, "`pk` is still being imported then, and has no `LIMIT` yet"),
    ),
    "a package that its module names from within": (
        {"pk/__init__.py": "from .flow import one\nLIMIT = 3\n", "pk/flow.py": f"{_HEAD}from . import LIMIT\n{_TASK}"},
        "pk/flow.py",
        ("pk/flow.py", 2, "`pk` is still being imported then, and has no `LIMIT` yet"),
    ),
    "two modules": (
        {"flow.py": f"{_HEAD}from other import LIMIT\nRATE = 1\n{_TASK}", "other.py": "from flow import RATE\nLIMIT = 2\n"},
        "flow.py",
        ("other.py", 1, "`flow` is still being imported then, and has no `RATE` yet"),
    ),
    "a circle of three": (
        {
            "flow.py": f"{_HEAD}import second\nRATE = 1\n{_TASK}",
            "second.py": "import third\n",
            "third.py": "from flow import RATE\n",
        },
        "flow.py",
        ("third.py", 1, "`flow` is still being imported then, and has no `RATE` yet"),
    ),
    "a name that the package imports further down": (
        {
            "pk/__init__.py": "from pk.flow import one\nfrom pk.limits import LIMIT\n",
            "pk/limits.py": "LIMIT = 3\n",
            "pk/flow.py": f"{_HEAD}from pk import LIMIT\n{_TASK}",
        },
        "pk/flow.py",
        ("pk/flow.py", 2, "`pk` is still being imported then, and has no `LIMIT` yet"),
    ),
}
_WORKING = {
    "the name stands above": (
        {"pk/__init__.py": "LIMIT = 3\nfrom pk.flow import one\n", "pk/flow.py": f"{_HEAD}from pk import LIMIT\n{_TASK}"},
        "pk/flow.py",
    ),
    "a module of a package": (
        {"pk/__init__.py": "from pk.flow import one\n", "pk/flow.py": f"{_HEAD}from pk import other\n{_TASK}", "pk/other.py": ""},
        "pk/flow.py",
    ),
    "modules as a whole": (
        {"flow.py": f"{_HEAD}import other\nRATE = 1\n{_TASK}", "other.py": "import flow\nLIMIT = 2\n"},
        "flow.py",
    ),
    "when the function runs": (
        {
            "flow.py": f"{_HEAD}import other\nRATE = 1\n{_TASK}",
            "other.py": "def f():\n    from flow import RATE\n    return RATE\n",
        },
        "flow.py",
    ),
    "only for type checkers": (
        {
            "flow.py": f"{_HEAD}import other\nRATE = 1\n{_TASK}",
            "other.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flow import RATE\n",
        },
        "flow.py",
    ),
    "where it may fail": (
        {
            "flow.py": f"{_HEAD}import other\nRATE = 1\n{_TASK}",
            "other.py": "try:\n    from flow import RATE\nexcept ImportError:\n    RATE = 2\n",
        },
        "flow.py",
    ),
    "by a star above": (
        {
            "pk/__init__.py": "from pk.limits import *\nfrom pk.flow import one\nLIMIT = 3\n",
            "pk/limits.py": "LIMIT = 1\n",
            "pk/flow.py": f"{_HEAD}from pk import LIMIT\n{_TASK}",
        },
        "pk/flow.py",
    ),
    "the other one is never first": (
        {"flow.py": f"{_HEAD}RATE = 1\nfrom other import LIMIT\n{_TASK}", "other.py": "from flow import RATE\nLIMIT = 2\n"},
        "flow.py",
    ),
    "a name by globals": (
        {
            "pk/__init__.py": "globals().update(LIMIT=1)\nfrom pk.flow import one\nLIMIT = 3\n",
            "pk/flow.py": f"{_HEAD}from pk import LIMIT\n{_TASK}",
        },
        "pk/flow.py",
    ),
}
_IMPORTING = """
import importlib, json, sys, types
stand_in = types.ModuleType("dagwright")
stand_in.task = lambda function: function
sys.modules["dagwright"] = stand_in
failed = []
for folder, module in json.load(sys.stdin):
    before = set(sys.modules)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        importlib.import_module(module)
    except ImportError:
        failed.append(folder)
    del sys.path[0]
    for name in set(sys.modules) - before:
        del sys.modules[name]
print(json.dumps(failed))
"""


def _failing(projects: Iterable[tuple[dict[str, str], str]], folder: Path) -> list[bool]:
    """Whether Python fails to import a file of each project, one interpreter for all."""
    asked: list[tuple[str, str]] = []
    for number, (sources, file) in enumerate(projects):
        own = folder / str(number)
        for path, text in sources.items():
            (own / path).parent.mkdir(parents=True, exist_ok=True)
            (own / path).write_text(text, "utf-8")
        asked.append((str(own), file.removesuffix(".py").replace("/", ".")))
    command = [sys.executable, "-I", "-B", "-c", _IMPORTING]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    failed = json.loads(done.stdout)
    return [own in failed for own, _ in asked]


@pytest.mark.parametrize("case", list(_FAILING))
def test_an_import_that_comes_too_early_is_reported(case: str, tmp_path: Path) -> None:
    sources, file, (path, line, reason) = _FAILING[case]
    assert _failing([(sources, file)], tmp_path) == [True]
    found = front(sources, [file]).only
    assert found.code.id == "DW202"
    assert found.span is not None
    assert (found.span.path, found.span.line) == (path, line)
    assert found.message.endswith(reason)


@pytest.mark.parametrize("case", list(_WORKING))
def test_what_python_imports_is_left_alone(case: str, tmp_path: Path) -> None:
    sources, file = _WORKING[case]
    assert _failing([(sources, file)], tmp_path) == [False]
    clean(sources, [file])


def test_a_module_that_holds_no_task_is_never_the_first() -> None:
    sources, file = _WORKING["the other one is never first"]
    clean(sources, [file, "other.py"])
    first = {**sources, "other.py": sources["other.py"] + f"{_HEAD}{_TASK}"}
    found = front(first, [file, "other.py"]).only
    assert found.span is not None
    assert found.span.path == "flow.py"


def test_a_name_is_asked_for_where_it_is_defined() -> None:
    sources, file, _ = _FAILING["a name that the package imports further down"]
    assert front(sources, [file]).only.help == "import it from `pk.limits`"


_MODULES = ("pk", "pk.a", "pk.b", "pk.c", "flow")


def _random_project(seed: int) -> tuple[dict[str, str], str]:
    """A few modules that take names from each other, above and below their own."""
    draw = random.Random(seed)
    sources: dict[str, str] = {}
    for module in _MODULES:
        lines = [f"X{number}_{module[-1]} = {number}" for number in range(2)]
        for _ in range(draw.randrange(3)):
            other = draw.choice([each for each in _MODULES if each != module])
            name = f"X{draw.randrange(2)}_{other[-1]}"
            package, _, last = other.rpartition(".")
            forms = [f"from {other} import {name}", f"import {other}"]
            forms += [f"from {package} import {last}"] if package else []
            lines.insert(draw.randrange(len(lines) + 1), draw.choice(forms))
        text = "\n".join((_HEAD, *lines, _TASK))
        path = module.replace(".", "/")
        sources[f"{path}/__init__.py" if module == "pk" else f"{path}.py"] = text
    return sources, draw.choice(["flow.py", "pk/a.py"])


def test_random_projects_are_judged_as_python_judges_them(tmp_path: Path) -> None:
    projects = [_random_project(seed) for seed in range(150)]
    failing = _failing(projects, tmp_path)
    assert 20 < sum(failing) < 130
    judged = [bool(front(sources, [file]).found) for sources, file in projects]
    assert [projects[index] for index in range(len(projects)) if judged[index] != failing[index]] == []
