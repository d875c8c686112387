"""All keywords of flytekit, each in the forms of value that people write: what it says, or the code of its refusal.

Nothing is ignored without a word: a value that leaves the policy as it is says the same as no keyword, or stands for something that is no policy.
"""

from __future__ import annotations

from typing import Any

import pytest
from frontend_sources import front

from dagwright_compiler.frontend.known_calls import PARAMETERS
from dagwright_compiler.ir.program import Accelerator, Cache, Plugin, PodTemplate, Policy, Resources, Secret

OF_TASKS = [
    "accelerator",
    "annotations",
    "cache",
    "cache_ignore_input_vars",
    "cache_serialize",
    "cache_version",
    "container_image",
    "deck_fields",
    "deprecated",
    "disable_deck",
    "docs",
    "enable_deck",
    "environment",
    "execution_mode",
    "interruptible",
    "labels",
    "limits",
    "node_dependency_hints",
    "pickle_untyped",
    "pod_template",
    "pod_template_name",
    "requests",
    "resources",
    "retries",
    "secret_requests",
    "shared_memory",
    "task_config",
    "task_resolver",
    "timeout",
]
"""Keywords of ``flytekit.task`` (1.16)."""
OF_WORKFLOWS = ["default_options", "docs", "failure_policy", "interruptible", "on_failure", "pickle_untyped"]
OF_CALLS = [
    "accelerator",
    "aliases",
    "cache",
    "container_image",
    "interruptible",
    "limits",
    "name",
    "node_name",
    "pod_template",
    "requests",
    "resources",
    "retries",
    "shared_memory",
    "task_config",
    "timeout",
]
"""Of ``with_overrides``."""
NO_POLICY = {"aliases", "deck_fields", "deprecated", "docs", "execution_mode", "failure_policy", "on_failure", "pickle_untyped"}
"""They speak to flytekit's console, or say what is so anyway."""
ABSENT = {"None", "False", "0", "[]", "EMPTY"}
"""They say the same as no keyword."""

HEAD = """\
from datetime import timedelta
from enum import Enum
from flytekit import (
    Cache, Annotations, DeckField, Description, Documentation, ImageSpec, Labels, Options, PodTemplate, PythonFunctionTask, Resources, Secret,
    SourceCode, WorkflowFailurePolicy, task, workflow,
)
from flytekit.extras import accelerators
from flytekit.extras.accelerators import A100, H200, L40S, T4, V5E, GPUAccelerator
from flytekitplugins.auto_cache import CacheFunctionBody
from flytekitplugins.awsbatch import AWSBatchConfig
from flytekitplugins.kfpytorch import CleanPodPolicy, Elastic, PyTorch, RunPolicy, Worker
from flytekitplugins.spark import Spark
from kubernetes.client import V1Container, V1PodSpec
from settings import SHARED

IMAGE = "ghcr.io/acme/train:1"
EMPTY: dict = {}
ENV = {"A": "b"}
N = 3
HOUR = timedelta(hours=1)


class Stage(str, Enum):
    ONE = "v1"


class Plain(Enum):
    ONE = "v1"


"""
SETTINGS = "from flytekit import Resources\nSHARED = Resources(cpu='2')\n"
A, AB = (("A", "b"),), (("A", "b"), ("C", "d"))
ONE = Resources(cpu="1")


def _plugin(name: str, arguments: str) -> dict[str, Any]:
    return {"plugin": Plugin(name=f"flytekitplugins.{name}", arguments=arguments)}


def _cached(**fields: Any) -> dict[str, Any]:
    return {"cache": Cache(**{"version": "1", **fields})}


def _secret(**fields: Any) -> dict[str, Any]:
    return {"secrets": (Secret(**{"group": "g", "key": "k", **fields}),)}


