"""The compiler and the stand-in for flytekit agree on what may be called while a module is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest
from frontend_sources import clean, front

from dagwright.compat.flytekit_module import _HOMES
from dagwright.contract.flytekit_names import FUNCTIONS, WORKING
from dagwright_compiler.frontend.names import SUPPORTED

CALLS = [
    "from flytekit.extras.sqlite3.task import SQLite3Task as S\nx = S(name='q')",
    "import flytekit\nx = flytekit.ContainerTask(name='c', image='i', command=['ls'])",
    "from flytekit import LaunchPlan\nx = LaunchPlan.get_or_create(None, 'n')",
    "from flytekit.remote import FlyteRemote\nfrom flytekit.configuration import Config\nx = FlyteRemote(config=Config.auto())",
    "import flytekit as fl\nx = fl.kwtypes(a=int)['a']",
    "from flytekit.extend import TypeEngine\nTypeEngine.register(3)",
    "from flytekit.types.structured import register_csv_handlers\nregister_csv_handlers()",
    "from flytekit.extend import TypeTransformer\nclass T(TypeTransformer[int]):\n    def __init__(self):\n        super().__init__('t', t=int)\nx = T()",
    "from flytekit.exceptions.user import FlyteUserException\nclass E(FlyteUserException): pass\nx = E('text')",
    "from flytekitplugins.spark import Spark, new_spark_session\nx = Spark(spark_conf={})",
    "from flytekitplugins.spark import new_spark_session\nx = new_spark_session('s')",
    "from flytekitplugins.wandb import wandb_init\n@wandb_init(project='p')\ndef f(): pass",
    "from flytekitplugins.wandb import wandb_init\ndef f(): return wandb_init()",
    "from flytekitplugins.wandb import wandb_init\nif True:\n    wandb_init()",
    "from flytekitplugins.flyteinteractive import vscode\n@vscode\ndef f(): pass",
    "from flytekitplugins.flyteinteractive import vscode\ndef f():\n    @vscode\n    def g(): pass",
    "from flytekit import *\nx = conditional('c')",
    "from flytekit import *\nx = SQLTask(name='q')",
    "from flytekit.core.utils import ClassDecorator\nclass D(ClassDecorator): pass",
    "from flytekit.remote import FlyteRemote\nx = FlyteRemote().fetch_task()",
    "from flytekit import current_context\nx = current_context()",
    "from flytekit import logger\nlogger.info('x')",
    "from flytekit.remote import FlyteRemote\nx = FlyteRemote()\nx.fetch_task()",
    "from flytekit import task\nfrom flytekit.testing import patch\n@task\ndef f() -> int: return 1\n@patch(f)\ndef test_f(mock): pass",
    "import flytekit\n@flytekit.task\ndef f() -> int: return 1\nwith flytekit.testing.task_mock(f) as mock: mock.return_value = 2",
    "from flytekit import testing\ndef f():\n    testing.task_mock(f)",
    "from flytekit import ImageSpec\nx = ImageSpec(name='a')\ny = x.with_packages(['b'])",
]
FLOW = "\nfrom dagwright import task, workflow\n@task\ndef t(n: int) -> int:\n    return n\n@workflow\ndef w(n: int) -> int:\n    return t(n=n)\n"


@pytest.mark.parametrize("source", CALLS, ids=lambda source: source.splitlines()[-1][:40])
def test_what_the_import_fails_at_is_an_error_and_nothing_else_is(source: str) -> None:
    code = f"from dagwright.compat import install\ninstall()\n{source}"
    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    errors = [found for found in front(source + FLOW).found if found.is_error]
    assert bool(errors) == (imported.returncode != 0), (errors, imported.stderr)


def test_modules_that_are_imported_are_looked_at_too() -> None:
    other = "from flytekitplugins.wandb import wandb_init\nwandb_init()\n"
    found = front({"flow.py": "import other\n" + FLOW, "other.py": other}, ["flow.py"]).found
    assert [(one.code.id, one.span.path, one.span.line) for one in found if one.span] == [("DW206", "other.py", 2)]


def test_the_names_that_work_are_known_to_both() -> None:
    assert set(_HOMES) == WORKING


def test_the_functions_that_work_are_known_to_both() -> None:
    assert {name for name in _HOMES if name[0].islower()} <= SUPPORTED | FUNCTIONS | {"logger"}
    assert clean({"flow.py": "from flytekit import kwtypes\ncolumns = kwtypes(a=int)\n" + FLOW}, ["flow.py"])
