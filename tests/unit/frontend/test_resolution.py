from __future__ import annotations

from importlib import import_module

import pytest
from frontend_sources import clean, front

from dagwright_compiler.frontend import authoring_modules

DEFINITION = "def t(x: int = 1) -> int:\n    return x\n"


@pytest.mark.parametrize(
    ("imports", "decorator"),
    [
        ("from dagwright import task", "task"),
        ("from flytekit import task", "task"),
        ("from flytekit import task as t0", "t0"),
        ("import flytekit", "flytekit.task"),
        ("import flytekit as fl", "fl.task"),
        ("import dagwright as dw", "dw.task"),
        ("from flytekit.core.task import task", "task"),
        ("import flytekit.core.task as ct", "ct.task"),
        ("import flytekit.core.task", "flytekit.core.task.task"),
        ("from flytekit import *", "task"),
        ("import flytekit\ntask = flytekit.task", "task"),
        ("try:\n    from flytekit import task\nexcept ImportError:\n    from dagwright import task", "task"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flytekit import task", "task"),
        ("from .reexport import step", "step"),
        ("from .reexport import *", "step"),
        ("from . import reexport", "reexport.step"),
        ("import pkg.reexport as r", "r.step"),
        ("import pkg.reexport", "pkg.reexport.step"),
    ],
)
def test_every_import_form_finds_the_decorator(imports: str, decorator: str) -> None:
    flow = f"{imports}\n@{decorator}\n{DEFINITION}"
    result = clean(
        {"pkg/__init__.py": "", "pkg/reexport.py": "from flytekit import task as step\n", "pkg/flow.py": flow}, ["pkg/flow.py"]
    )
    assert result.elaborated.tasks == ("pkg.flow.t",)


def test_tasks_of_other_modules_are_called_under_their_own_names() -> None:
    sources = {
        "flow.py": "from dagwright import workflow\nfrom lib import api\nfrom lib.api import renamed\n"
        "@workflow\ndef main() -> int:\n    return api.renamed(x=renamed(x=1))\n",
        "lib/__init__.py": "",
        "lib/api.py": "from ._impl import work as renamed\n",
        "lib/_impl.py": f"from dagwright import task\n@task\n{DEFINITION.replace('def t', 'def work')}",
    }
    result = clean(sources, ["flow.py"])
    assert [node.task for node in result.workflow().nodes] == ["lib._impl.work", "lib._impl.work"]
    assert list(result.elaborated.library.tasks) == ["lib._impl.work"]
    assert result.elaborated.tasks == ()


@pytest.mark.parametrize("imported", ["from pack.fast import run", "from pack import fast", "import pack.fast"])
@pytest.mark.parametrize("file", ["fast.cpython-311-x86_64-linux-gnu.so", "fast.pyx", "fast.cp312-win_amd64.pyd"])
def test_machine_code_of_the_project_does_not_travel(imported: str, file: str) -> None:
    name = imported.rpartition(".")[2].rpartition(" ")[2]
    result = front({"flow.py": f"{imported}\n", "pack/__init__.py": "", f"pack/{file}": "", "pack/fastest.so": ""}, ["flow.py"])
    [found] = result.found
    assert (found.code.id, found.span.line if found.span else 0) == ("DW202", 1)
    assert found.message.startswith(f"the import of `{'pack.fast' if imported.startswith('import') else name}` fails: ")
    assert f"`pack.fast` is machine code ({file}), and only Python files travel with a task" in found.message
    assert found.help == "let the task's image install it, in a package that is not part of `pack`"


@pytest.mark.parametrize(
    ("source", "code", "message", "help_"),
    [
        (
            "from flytekit import taks\n",
            "DW202",
            "the import of `taks` fails: `flytekit` has no name `taks`",
            "did you mean `task`?",
        ),
        (
            "from lib import hepler\n",
            "DW202",
            "the import of `hepler` fails: `lib` has no name `hepler`",
            "did you mean `helper`?",
        ),
        (
            "from lib.missing import x\n",
            "DW202",
            "the import of `x` fails: the package `lib` of this project has no module `missing`",
            "",
        ),
        (
            "import lib.missing\n",
            "DW202",
            "the import of `lib.missing` fails: the package `lib` of this project has no module `missing`",
            None,
        ),
        (
            "import lib.missing.deep\n",
            "DW202",
            "the import of `lib.missing.deep` fails: the package `lib` of this project has no module `missing`",
            None,
        ),
        (
            "from lib.missing.deep import x\n",
            "DW202",
            "the import of `x` fails: the package `lib` of this project has no module `missing`",
            None,
        ),
        (
            "import loop_a.part\n",
            "DW202",
            "the import of `loop_a.part` fails: `loop_a` is one file of this project, with no modules in it",
            None,
        ),
        ("from .. import x\n", "DW202", "the import of `x` fails: the relative import climbs above the top of the project", None),
        ("from loop_a import x\n", "DW202", None, None),
    ],
)
def test_imports_that_must_fail_are_found_once(source: str, code: str, message: str | None, help_: str | None) -> None:
    name = source.rsplit(maxsplit=1)[-1]
    sources = {
        "flow.py": f"from dagwright import workflow\n{source}@workflow\ndef main() -> None:\n    {name}()\n    {name}()\n",
        "lib/__init__.py": "def helper(): ...\n",
        "loop_a.py": "from loop_b import x\n",
        "loop_b.py": "from loop_a import x\n",
    }
    found = [found for found in front(sources, ["flow.py"]).found if found.span and found.span.path == "flow.py"]
    assert [item.code.id for item in found] == [code]
    assert message is None or found[0].message == message
    assert help_ is None or found[0].help == help_


def test_imports_that_a_task_begins_with_must_find_something() -> None:
    body = (
        "    import lib.missing  # E: DW202\n"
        "    from lib import nothing  # E: DW202\n"
        "    from .lib.gone import y  # E: DW202\n"
        "    from lib import helper\n"
        "    import absent.altogether\n"
        "    try:\n        import lib.optional\n    except ImportError:\n        pass\n"
        "    if x > 3:\n        from lib.windows import z\n"
    )
    sources = {
        "pack/__init__.py": "",
        "pack/flow.py": f"from dagwright import task\n@task\ndef t(x: int) -> int:\n{body}    return helper()\n".replace(
            " lib", " pack.lib"
        ),
        "pack/lib/__init__.py": "def helper(): ...\n",
    }
    found = front(sources, ["pack/flow.py"]).found
    lines = sources["pack/flow.py"].splitlines()
    assert [item.span.line for item in found if item.span] == [n for n, line in enumerate(lines, 1) if "# E: DW202" in line]
    assert {item.code.id for item in found} == {"DW202"}
    assert found[0].message == (
        "the import of `pack.lib.missing` fails when the task runs: the package `pack.lib` of this project has no module `missing`"
    )


def test_a_module_with_getattr_may_have_any_name() -> None:
    sources = {"flow.py": "from lib import anything\n", "lib.py": "def __getattr__(name): ...\n"}
    clean(sources, ["flow.py"])


def test_absent_packages_are_external_and_fine() -> None:
    clean(
        "import torch.nn as nn\nfrom sklearn.linear_model import Ridge\nfrom dagwright import task\n@task\ndef t(m: nn.Module) -> Ridge: ...\n"
    )


def test_a_misspelt_name_gets_a_suggestion() -> None:
    found = front(
        "from dagwright import task, workflow\n@task\ndef resize() -> None: ...\n@workflow\ndef main() -> None:\n    resise()\n"
    ).only
    assert (found.code.id, found.help) == ("DW201", "did you mean `resize`?")


def test_a_missing_import_of_ours_is_named() -> None:
    assert front("@task\ndef t() -> None: ...\n").only.help == "add `from flytekit import task`"


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ("if FLAG:\n    N = 1\nelse:\n    N = 2\n", "it is defined under a condition"),
        ("N = 1\nN = 2\n", "it is defined more than once"),
        ("N = 1\nN += 1\n", "it is changed by `+=` or the like"),
        ("N = [1]\nN.append(2)\n", "it is changed by `.append()`"),
        ("N = {}\nN['a'] = 1\n", "it is changed after its definition"),
        ("for N in range(3):\n    pass\n", "it is set by a loop"),
        ("N = 1\ndef change():\n    global N\n    N = 2\n", "a function declares it `global` and may change it"),
        ("N = 1\ndel N\n", "it is deleted"),
        ("with open('x') as N:\n    pass\n", "it is set by `with`"),
        ("if FLAG:\n    from a import N\nelse:\n    from b import N\n", "it is imported from different places"),
        ("N = [1]\nfor i in range(3):\n    N.append(i)\n", "it is changed by `.append()`"),
        ("N = [1]\nif FLAG:\n    N.append(2)\n", "it is changed by `.append()`"),
        ("N = 1\nif FLAG:\n    del N\n", "it is deleted"),
        ("N = [1]\nLAST = N.pop()\n", "it is changed by `.pop()`"),
        ("N = [1]\n_ = [N.append(i) for i in (1, 2)]\n", "it is changed by `.append()`"),
        ("N = {'a': [1]}\nN['a'].append(2)\n", "it is changed by `.append()`"),
        ("N = 1\nM = (N := 2)\n", "it is set by `:=`"),
        ("N = 1\nif (N := 2):\n    pass\n", "it is set by `:=`"),
        ("N = 1\ntry:\n    pass\nexcept OSError as N:\n    pass\n", "it is defined under a condition"),
        ("N = 1\nmatch FLAG:\n    case {'a': [N, *_]}:\n        pass\n", "it is defined under a condition"),
        ("N = 1\nif __name__ == '__main__':\n    pass\nelse:\n    N = 2\n", "it is defined under a condition"),
    ],
)
def test_a_name_that_may_change_is_no_constant(definition: str, reason: str) -> None:
    source = f"from dagwright import task, workflow\nFLAG = True\n{definition}@task\ndef t(x: int) -> None: ...\n@workflow\ndef main() -> None:\n    t(x=N)\n"
    found = front(source).only
    assert found.code.id == "DW204"
    assert reason in found.message