TABLE: dict[str, dict[str, dict[str, Any] | str]] = {
    "cache": {
        "True": "DW508",
        "False": {},
        "None": {},
        '"auto"': _cached(version="02d0f0a1b4a9d5a9"),
        '"override"': "DW503",
        "1": "DW503",
        'Cache(version="1")': _cached(),
        "Cache(version=Stage.ONE)": _cached(version="v1"),
        "Cache(version=Plain.ONE)": "DW503",
        'Cache(version=f"v{N}")': _cached(version="v3"),
        'Cache("1", True, ("x",))': _cached(serialize=True, ignore=("x",)),
        'Cache(version="1", serialize=True, ignored_inputs=["x"])': _cached(serialize=True, ignore=("x",)),
        'Cache(version="1", ignored_inputs="x", salt="s")': _cached(ignore=("x",)),
        'Cache(version="1", ignored_inputs=("y",))': "DW509",
        "Cache(policies=[CacheFunctionBody()])": _cached(version="02d0f0a1b4a9d5a9"),
        'Cache(salt="s", policies=CacheFunctionBody())': _cached(version="s"),
        'Cache(version="1", policies=[CacheFunctionBody()])': _cached(),
        "Cache(serialize=True)": "DW508",
        "Cache(policies=[])": "DW508",
        'Cache(version="")': "DW508",
        "Cache(version=1)": "DW503",
        'Cache(version="1", serialize="yes")': "DW503",
        'Cache(policies=["body"])': "DW503",
        'Cache(version="1", policy=1)': "DW501",
    },
    "cache_version": {
        '"1", cache=True': _cached(),
        "Stage.ONE, cache=True": _cached(version="v1"),
        "1, cache=True": "DW503",
        '"1"': "DW509",
    },
    "cache_serialize": {
        'True, cache=True, cache_version="1"': _cached(serialize=True),
        'None, cache=True, cache_version="1"': _cached(),
        '1, cache=True, cache_version="1"': "DW503",
        'True, cache=Cache(version="1")': "DW509",
        "True": "DW509",
    },
    "cache_ignore_input_vars": {
        '("x",), cache=True, cache_version="1"': _cached(ignore=("x",)),
        '"x", cache=True, cache_version="1"': _cached(ignore=("x",)),
        '("y",), cache=True, cache_version="1"': "DW509",
        '("x",), cache=Cache(version="1")': "DW509",
        '3, cache=True, cache_version="1"': "DW503",
    },
    "retries": {
        "0": {},
        "N": {"retries": 3},
        "None": {},
        "11": "DW506",
        "-1": "DW506",
        "True": "DW503",
        '"3"': "DW503",
        "1.0": "DW503",
    },
    "timeout": {
        "0": {},
        "None": {},
        "N * 60": {"timeout_s": 180},
        "HOUR / 2": {"timeout_s": 1800},
        "HOUR + timedelta(minutes=1)": {"timeout_s": 3660},
        "timedelta(milliseconds=1500)": {"timeout_s": 1.5},
        "timedelta(0)": "DW507",
        "-1": "DW507",
        "1.5": "DW503",
        '"60"': "DW503",
    },
    "interruptible": {"True": {"interruptible": True}, "None": {}, "1": "DW503"},
    "deprecated": {'"old"': {}, '""': {}, "None": {}, "True": "DW503"},
    "docs": {
        'Documentation("x")': {},
        'Documentation(short_description="x", long_description=Description(value="y"), source_code=SourceCode(link="z"))': {},
        'Documentation(text="x")': "DW501",
        '"x"': "DW503",
    },
    "deck_fields": {"(DeckField.INPUT, DeckField.OUTPUT)": {}, "()": {}, '("Input",)': "DW503"},
    "execution_mode": {
        "PythonFunctionTask.ExecutionBehavior.DEFAULT": {},
        "PythonFunctionTask.ExecutionBehavior.DYNAMIC": "DW502",
        "PythonFunctionTask.ExecutionBehavior.EAGER": "DW502",
        "1": "DW503",
    },
    "pickle_untyped": {"False": {}, "True": "DW502", "1": "DW503"},
    "node_dependency_hints": {"[]": "DW502"},
    "task_resolver": {"None": "DW502"},
    "enable_deck": {"True": {"deck": True}, "False": {}, "1": "DW503"},
    "disable_deck": {
        "False": {"deck": True},
        "False, enable_deck=None": {"deck": True},
        "False, enable_deck=True": "DW503",
        "None": {},
        "1": "DW503",
    },
    "container_image": {
        "IMAGE": {"image": "ghcr.io/acme/train:1"},
        'f"ghcr.io/acme/train:{N}"': {"image": "ghcr.io/acme/train:3"},
        'IMAGE.replace(":1", ":2")': {"image": "ghcr.io/acme/train:2"},
        '"{{.image.trainer.fqn}}"': "DW511",
        '"{{.images.trainer.fqn}}:{{.images.trainer.version}}"': "DW511",
        '"{{.image}}"': "DW503",
        '""': "DW503",
        "3": "DW503",
        "ImageSpec(python_version=3.11)": "DW503",
        'ImageSpec(requirements="requirements.txt")': "DW503",
        'ImageSpec(runtime_packages=["x"])': "DW502",
        'ImageSpec(nam="x")': "DW501",
        'open("image").read()': "DW410",
    },
    "environment": {
        "ENV": {"environment": A},
        '{**ENV, "C": "d"}': {"environment": AB},
        'ENV | {"C": "d"}': {"environment": AB},
        'dict(A="b")': {"environment": A},
        '{"A": str(N)}': {"environment": (("A", "3"),)},
        '{"A": Stage.ONE}': {"environment": (("A", "v1"),)},
        "EMPTY": {},
        "None": {},
        '{"A": 1}': "DW503",
        '{"A": Plain.ONE}': "DW503",
        '[("A", "b")]': "DW503",
        '{"": "b"}': "DW503",
        '{"A=": "b"}': "DW503",
    },
    "requests": {
        'Resources(cpu="1")': {"requests": ONE},
        'Resources("1")': {"requests": ONE},
        "Resources(cpu=1)": {"requests": ONE},
        'Resources(**{"cpu": "1"})': {"requests": ONE},
        "Resources(cpu=0.5)": {"requests": Resources(cpu="0.5")},
        'Resources(mem=f"{N}Gi", gpu=1, ephemeral_storage="1Gi")': {
            "requests": Resources(mem="3Gi", gpu="1", ephemeral_storage="1Gi")
        },
        "SHARED": {"requests": Resources(cpu="2")},
        "None": {},
        'Resources(cpu=("1", "2"))': "DW503",
        'Resources(mem="1GB")': "DW504",
        'Resources(mem="")': "DW504",
        'Resources(gpu="0.5")': "DW504",
        'Resources(storage="1Gi")': "DW501",
        '{"cpu": "1"}': "DW503",
    },
    "limits": {
        'Resources(cpu="1")': {"limits": ONE},
        'Resources(cpu="1"), requests=Resources(cpu="1")': {"limits": ONE, "requests": ONE},
        'Resources(cpu="1"), requests=Resources(cpu="2")': "DW505",
        'Resources(gpu="2"), requests=Resources(gpu="1")': "DW510",
        "None": {},
        '"1"': "DW503",
    },
    "resources": {
        'Resources(cpu="1")': {"requests": ONE},
        'Resources(cpu=("1", "2"), mem="1Gi")': {"requests": Resources(cpu="1", mem="1Gi"), "limits": Resources(cpu="2")},
        "Resources(cpu=[1, 2])": {"requests": ONE, "limits": Resources(cpu="2")},
        'None, requests=Resources(cpu="1")': {"requests": ONE},
        'Resources(cpu="1"), requests=Resources(cpu="1")': "DW503",
        'Resources(cpu=("1", "2", "3"))': "DW503",
        'Resources(cpu=("2", "1"))': "DW505",
    },
    "secret_requests": {
        '[Secret("g", "k")]': _secret(),
        'Secret(group="g", key="k")': _secret(),
        '(Secret(key="k"),)': _secret(group=""),
        '[Secret(group="g")]': _secret(key=None),
        '[Secret("g", "k", "1", Secret.MountType.FILE)]': _secret(version="1", mount="file"),
        '[Secret("g", "k", mount_requirement=Secret.MountType.ENV_VAR, env_var="T")]': _secret(mount="env", env_var="T"),
        '[Secret("g", key) for key in ("k",)]': _secret(),
        "[]": {},
        "None": {},
        '["k"]': "DW503",
        '"k"': "DW503",
        "[Secret()]": "DW503",
        '[Secret("g", "k", mount_requirement="env")]': "DW503",
        '[Secret("g", "k", env_var="a b")]': "DW503",
        '[Secret(name="k")]': "DW501",
    },
    "pod_template": {
        'PodTemplate(labels=ENV, annotations={"c": "d"})': {"pod_template": PodTemplate(labels=A, annotations=(("c", "d"),))},
        'PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="main")]), primary_container_name="main")': {
            "pod_template": PodTemplate(primary_container="main", pod_spec='{"containers":[{"name":"main"}]}')
        },
        "None": {},
        "V1PodSpec(containers=[])": "DW503",
        "PodTemplate(spec=1)": "DW501",
    },
    "pod_template_name": {'"gpu"': {"pod_template_name": "gpu"}, "None": {}, '""': "DW503", "3": "DW503"},
    "accelerator": {
        "T4": {"accelerator": Accelerator(device="nvidia-tesla-t4")},
        "L40S": {"accelerator": Accelerator(device="nvidia-l40s")},
        "accelerators.H200": {"accelerator": Accelerator(device="nvidia-h200")},
        "A100.partition_1g_5gb": {"accelerator": Accelerator(device="nvidia-tesla-a100", partition="1g.5gb")},
        "A100.unpartitioned": {"accelerator": Accelerator(device="nvidia-tesla-a100", partition="")},
        'A100.partitioned("2g.10gb")': {"accelerator": Accelerator(device="nvidia-tesla-a100", partition="2g.10gb")},
        'GPUAccelerator("mine")': {"accelerator": Accelerator(device="mine")},
        "None": {},
        '"T4"': "DW503",
        "V5E": "DW206",
        "V5E.slice_2x2": "DW206",
    },
    "shared_memory": {
        "True": {"shared_memory": ""},
        '"2Gi"': {"shared_memory": "2Gi"},
        "False": {},
        "None": {},
        '"2GB"': "DW504",
        "2": "DW503",
    },
    "task_config": {
        "Elastic(nnodes=2, nproc_per_node=4)": _plugin("kfpytorch.Elastic", '{"nnodes":2,"nproc_per_node":4}'),
        "PyTorch(worker=Worker(replicas=2))": _plugin(
            "kfpytorch.PyTorch",
            '{"worker":{"$call":{"arguments":{"replicas":2},"name":"flytekitplugins.kfpytorch.Worker"}}}',
        ),
        "PyTorch(run_policy=RunPolicy(clean_pod_policy=CleanPodPolicy.ALL))": _plugin(
            "kfpytorch.PyTorch",
            '{"run_policy":{"$call":{"arguments":{"clean_pod_policy":{"$call":{"arguments":{},"name":"flytekitplugins.kfpytorch.CleanPodPolicy.ALL"}}},'
            '"name":"flytekitplugins.kfpytorch.RunPolicy"}}}',
        ),
        'Spark(spark_conf={"spark.executor.instances": "2"})': _plugin(
            "spark.Spark", '{"spark_conf":{"spark.executor.instances":"2"}}'
        ),
        'AWSBatchConfig(platformCapabilities="EC2")': _plugin("awsbatch.AWSBatchConfig", '{"platformCapabilities":"EC2"}'),
        "None": {},
        "ENV": "DW503",
        "object()": "DW410",
    },
    "labels": {
        "ENV": {"labels": A},
        "EMPTY": {},
        "None": {},
        '{"A": 1}': "DW503",
        'Labels({"A": "b"})': "DW206",
        '["A"]': "DW503",
    },
    "annotations": {
        '{**ENV, "C": "d"}': {"annotations": AB},
        '{"A": True}': "DW503",
        'Annotations({"A": "b"})': "DW206",
    },
    "failure_policy": {
        "WorkflowFailurePolicy.FAIL_IMMEDIATELY": {},
        "WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE": {},
        "WorkflowFailurePolicy.FAIL_LATER": "DW410",
        "1": "DW503",
    },
    "on_failure": {"double": {}, "None": {}, "double(x=1)": "DW503", "nowhere": "DW201", "1": "DW503", "ENV": "DW503"},
    "default_options": {"Options()": "DW502"},
    "aliases": {'{"o0": "model"}': {}, '{"o0": 1}': "DW503"},
    "name": {'"other"': {}, "3": "DW415"},
    "node_name": {'"other"': {}, "3": "DW415"},
}
"""By keyword: values, each with the fields of the policy that it gives, or the code of its refusal."""


