"""The stand-in for flytekit, each case in a fresh interpreter because it changes how imports work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import interpreters
import pytest

RUNTIME = Path(__file__).parents[3] / "runtime"


def run(
    code: str, *, python: str = sys.executable, path: tuple[Path, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    environment["PYTHONPATH"] = os.pathsep.join(map(str, (*path, RUNTIME)))
    command = [python, "-S", "-c", "from dagwright.compat import install\ninstall()\ninstall()\n" + code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def passes(code: str, **options: object) -> None:
    done = run(code, **options)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def real_flytekit(tmp_path: Path) -> Path:
    (tmp_path / "flytekit" / "deep").mkdir(parents=True)
    (tmp_path / "flytekit" / "__init__.py").write_text("REAL = True\ndef task(f): return f\n")
    (tmp_path / "flytekit" / "deep" / "__init__.py").write_text("HERE = 1\n")
    (tmp_path / "dataclasses_json.py").write_text("REAL = True\n")
    return tmp_path


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
@pytest.mark.parametrize(
    "code",
    [
        "from flytekit import task, workflow, map_task, Resources, Cache",
        "import flytekit as fl; fl.task; fl.workflow; fl.Resources(cpu='1')",
        "from flytekit.core.task import task; from flytekit import task as same; assert task is same",
        "import flytekit; assert flytekit.core.workflow.workflow is flytekit.workflow",
        "from flytekit.core.array_node_map_task import map_task; from flytekit.core.resources import Resources",
        "import flytekit.core.cache as cache; cache.Cache(version='1')",
        "from flytekit.core import workflow as module; from flytekit.future.place import workflow; assert module.workflow is workflow",
        "from flytekit import *; task, workflow, map_task, Resources, Cache",
        "from flytekit import Secret, PodTemplate, ImageSpec, Deck, current_context; Secret(group='g', mount_requirement=Secret.MountType.FILE)",
        "from flytekit import ImageSpec as I; a = I(name='x', packages=['p']).with_packages('q'); assert a.packages == ['p', 'q'] and a.is_container()",
        "from flytekit.core.pod_template import PodTemplate; from flytekit.models.security import Secret; from flytekit.image_spec import ImageSpec",
        "from flytekit.extras.accelerators import T4, A100, GPUAccelerator; assert A100.partition_1g_5gb.partition_size == '1g.5gb'",
        "from flytekit.extras import accelerators; assert accelerators.A100.unpartitioned.partition_size == '' and accelerators.T4.device",
        "from flytekitplugins.kfpytorch import PyTorch, Worker, CleanPodPolicy; PyTorch(worker=Worker(replicas=1), policy=CleanPodPolicy.ALL)",
        "from kubernetes.client import V1PodSpec, V1Container; assert V1PodSpec(containers=[V1Container(name='x')]).containers[0].name == 'x'",
        "from kubernetes.client.models import V1Volume; from kubernetes import client; import kubernetes as k; k.client.V1Volume(name='a')",
        "import dagwright, flytekit; assert flytekit.task is dagwright.task and flytekit.map_task is dagwright.map_task",
        "import flytekit; from dagwright.contract.flytekit_names import *; [getattr(flytekit, name) for name in PUBLIC | MODULES]",
        "from flytekit import *; from dagwright.contract.flytekit_names import PUBLIC; assert all(name in globals() for name in PUBLIC)",
        "from flytekit import directory, file; assert file.FlyteFile and directory.FlyteDirectory.__name__ == 'Directory'",
        "from flytekitplugins.auto_cache import CacheFunctionBody; from flytekit import Cache; Cache(policies=[CacheFunctionBody()])",
    ],
)
def test_names_that_work_come_under_every_import_form(code: str, python: object) -> None:
    passes(code, python=python())


@pytest.mark.parametrize("module", ["flytekit", "flytekit.exceptions.user"])
def test_the_recoverable_error_is_ours(module: str) -> None:
    passes(f"from {module} import FlyteRecoverableException as E; import dagwright; assert E is dagwright.RecoverableError")
    passes(f"import flytekit, dagwright; assert {module}.FlyteRecoverableException is dagwright.RecoverableError")


def test_other_exceptions_can_be_raised_caught_and_derived_from() -> None:
    passes(
        "from flytekit.exceptions.user import FlyteUserException\n"
        "import flytekit.exceptions.user as user\n"
        "class Mine(FlyteUserException): pass\n"
        "try: raise Mine('x')\n"
        "except user.FlyteUserException as error: assert str(error) == 'x'\n"
    )


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_other_names_import_and_stand_in_annotations(python: object) -> None:
    passes(
        "from typing import List, Optional\n"
        "import flytekit.extras.accelerators\n"
        "from flytekit.types.file import FlyteFile\n"
        "from flytekitplugins.kfpytorch import PyTorch\n"
        "from flytekit import dynamic, current_context, reference_task as Image\n"
        "accelerator = flytekit.extras.accelerators.T4\n"
        "def f(a: FlyteFile, b: Optional[FlyteFile], c: FlyteFile['csv'], d: List[FlyteFile]) -> PyTorch: ...\n"
        "assert repr(Image) == '<flytekit.reference_task: not supported by dagwright yet>'",
        python=python(),
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("from flytekit import dynamic\n@dynamic\ndef f(): pass", "flytekit.dynamic"),
        ("import flytekit\nflytekit.conditional('x')", "flytekit.conditional"),
        (
            "import flytekit\nflytekit.FlyteContextManager.current_context().x()",
            "flytekit.FlyteContextManager.current_context(...).x",
        ),
        ("from flytekitplugins.spark import Spark\nSpark()()", "flytekitplugins.spark.Spark(...)"),
        ("from flytekitplugins.spark import new_session\nnew_session()", "flytekitplugins.spark.new_session"),
        ("from flytekit import PythonInstanceTask\nclass Mine(PythonInstanceTask): pass", "flytekit.PythonInstanceTask"),
        ("from flytekit.tools import translator\ntranslator.run('x')", "flytekit.tools.translator.run"),
        ("from flytekit import timeit\nwith timeit: pass", "flytekit.timeit"),
        ("from flytekit import FLAG\nif FLAG: pass", "flytekit.FLAG"),
        ("from flytekit import ITEMS\nlist(ITEMS)", "flytekit.ITEMS"),
    ],
)
def test_using_another_name_is_one_clear_sentence(code: str, name: str) -> None:
    done = run(code)
    assert (
        done.stderr.splitlines()[-1] == f"dagwright.compat.unsupported.NotSupportedError: dagwright does not support {name} yet"
    )


def test_it_stands_in_also_where_flytekit_is_installed(real_flytekit: Path) -> None:
    passes("import flytekit, dagwright; assert flytekit.task is dagwright.task", path=(real_flytekit,))


def test_a_setting_leaves_flytekit_to_the_real_one(real_flytekit: Path) -> None:
    passes("import flytekit; assert flytekit.REAL", path=(real_flytekit,), DAGWRIGHT_FLYTEKIT="installed")
    done = run("import flytekit", DAGWRIGHT_FLYTEKIT="installed")
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'flytekit'"


def test_a_real_flytekit_that_was_imported_before_keeps_its_modules(real_flytekit: Path) -> None:
    code = "import sys; sys.meta_path.pop(0); sys.path.pop(0); import flytekit; import dagwright.compat as c; c.install(); import flytekit.deep; assert flytekit.deep.HERE == 1"
    passes(code, path=(real_flytekit,))


def test_dataclasses_json_is_ours_only_where_it_is_absent(real_flytekit: Path) -> None:
    passes("import dataclasses_json; assert dataclasses_json.REAL", path=(real_flytekit,))
    passes(
        "from dataclasses_json import dataclass_json, DataClassJsonMixin; import dataclasses_json.api as api; assert api.dataclass_json is dataclass_json"
    )


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_processes_that_get_the_search_path_alone_find_the_same(python: object, real_flytekit: Path) -> None:
    path = "import subprocess, sys; run = lambda code: subprocess.run([sys.executable, '-S', '-c', f'import sys; sys.path[:] = {sys.path!r}; {code}'], check=True); "
    passes(
        path + "run('import flytekit, dagwright; assert flytekit.task is dagwright.task')", python=python(), path=(real_flytekit,)
    )
    passes(
        path + "run('import flytekit.core.workflow as w, dagwright; assert w.workflow is dagwright.workflow')", python=python()
    )
    passes(path + "run('from flytekitplugins.spark import Spark')", python=python())
    passes(path + "run('import dataclasses_json; assert dataclasses_json.REAL')", python=python(), path=(real_flytekit,))
    passes(
        path
        + "run('import dataclasses_json.api as api; import dataclasses_json as d; assert api.dataclass_json is d.dataclass_json')"
    )


def test_other_absent_modules_stay_absent() -> None:
    done = run("import flytekitten")
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'flytekitten'"
