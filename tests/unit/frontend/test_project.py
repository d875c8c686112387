from __future__ import annotations

from pathlib import Path

import pytest
from frontend_sources import clean, front

from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.frontend.elaboration import elaborate
from dagwright_compiler.frontend.project import Project
from dagwright_compiler.frontend.source_tree import find_files

TASK = "from dagwright import task\n@task\ndef t(x: int) -> int:\n    return x\n"


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def test_a_module_is_named_from_the_nearest_folder_without_init(tmp_path: Path) -> None:
    _write(tmp_path, {"src/shop/__init__.py": "", "src/shop/etl/__init__.py": "", "src/shop/etl/load.py": TASK})
    project = Project([tmp_path / "src/shop/etl/load.py"], display_root=tmp_path)
    (module,) = project.requested()
    assert (module.name, module.source.path) == ("shop.etl.load", "src/shop/etl/load.py")


def test_source_roots_name_modules_before_any_other_rule(tmp_path: Path) -> None:
    _write(tmp_path, {"src/shop/load.py": TASK})
    (module,) = Project([tmp_path / "src/shop/load.py"], source_roots=[tmp_path / "src"]).requested()
    assert module.name == "shop.load"
    (plain,) = Project([tmp_path / "src/shop/load.py"]).requested()
    assert plain.name == "load"


def test_the_working_directory_does_not_matter(tmp_path: Path, monkeypatch: object) -> None:
    _write(tmp_path, {"a/b/flow.py": TASK})
    names = {
        next(Project([Path(tmp_path / "a/b/flow.py")]).requested()).name,
        next(Project([tmp_path / "a" / "b" / "flow.py"]).requested()).name,
    }
    assert names == {"flow"}


def test_an_init_file_is_its_package() -> None:
    result = clean({"pkg/__init__.py": TASK, "pkg/sub/__init__.py": TASK})
    assert sorted(result.elaborated.modules) == ["pkg", "pkg.sub"]
    assert result.elaborated.modules["pkg.sub"].bundle_path == "pkg/sub/__init__.py"
    assert result.elaborated.tasks == ("pkg.t", "pkg.sub.t")


def test_imports_of_the_project_are_read_and_named_at_any_depth() -> None:
    sources = {
        "flow.py": TASK + "import os\nfrom pkg import a\ndef f():\n    import pkg.late\n    from helpers import x\n",
        "pkg/__init__.py": "",
        "pkg/a.py": "if True:\n    from . import b\n",
        "pkg/b.py": "def g():\n    import importlib; importlib.import_module('pkg.named')\n",
        "pkg/late.py": "",
        "pkg/named.py": "",
        "pkg/unused.py": "",
        "helpers.py": "x = 1\n",
    }
    modules = clean(sources, ["flow.py"]).elaborated.modules
    assert sorted(modules) == ["flow", "helpers", "pkg", "pkg.a", "pkg.b", "pkg.late", "pkg.named"]
    assert modules["flow"].local_imports == ("helpers", "pkg", "pkg.a", "pkg.late")
    assert modules["pkg.a"].local_imports == ("pkg", "pkg.b")
    assert modules["pkg.b"].local_imports == ("pkg", "pkg.named")
    assert modules["pkg.b"].bundle_path == "pkg/b.py"


def test_folders_without_init_are_packages_too() -> None:
    result = clean({"flow.py": "from steps.train import t\n", "steps/train.py": TASK}, ["flow.py"])
    assert sorted(result.elaborated.modules) == ["flow", "steps.train"]


def test_our_own_names_are_never_files_of_the_project() -> None:
    result = clean({"flow.py": TASK, "dagwright.py": "raise SystemExit\n", "flytekit/__init__.py": "task = None\n"}, ["flow.py"])
    assert result.elaborated.tasks == ("flow.t",)