def _cases(keywords: list[str]) -> list[Any]:
    return [
        pytest.param(keyword, value, expected, id=f"{keyword}={value}")
        for keyword in keywords
        for value, expected in TABLE[keyword].items()
    ]


def _source(task: str = "", workflow: str = "", call: str = "") -> dict[str, str]:
    body = f"@task{task}\ndef double(x: int) -> int:\n    return 2 * x\n\n\n@workflow{workflow}\ndef main(x: int) -> int:\n    return double(x=x){call}\n"
    return {"flow.py": HEAD + body, "settings.py": SETTINGS}


def _judge(expected: dict[str, Any] | str, codes: list[str], policy: Policy, says: str) -> None:
    if isinstance(expected, str):
        assert codes == [expected]
        return
    assert codes == []
    version = expected["cache"].version if "cache" in expected else ""
    if version not in ("", "1", "v1", "v3") and policy.cache is not None:  # the digest of a body
        assert len(policy.cache.version) == 16
        return
    assert policy == Policy(**expected)
    keyword, _, value = says.partition("=")
    assert expected or keyword in NO_POLICY or value in ABSENT or keyword in ("name", "node_name")


@pytest.mark.parametrize(("keyword", "value", "expected"), _cases(OF_TASKS))
def test_a_keyword_of_tasks(keyword: str, value: str, expected: dict[str, Any] | str) -> None:
    found = front(_source(task=f"({keyword}={value})"), ["flow.py"])
    policy = found.task("flow.double").policy if not isinstance(expected, str) else Policy()
    _judge(expected, found.codes, policy, f"{keyword}={value}")


