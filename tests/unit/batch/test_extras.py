"""Secrets, shared memory, devices, tags and plugins on AWS Batch."""

import json

import pytest
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright_batch.extras import extras_of, shared_memory
from dagwright_batch.lower import plan_of
from dagwright_batch.settings import BatchSettings
from dagwright_batch.validate import broken_definition_rules
from dagwright_compiler.ir.program import Accelerator, Plugin, PodTemplate, Policy, Resources, Secret

ARN = "arn:aws:secretsmanager:eu-west-1:1:secret:hub"
ROLE = "arn:aws:iam::1:role/run"
SETTINGS = BatchSettings(execution_role_arn=ROLE)


def definition(settings=SETTINGS, **policy):
    found = []
    node = replace(call("t"), policy=Policy(**policy))
    plan = plan_of(program(workflow("flow.wf", node)), settings, bundle="0" * 64, report=lambda item, _: found.append(item))
    return json.loads(json.dumps(plan.job_definitions["t"].to_data())), found


def findings(**policy):
    return [(item.code.id, item.field) for item in definition(**policy)[1]]


def config(**arguments):
    return Plugin(name="flytekitplugins.awsbatch.AWSBatchConfig", arguments=json.dumps(arguments))


def test_secrets_have_their_arns_from_the_settings():
    settings = BatchSettings(execution_role_arn=ROLE, secrets={"hub.token": ARN, "whole": "/parameter"})
    made, found = definition(settings, secrets=(Secret(group="hub", key="token", env_var="HF"), Secret(group="whole")))
    assert found == []
    assert made["containerProperties"]["secrets"] == [
        {"name": "_FSEC_HUB_TOKEN", "valueFrom": ARN},
        {"name": "HF", "valueFrom": ARN},
        {"name": "_FSEC_WHOLE", "valueFrom": "/parameter"},
    ]
    assert list(broken_definition_rules(made)) == []


def test_secrets_need_an_execution_role():
    made, _ = definition(BatchSettings(secrets={"hub.token": ARN}), secrets=(Secret(group="hub", key="token"),))
    assert list(broken_definition_rules(made)) == ["secrets need an execution role that may read them: set execution_role_arn"]


def test_a_secret_without_an_arn_is_an_error_with_the_line_to_write():
    _, (found,) = definition(secrets=(Secret(group="hub", key="token"),))
    assert found.code.id == "DW556"
    assert '[tool.dagwright.batch.secrets]\n"hub.token" = "arn:' in found.help


def test_a_file_becomes_a_variable_with_a_warning():
    settings = BatchSettings(execution_role_arn=ROLE, secrets={"hub.token": ARN})
    made, (found,) = definition(settings, secrets=(Secret(group="hub", key="token", mount="file"),))
    assert found.code.id == "DW555"
    assert made["containerProperties"]["secrets"] == [{"name": "_FSEC_HUB_TOKEN", "valueFrom": ARN}]


@pytest.mark.parametrize(("size", "mib"), [("2Gi", 2048), ("1M", 1), ("", 512)])
def test_shared_memory_is_as_much_as_asked_for_or_as_the_container_has(size, mib):
    made, found = definition(shared_memory=size, requests=Resources(mem="512Mi"))
    assert found == []
    assert made["containerProperties"]["linuxParameters"] == {"sharedMemorySize": mib}


def test_fargate_has_no_shared_memory_to_choose():
    parameters, (found,) = shared_memory(Policy(shared_memory=""), 512, "FARGATE")
    assert (parameters, found.code.id) == (None, "DW557")


@pytest.mark.parametrize(("requests", "gpus"), [(None, "1"), (Resources(gpu="4"), "4")])
def test_an_accelerator_is_gpus_of_a_kind_that_the_queue_decides(requests, gpus):
    made, found = definition(accelerator=Accelerator(device="nvidia-tesla-t4"), requests=requests)
    assert {"type": "GPU", "value": gpus} in made["containerProperties"]["resourceRequirements"]
    assert [(item.code.id, item.field) for item in found] == [("DW555", "accelerator")]


def test_labels_are_tags_and_the_rest_of_a_pod_template_has_no_place():
    made, found = definition(pod_template=PodTemplate(labels=(("team", "ml"),)))
    assert (made["tags"], made["propagateTags"], found) == ({"team": "ml"}, True, [])
    assert findings(pod_template=PodTemplate(annotations=(("a", "b"),))) == [("DW555", "pod_template")]
    made, found = definition(pod_template=PodTemplate(labels=(("team", "ml"),)), labels=(("team", "web"), ("tier", "a")))
    assert (made["tags"], found) == ({"team": "web", "tier": "a"}, [])
    assert findings(annotations=(("a", "b"),)) == [("DW555", "annotations")]
    assert findings(pod_template=PodTemplate(pod_spec='{"volumes":[]}')) == [("DW557", "pod_template")]
    assert findings(pod_template_name="gpu") == [("DW557", "pod_template_name")]


def test_the_configuration_of_batch_is_taken():
    made, found = definition(plugin=config(schedulingPriority=7, tags={"a": "b"}, propagateTags=True, platformCapabilities="EC2"))
    assert found == []
    assert {name: made[name] for name in ("schedulingPriority", "tags", "propagateTags", "platformCapabilities")} == {
        "schedulingPriority": 7,
        "tags": {"a": "b"},
        "propagateTags": True,
        "platformCapabilities": ["EC2"],
    }


def test_its_platform_decides_what_fits():
    made, found = definition(plugin=config(platformCapabilities="FARGATE"), requests=Resources(cpu="1", mem="2Gi"))
    assert found == []
    assert made["platformCapabilities"] == ["FARGATE"]
    assert list(broken_definition_rules(made)) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"parameters": {"x": "y"}}, [("DW555", "plugin")]),
        ({"schedulingPriority": 10_000}, [("DW557", "plugin")]),
        ({"platformCapabilities": "LAMBDA"}, [("DW557", "plugin")]),
        ({"tags": {str(number): "x" for number in range(51)}}, [("DW557", "plugin")]),
    ],
)
def test_what_of_it_cannot_be_taken_is_said(arguments, expected):
    assert findings(plugin=config(**arguments)) == expected


def test_other_plugins_are_refused():
    assert findings(plugin=Plugin(name="flytekitplugins.ray.RayJobConfig", arguments="{}")) == [("DW558", "plugin")]
    assert extras_of(Policy(), BatchSettings()).findings == ()
