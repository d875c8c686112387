"""Rules of the code base that no linter of ours knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = [
    ROOT / "compiler/dagwright_compiler",
    ROOT / "targets/argo/dagwright_argo",
    ROOT / "targets/argo/dagwright_argo_client",
    ROOT / "targets/batch/dagwright_batch",
    ROOT / "targets/local/dagwright_local",
    ROOT / "runtime/dagwright",
]
SOURCES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
RUNTIME = [path for path in SOURCES if "runtime" in path.parts]
LAZY_OUTSIDE = {"obstore", "botocore", "fsspec", "numpy", "markdown_it", "pydantic_core", "dagwright"}
"""What the runtime may import beyond the standard library, and only inside functions: storage clients, and what the user's values are of."""
PLUGIN = "dagwright/pytest.py"
"""What pytest alone imports."""
STDLIB = sys.stdlib_module_names | {"_sha2", "_sha256"}
"""Of every version that the runtime supports: ``_sha256`` became ``_sha2`` in 3.12."""


def _imports(tree: ast.Module) -> list[tuple[str, bool]]:
    """Roots of absolute imports; True where the import stands at module level and runs."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    lazy = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name.partition(".")[0], id(node) not in lazy) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module.partition(".")[0], id(node) not in lazy))
    return found


@pytest.mark.parametrize("path", RUNTIME, ids=lambda path: str(path.relative_to(ROOT / "runtime")))
def test_the_runtime_needs_the_standard_library_only(path):
    for root, eager in _imports(ast.parse(path.read_text())):
        allowed = root in STDLIB or root == "dagwright" or (not eager and root in LAZY_OUTSIDE)
        allowed = allowed or (root == "pytest" and path.as_posix().endswith(PLUGIN))
        assert allowed, f"{path.name} imports {root}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_readable(path):
    text = path.read_text()
    assert text.count("\n") <= 500, "split the module by what it is about"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno + 1 <= 60, f"split {node.name}"


def test_no_target_is_named_in_the_compiler_outside_the_static_table():
    allowed = {"target_api.py"}
    named = [
        f"{path.name}: {line.strip()}"
        for path in SOURCES
        if "dagwright_compiler" in path.parts and path.name not in allowed
        for line in path.read_text().splitlines()
        if re.search(r"dagwright_(argo|batch)\b", line)
    ]
    assert named == []


def test_no_tracked_file_holds_a_path_of_a_machine_or_a_registry():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    machine = re.compile(
        r"/(?:work|farm)/(?:main|shared)|/root/|files\.pythonhosted|pypi\.org/simple|proxy\.golang|registry\.npmjs|deb\.debian"
    )
    found = []
    for name in tracked.stdout.split("\0"):
        path = ROOT / name
        if not name or path == Path(__file__).resolve() or not path.is_file():
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {line[:120]}" for line in text.splitlines() if machine.search(line)]
    assert found == []