@pytest.mark.parametrize(("keyword", "value", "expected"), _cases(OF_WORKFLOWS))
def test_a_keyword_of_workflows(keyword: str, value: str, expected: dict[str, Any] | str) -> None:
    found = front(_source(workflow=f"({keyword}={value})"), ["flow.py"])
    (node,) = found.workflow("flow.main").nodes if not isinstance(expected, str) else (None,)
    _judge(expected, found.codes, getattr(node, "policy", None) or Policy(), f"{keyword}={value}")


@pytest.mark.parametrize(("keyword", "value", "expected"), _cases(OF_CALLS))
def test_a_keyword_of_calls(keyword: str, value: str, expected: dict[str, Any] | str) -> None:
    found = front(_source(call=f".with_overrides({keyword}={value})"), ["flow.py"])
    if ("CacheFunctionBody" in value and 'version="1"' not in value) or value == '"auto"':
        expected = "DW508"  # a call has no function of its own
    (node,) = found.workflow("flow.main").nodes if not isinstance(expected, str) else (None,)
    _judge(expected, found.codes, getattr(node, "policy", None) or Policy(), f"{keyword}={value}")


@pytest.mark.parametrize("keyword", [name for name in OF_CALLS if name not in ("aliases", "name", "node_name", "timeout")])
def test_none_leaves_what_the_task_says(keyword: str) -> None:
    value = next(value for value, expected in TABLE[keyword].items() if expected and not isinstance(expected, str))
    found = front(_source(task=f"({keyword}={value})", call=f".with_overrides({keyword}=None)"), ["flow.py"])
    assert found.codes == []
    assert found.workflow("flow.main").nodes[0].policy is None