@pytest.mark.parametrize(
    "change",
    [
        "import conf\nconf.N = [2]\n",
        "import conf\nconf.N.append(2)\n",
        "import conf as c\nc.N[0] = 2\n",
        "from conf import N\nN.append(2)\n",
        "from conf import *\nN.append(2)\n",
        "import again\nagain.N.append(2)\n",
    ],
)
@pytest.mark.parametrize(
    "use", ["import conf\nVALUE = conf.N\n", "from conf import N as VALUE\n", "from conf import *\nVALUE = N\n"]
)
def test_a_constant_that_another_module_changes_is_none(change: str, use: str) -> None:
    flow = f"import hook\nfrom dagwright import task, workflow\n{use}@task\ndef t(x: list) -> None: ...\n@workflow\ndef main() -> None:\n    t(x=VALUE)\n"
    sources = {"flow.py": flow, "conf.py": "N = [1]\n", "again.py": "from conf import N\n", "hook.py": change}
    found = front(sources, files=["flow.py"]).only
    assert found.code.id == "DW204"
    assert "it is changed " in found.message


def _starred(imports: str, **modules: str) -> object:
    """The value of ``N`` in a workflow, below these imports."""
    source = f"from dagwright import task, workflow\n{imports}@task\ndef t(x: int) -> None: ...\n@workflow\ndef main() -> None:\n    t(x=N)\n"
    result = front({"flow.py": source} | {f"{name}.py": text for name, text in modules.items()}, files=["flow.py"])
    if result.found:
        return result.only.code.id
    return dict(result.workflow().nodes[0].bindings)["x"].value  # type: ignore[union-attr]


