"""Every public name of flytekit through the stand-in: it imports, and works or refuses its use with one sentence that names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import interpreters
import pytest

RUNTIME = Path(__file__).parents[3] / "runtime"
CENSUS = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from dagwright.compat import install
install()
from dagwright.compat.unsupported import NotSupportedError, Unsupported
from dagwright.contract.flytekit_names import MODULES, PUBLIC, REFUSED, WORKING, use_of

def refusal_of(use):
    try:
        use()
    except NotSupportedError as refusal:
        return str(refusal)
    return "no refusal"

import flytekit
assert sorted(PUBLIC) == sorted(set(PUBLIC)) and len(PUBLIC) > 80
refused = worked = 0
for name in sorted(PUBLIC):
    exec(f"from flytekit import {name} as found")
    assert found is getattr(flytekit, name), name
    if name in WORKING or name in MODULES or name in ("directory", "file"):
        assert not isinstance(found, Unsupported), name
        worked += 1
        continue
    assert isinstance(found, Unsupported), name
    refused += 1
    if use_of(f"flytekit.{name}") == REFUSED:
        said = refusal_of(lambda: found())
        assert said == f"dagwright does not support flytekit.{name} yet", said
    else:
        said = refusal_of(lambda: found("x", y=1).method())
        assert said == f"dagwright does not support flytekit.{name}(...).method yet", said
for name in sorted(MODULES):
    module = importlib.import_module(f"flytekit.{name}")
    said = refusal_of(lambda: module.some_function())
    if name != "exceptions":
        assert said == f"dagwright does not support flytekit.{name}.some_function yet", said
print(worked, refused)
"""
PLUGINS = """
import sys
sys.path.insert(0, sys.argv[1])
from dagwright.compat import install
install()
from flytekit import Resources, Secret, task
from flytekitplugins.awsbatch import AWSBatchConfig
from flytekitplugins.dask import Dask, Scheduler, WorkerGroup
from flytekitplugins.kfmpi import Launcher, MPIJob, Worker as MPIWorker
from flytekitplugins.kfpytorch import CleanPodPolicy, Elastic, Master, PyTorch, RestartPolicy, RunPolicy, Worker
from flytekitplugins.kftensorflow import PS, Chief, TfJob
from flytekitplugins.pod import Pod
from flytekitplugins.ray import HeadNodeConfig, RayJobConfig, WorkerNodeConfig
from flytekitplugins.slurm import SlurmFunction
from flytekitplugins.spark import Databricks, Spark
from flytekitplugins.snowflake import SnowflakeConfig, SnowflakeTask

configurations = [
    AWSBatchConfig(parameters={"codec": "mp4"}, platformCapabilities="EC2", tags={"a": "b"}),
    Dask(scheduler=Scheduler(limits=Resources(cpu="1")), workers=WorkerGroup(number_of_workers=5)),
    MPIJob(launcher=Launcher(replicas=1), worker=MPIWorker(replicas=3), slots=2),
    Elastic(nnodes="1:2", nproc_per_node=4, max_restarts=3, rdzv_configs={"timeout": 36000}),
    PyTorch(master=Master(restart_policy=RestartPolicy.ALWAYS), worker=Worker(replicas=2), run_policy=RunPolicy(CleanPodPolicy.ALL)),
    TfJob(worker=Worker(replicas=1), ps=PS(replicas=1), chief=Chief(replicas=1)),
    Pod(primary_container_name="main", labels={"a": "b"}),
    RayJobConfig(head_node_config=HeadNodeConfig(), worker_node_config=[WorkerNodeConfig(group_name="g", replicas=2)], ttl_seconds_after_finished=60),
    SlurmFunction(ssh_config={"host": "h"}, sbatch_config={"partition": "p"}),
    Spark(spark_conf={"spark.driver.memory": "1000M"}),
    Databricks(spark_conf={}, databricks_conf={"run_name": "x"}),
    SnowflakeConfig(user="u", account="a", database="d", schema="s", warehouse="w"),
]
for configuration in configurations:
    @task(task_config=configuration, secret_requests=[Secret(group="g", key="k")])
    def train(n: int) -> int:
        return n
query = SnowflakeTask(name="q", query_template="select 1", task_config=configurations[-1], inputs={"n": int})
"""
USES = """
import sys
sys.path.insert(0, sys.argv[1])
from dagwright.compat import install
install()
from dagwright.compat.unsupported import NotSupportedError
from flytekit import LaunchPlan
import flytekit, os

plan = LaunchPlan.get_or_create("x")
refused = 0
for use in (
    "len(plan)", "plan['a']()", "1 in plan", "plan + 1", "1 + plan", "plan >> plan", "plan < 1", "int(plan)", "os.fspath(plan)", "-plan",
    "plan.__setitem__('a', 1)", "list(plan)", "next(plan)", "bool(plan)", "plan()", "plan.x.y()", "range(plan)", "bytes(plan)", "plan & plan",
):
    try:
        eval(use)
    except NotSupportedError as refusal:
        assert str(refusal).startswith("dagwright does not support flytekit.LaunchPlan.get_or_create(...)"), (use, refusal)
        assert str(refusal).endswith(" yet"), (use, refusal)
        refused += 1
    else:
        raise AssertionError(use)

async def awaits():
    await plan
async def enters():
    async with plan:
        pass
async def iterates():
    async for _ in plan:
        pass
for coroutine in (awaits(), enters(), iterates()):
    try:
        coroutine.send(None)
    except NotSupportedError:
        refused += 1
assert refused == 22, refused
assert isinstance(LaunchPlan("a"), LaunchPlan) and not isinstance(3, LaunchPlan) and not isinstance(plan, LaunchPlan)
"""


def output_of(script: str, python: str) -> str:
    done = subprocess.run(
        [python, "-S", "-W", "error", "-c", script, str(RUNTIME)], capture_output=True, text=True, check=False, env={}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
@pytest.mark.parametrize("script", [PLUGINS, USES], ids=["plugins", "uses"])
def test_on_a_bare_python(script: str, python: object) -> None:
    assert output_of(script, python()) == ""


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_every_name_imports_and_works_or_refuses(python: object) -> None:
    worked, refused = map(int, output_of(CENSUS, python()).split())
    assert worked > 15
    assert refused > 40


def test_this_python_too() -> None:
    output_of(CENSUS, sys.executable)
