"""The archive that travels with manifests: deterministic, small, and running on every Python."""

from __future__ import annotations

import ast
import hashlib
import io
import marshal
import subprocess
import sys
import zipfile
from pathlib import Path

import interpreters
import pytest
from pods import RUNTIME, Pods

from dagwright.execution.archive_modules import SOURCES, kept_code, sources_in
from dagwright_compiler.runtime_archive import archive_bytes, archive_digest, build_archive


def test_equal_sources_give_equal_bytes_and_only_what_pods_need(tmp_path: Path) -> None:
    archive = archive_bytes()
    assert build_archive(RUNTIME / "dagwright") == archive
    assert len(archive) < 120_000
    assert max(len(line) - len(line.lstrip(b" ")) for _, data in sources_in(archive) for line in data.splitlines()) < 12
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = opened.namelist()
        contents = b"".join(f"{len(name)}:{name}{len(opened.read(name))}:".encode() + opened.read(name) for name in members)
        assert archive_digest() == hashlib.sha256(contents).hexdigest()
        assert members == sorted(members)
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = [name for name, _ in sources_in(archive)]
        assert names == sorted(names)
        folders = {name.split("/")[1] for name in names if name.count("/") > 1}
        assert folders == {"authoring", "cache", "compat", "contract", "execution", "files", "store", "values"}


def test_sources_lose_docstrings_and_comments_but_no_line(tmp_path: Path) -> None:
    slim = dict(sources_in(archive_bytes()))["dagwright/execution/child.py"].decode()
    full = (RUNTIME / "dagwright/execution/child.py").read_text("utf-8")
    assert '"""' not in slim
    assert "  # " not in slim
    line = next(number for number, text in enumerate(full.splitlines()) if "def become_child(" in text)
    assert slim.splitlines()[line] == "def become_child(work, pipes, ending):"
    assert slim.count("\n") == full.count("\n")


def test_sources_mean_what_they_meant_in_fewer_bytes() -> None:
    for name, data in sources_in(archive_bytes()):
        slim = data.decode()
        full = (RUNTIME / name).read_text("utf-8")
        assert slim.count("\n") == full.count("\n"), name
        assert _code(slim) == _code(full), name


def _code(source: str) -> str:
    """What of a module runs, as text: without docstrings, annotations and what only type checkers read."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
            node.body = [_plain(statement) for statement in node.body]
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse:
            node.body = [ast.Pass()]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [statement for statement in node.body if not _is_text(statement)] or [ast.Pass()]
    return ast.unparse(tree)


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    )


def _plain(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.copy_location(ast.Assign([statement.target], statement.value, lineno=statement.lineno), statement)
    return statement


def test_what_is_left_out_is_imported_by_nothing_that_runs() -> None:
    inside = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name, _ in sources_in(archive_bytes())}
    inside.update(("dagwright", "dagwright.execution.archive_main", "dagwright.execution.archive_modules"))
    for name, data in sources_in(archive_bytes()):
        for node in ast.walk(ast.parse(data)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert not node.level
                modules = [node.module or ""]
            assert all(module in inside for module in modules if module.split(".")[0] == "dagwright"), (name, modules)


def test_the_archive_holds_what_python_itself_must_find_beside_the_sources() -> None:
    with zipfile.ZipFile(io.BytesIO(archive_bytes())) as opened:
        plain = [name for name in opened.namelist() if not name.startswith("dagwright/compat/spawned/")]
    assert plain == ["__main__.py", SOURCES, "dagwright/__init__.py"]


def test_another_pythons_archive_has_the_same_contents(tmp_path: Path) -> None:
    newest = interpreters.newest()
    script = "import pathlib, runpy, sys; m = runpy.run_path(sys.argv[1]); print(m['build_archive'](pathlib.Path(sys.argv[2]))[-64:].decode())"
    module = RUNTIME.parent / "compiler/dagwright_compiler/runtime_archive.py"
    shown = subprocess.run(
        [newest, "-c", script, str(module), str(RUNTIME / "dagwright")], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == archive_digest()


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_the_archive_runs_an_attempt_on_the_oldest_and_the_newest_python(tmp_path: Path, which: str) -> None:
    source = """