def test_the_last_star_import_wins() -> None:
    assert _starred("from a import *\nfrom b import *\n", a="N = 1\n", b="N = 2\n") == 2
    assert _starred("from a import *\nfrom b import *\n", a="N = 1\n", b="M = 2\n") == 1
    assert _starred("N = 0\nfrom a import *\n", a="N = 1\n") == 1
    assert _starred("from a import *\nN = 0\n", a="N = 1\n") == 0


def test_star_imports_bind_what_the_module_lists() -> None:
    assert _starred("from a import *\n", a="__all__ = ['M']\nN = 1\n") == "DW201"
    assert _starred("from a import *\nN = _n\n", a="__all__ = ['_n']\n_n = 1\n") == 1
    assert _starred("from a import *\nN = _n\n", a="_n = 1\n") == "DW201"


def test_code_below_the_main_guard_binds_nothing() -> None:
    clean(
        "from dagwright import task\nN = 1\n@task\ndef t(x: int = N) -> int: ...\nif __name__ == '__main__':\n    N = 2\n    t(x=N)\n"
    )


@pytest.mark.parametrize(
    ("line", "reason", "help_"),
    [
        ("from flytekit.types.file import FlyteFil", "`flytekit.types.file` has no name `FlyteFil`", "did you mean `FlyteFile`?"),
        ("from flytekit.types.file import JPGImageFile as J", "`flytekit.types.file` has no name `JPGImageFile`", "did you mean `JPEGImageFile`?"),
        ("from flytekit.types.structured import StructuredDatset", "`flytekit.types.structured` has no name `StructuredDatset`", "did you mean `StructuredDataset`?"),
        ("from flytekit.extras.accelerators import A1000", "`flytekit.extras.accelerators` has no name `A1000`", "did you mean `A100`?"),
        ("from dagwright.testing import task_mok", "`dagwright.testing` has no name `task_mok`", "did you mean `task_mock`?"),
        ("from dagwright.testing import Anything", "`dagwright.testing` has no name `Anything`", ""),
        ("from dagwright.types import File", "`dagwright` has no module `types`", "write `from dagwright import File`"),
        ("from dagwright.testin import patch", "`dagwright` has no module `testin`", "did you mean `testing`?"),
        ("import dagwright.types", "`dagwright` has no module `types`", ""),
        ("import dagwright.values.frames.more", "`dagwright.values` has no module `frames`", ""),
    ],
)  # fmt: skip
def test_a_slip_in_what_we_know_is_reported_at_the_import(line: str, reason: str, help_: str) -> None:
    found = front(f"{line}\n").only
    assert (found.code.id, found.message.partition(": ")[2], str(found.help)) == ("DW202", reason, help_)