@pytest.mark.parametrize("given", ["retries=1, retries=2", "retries=1, **MORE", "**MORE, **MORE", "**MORE, retries=1"])
def test_a_keyword_given_twice_is_found(given: str) -> None:
    above = {"flow.py": _source()["flow.py"].replace("N = 3\n", 'N = 3\nMORE = {"retries": 2}\n'), "settings.py": SETTINGS}
    of_task = above | {"flow.py": above["flow.py"].replace("@task\n", f"@task({given})\n")}
    of_call = above | {"flow.py": above["flow.py"].replace("double(x=x)\n", f"double(x=x).with_overrides({given})\n")}
    assert front(of_task, ["flow.py"]).codes == front(of_call, ["flow.py"]).codes == ["DW403"]


def test_a_keyword_may_be_replaced_by_a_later_call() -> None:
    maker = "make = functools.partial(task, retries=1)\n\n\n@make(retries=2)\ndef triple"
    source = HEAD.replace("from enum", "import functools\nfrom enum", 1) + f"{maker}(x: int) -> int:\n    return 3 * x\n"
    assert front({"flow.py": source, "settings.py": SETTINGS}, ["flow.py"]).codes == []


def test_no_timeout_lifts_the_tasks() -> None:
    found = front(_source(task="(timeout=60)", call=".with_overrides(timeout=None)"), ["flow.py"])
    assert found.workflow("flow.main").nodes[0].policy == Policy()


@pytest.mark.parametrize("symbol", sorted(PARAMETERS))
def test_no_constructor_takes_a_keyword_that_it_has_not(symbol: str) -> None:
    assert len(set(PARAMETERS[symbol])) == len(PARAMETERS[symbol])


def test_the_table_has_every_keyword() -> None:
    assert {*OF_TASKS, *OF_WORKFLOWS, *OF_CALLS} == set(TABLE)