def test_files_that_are_absent_are_findings(tmp_path: Path) -> None:
    collector = Collector()
    elaborate(Project([tmp_path / "nothing.py"], display_root=tmp_path), collector)
    (found,) = collector.sorted()
    assert (found.code.id, found.message) == ("DW104", "cannot read nothing.py: no such file or directory")


def test_a_file_name_with_a_dot_cannot_be_imported() -> None:
    assert front({"flow.v2.py": TASK}).codes == ["DW105"]


def test_two_files_of_one_module_name_are_a_finding_when_both_define_something() -> None:
    result = front({"a/util.py": TASK, "b/util.py": TASK})
    assert (result.only.code.id, result.only.message) == ("DW106", "`b/util.py` and `a/util.py` are both the module `util`")
    assert front({"a/setup.py": "x = 1\n", "b/setup.py": "x = 2\n"}).codes == []


def test_two_files_of_one_module_name_are_a_finding_when_the_second_is_imported() -> None:
    flow = "from config import N\n"
    sources = {"a/one.py": flow, "a/config.py": "N = 1\n", "b/two.py": flow, "b/config.py": "N = 2\n"}
    assert front(sources, files=["a/one.py", "b/two.py"]).codes == ["DW106"]
    clean({"a/one.py": flow, "a/config.py": "N = 1\n", "b/config.py": "N = 2\n"})  # a script that nobody imports


@pytest.mark.parametrize(
    "statement",
    [
        "plugin = importlib.import_module('pkg.part')",
        "plugin = importlib.import_module('.part', __package__)",
        "plugin = import_module('.part', package='pkg')",
        "plugin = __import__('pkg.part')",
        "__import__('pkg.part')",
        "def load():\n    return importlib.import_module('.part', __name__.rpartition('.')[0])",
        "from pkg.listed import *",
    ],
)
def test_modules_that_code_imports_by_their_names_are_read(statement: str) -> None:
    sources = {
        "pkg/__init__.py": "",
        "pkg/listed/__init__.py": "__all__ = ['deep']\n",
        "pkg/listed/deep.py": "import pkg.part\n",
        "pkg/part.py": "",
        "pkg/flow.py": f"import importlib\n{statement}\n",
    }
    assert "pkg.part" in clean(sources, files=["pkg/flow.py"]).elaborated.modules


def test_folders_are_searched_for_python_files(tmp_path: Path) -> None:
    kept = ["b.py", "pkg/__init__.py", "pkg/a.py"]
    skipped = [".hidden/x.py", "__pycache__/y.py", "env/pyvenv.cfg", "env/z.py", "node_modules/n.py", "data.txt"]
    _write(tmp_path, dict.fromkeys([*kept, *skipped], ""))
    found = find_files([tmp_path, tmp_path / "b.py"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == kept


def test_a_file_elsewhere_never_hides_an_installed_module() -> None:
    sources = {
        "a/flow.py": "import json\nfrom typing import List\nfrom dagwright import task\n@task\ndef t(x: List[int]) -> None: ...\n"
    }
    result = clean({**sources, "b/json.py": "x = 1\n", "b/typing.py": "List = 3\n"})
    assert result.elaborated.modules["flow"].local_imports == ()


def test_a_task_outside_the_import_path_names_the_setting() -> None:
    flow = "from dagwright import workflow\nfrom steps.load import t\n@workflow\ndef main() -> int:\n    return t(x=1)\n"
    found = front({"flows/flow.py": flow, "steps/load.py": TASK}, ["flows/flow.py"]).only
    assert (found.code.id, found.message) == ("DW207", "`steps.load.t` is not found from this file")
    assert found.help == 'its file is in `.`: name that folder in `[tool.dagwright] source_roots = ["."]`'
    fixed = Project.from_sources({"flows/flow.py": flow, "steps/load.py": TASK}, files=["flows/flow.py"], source_roots=["."])
    collector = Collector()
    assert elaborate(fixed, collector).workflows == ("flows.flow.main",)
    assert collector.sorted() == ()