@pytest.mark.parametrize(
    "line",
    [
        "from flytekit.types.file import FlyteFile, PDFFile, file",
        "from flytekit.types.structured import StructuredDatasetDecoder",
        "from flytekit.models.literals import Scalar, LiteralMap",
        "from flytekit.core.base_task import IgnoreOutputs, PythonTask, Task, TaskMetadata, TaskResolverMixin",
        "from flytekit.models.task import Container, RuntimeMetadata, Task, TaskTemplate",
        "from flytekit.core.workflow import ImperativeWorkflow, PythonFunctionWorkflow, Workflow, WorkflowBase",
        "from flytekit.core.context_manager import Checkpointer, ExecutionParameters, FlyteContext, SecretsManager",
        "from flytekit.models.security import Identity, Secret, SecurityContext",
        "from flytekit.image_spec.image_spec import ImageBuildEngine, ImageSpec, ImageSpecBuilder",
        "from flytekit.core.cache import Cache, CachePolicy, VersionParameters",
        "from flytekit.core.hash import HashMethod, HashOnReferenceMixin",
        "from flytekit.types.structured.structured_dataset import DF, StructuredDataset, StructuredDatasetEncoder",
        "from flytekit.core.resources import ResourceSpec, Resources",
        "from flytekit.configuration import SecretsConfig, Config, ImageConfig",
        "from flytekit.types.iterator import JSON, iterator",
        "from dagwright.testing import patch, task_mock",
        "from dagwright.accelerators import A100, GPUAccelerator, MultiInstanceGPUAccelerator",
        "from dagwright.values.codec import anything",
        "import dagwright.testing, dagwright.accelerators",
    ],
)
def test_other_names_below_our_packages_are_left_alone(line: str) -> None:
    clean(f"{line}\n")


def test_the_names_of_our_modules_are_those_that_they_have() -> None:
    for module, names in authoring_modules.OURS.items():
        assert names == frozenset(import_module(module).__all__)