from __future__ import annotations
from dataclasses import dataclass
import multiprocessing
from dataclasses_json import dataclass_json
from dagwright.accelerators import A100
from dagwright.testing import patch
from flytekit.core.task import task
from flytekit.extras.accelerators import T4
from flytekit.testing import task_mock
@dataclass_json
@dataclass
class Point:
    x: float
    label: str = "p"
def square(x: float) -> float:
    from dagwright.contract.names import SCHEMA
    return x * x * SCHEMA
@task
def t(p: Point) -> Point:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return Point(pool.map(square, [p.x])[0])
@task
def boom() -> int:
    raise ValueError("bad")
"""
    pods = Pods(tmp_path, source, python=getattr(interpreters, which)())
    fields = [{"name": "x", "type": "float"}, {"name": "label", "type": "str", "default": "p", "has_default": True}]
    pods.classes["flow.Point"] = {"kind": "dataclass", "module": "flow", "qualname": "Point", "fields": fields}
    pods.task("t", {"p": ("class[flow.Point]", {"x": 3, "label": "q"})}, "class[flow.Point]", timeout_s=20)
    pods.task("boom", {}, "int")
    archive = tmp_path / "dagwright.pyz"
    archive.write_bytes(archive_bytes())
    env = pods.env(PYTHONPATH="", PYTHONWARNINGS="")

    def attempt(unit: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([pods.python, str(archive), unit], env=env, capture_output=True, text=True, check=False)

    done = attempt("t")
    assert done.returncode == 0, done.stderr
    assert pods.output("t") == {"x": 9.0, "label": "p"}
    failed = attempt("boom")
    assert failed.returncode == 80
    assert "dagwright.pyz" not in failed.stderr
    assert failed.stderr.endswith("ValueError: bad\n")


def test_the_archives_own_modules_show_their_source_in_tracebacks(tmp_path: Path) -> None:
    archive = tmp_path / "dagwright.pyz"
    archive.write_bytes(archive_bytes())
    code = """
import runpy, sys, traceback
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1], run_name="x")
from dagwright.execution.plan_view import read_plan
try:
    read_plan("/nowhere")
except Exception:
    traceback.print_exc()
"""
    shown = subprocess.run([sys.executable, "-c", code, str(archive)], capture_output=True, text=True, check=False)
    assert "dagwright/execution/plan_view.py" in shown.stderr
    assert "raise fatal(" in shown.stderr


def test_code_is_kept_for_other_processes_where_a_folder_was_made_for_it(tmp_path: Path) -> None:
    archive = tmp_path / "dagwright.pyz"
    archive.write_bytes(archive_bytes())
    code = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1], run_name="x")
from dagwright.contract import exits
print(exits.SUCCEEDED, exits.__file__)
"""

    def shown() -> str:
        return subprocess.run([sys.executable, "-c", code, str(archive)], capture_output=True, text=True, check=True).stdout

    expected = f"0 {archive}/dagwright/contract/exits.py\n"
    assert shown() == expected
    assert list(tmp_path.iterdir()) == [archive]
    kept = Path(kept_code(str(archive)))
    kept.mkdir()
    assert shown() == expected
    whole = {path.name: path.read_bytes() for path in kept.iterdir()}
    assert "dagwright.contract.exits.py" in whole
    assert {name for name in whole if not name.endswith(".py")} == set()
    (kept / "dagwright.contract.exits.py").write_bytes(
        marshal.dumps(compile("SUCCEEDED = 7", f"{archive}/dagwright/contract/exits.py", "exec"))
    )
    assert shown() == expected.replace("0", "7", 1)
