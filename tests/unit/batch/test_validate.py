"""AWS Batch's rules, one broken at a time."""

import copy

import pytest

from dagwright_batch.validate import broken_definition_rules, broken_job_rules

DEFINITION = {
    "jobDefinitionName": "step-0123abcd",
    "type": "container",
    "platformCapabilities": ["EC2"],
    "containerProperties": {
        "image": "repo/image",
        "command": ["python3", "-m", "dagwright.execution", "Ref::unit"],
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
    },
    "retryStrategy": {"attempts": 4, "evaluateOnExit": [{"onExitCode": "7*", "action": "RETRY"}]},
    "timeout": {"attemptDurationSeconds": 60},
}
FARGATE = {
    **DEFINITION,
    "platformCapabilities": ["FARGATE"],
    "containerProperties": {**DEFINITION["containerProperties"], "executionRoleArn": "arn:aws:iam::1:role/pull"},
}
JOB = {
    "jobName": "wf-step",
    "jobQueue": "main",
    "jobDefinition": "arn",
    "arrayProperties": {"size": 2},
    "dependsOn": [{"jobId": "1"}, {"jobId": "2", "type": "N_TO_N"}, {"type": "SEQUENTIAL"}],
    "containerOverrides": {"environment": [{"name": "X", "value": "y"}]},
}


def changed(base, path, value):
    """A copy with one place changed; ``None`` removes it."""
    result = copy.deepcopy(base)
    *outer, last = path
    place = result
    for key in outer:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return result


def resources(*pairs):
    return [{"type": kind, "value": value} for kind, value in pairs]


def test_sound_requests_break_no_rule():
    for definition in (DEFINITION, FARGATE):
        assert [*broken_definition_rules(definition)] == []
    assert [*broken_job_rules(JOB)] == []
    symbolic = {**JOB, "jobQueue": {"$param": "queue"}, "arrayProperties": {"size": {"$len": "inputs.a"}}}
    assert [*broken_job_rules(symbolic)] == []


@pytest.mark.parametrize(
    ("base", "path", "value", "rule"),
    [
        (DEFINITION, ["jobDefinitionName"], "a b", "definition name 'a b' is not 1 to 128 letters, digits, - and _"),
        (DEFINITION, ["jobDefinitionName"], "x" * 129, "is not 1 to 128 letters"),
        (DEFINITION, ["retryStrategy", "attempts"], 11, "11 attempts are outside 1 to 10"),
        (DEFINITION, ["retryStrategy", "attempts"], 0, "0 attempts are outside 1 to 10"),
        (DEFINITION, ["retryStrategy", "evaluateOnExit"], [{"onReason": "*", "action": "EXIT"}] * 6, "6 exit rules are over 5"),
        (DEFINITION, ["retryStrategy", "evaluateOnExit"], [{"onReason": "a*b", "action": "EXIT"}], "pattern 'a*b'"),
        (DEFINITION, ["retryStrategy", "evaluateOnExit"], [{"onReason": "x" * 513, "action": "EXIT"}], "over 512 characters"),
        (DEFINITION, ["retryStrategy", "evaluateOnExit"], [{"onExitCode": "x", "action": "EXIT"}], "'x' is not digits"),
        (DEFINITION, ["timeout", "attemptDurationSeconds"], 59, "a timeout of 59 s is under 60 s"),
        (DEFINITION, ["containerProperties", "command"], ["a", ""], "the command holds an empty text"),
        (DEFINITION, ["containerProperties", "environment"], [{"name": "AWS_BATCH_X", "value": ""}], "'AWS_BATCH_X' is reserved"),
        (DEFINITION, ["containerProperties", "environment"], [{"name": "X", "value": "x" * 25_000}], "bytes, over 24576"),
        (
            DEFINITION,
            ["containerProperties", "environment"],
            [{"name": "X", "value": "a\0"}],
            "'X' holds a NUL or half a character",
        ),
        (
            DEFINITION,
            ["containerProperties", "environment"],
            [{"name": "X", "value": "\ud83d"}],
            "'X' holds a NUL or half a character",
        ),
        (DEFINITION, ["containerProperties", "image"], "\ud83d", "image '\\ud83d' is not text"),
        (DEFINITION, ["containerProperties", "resourceRequirements"], resources(("VCPU", "1")), "'' MiB of memory"),
        (
            DEFINITION,
            ["containerProperties", "resourceRequirements"],
            resources(("VCPU", "1.5"), ("MEMORY", "8")),
            "'1.5' vCPUs are not a whole number",
        ),
        (
            DEFINITION,
            ["containerProperties", "resourceRequirements"],
            resources(("VCPU", "1"), ("MEMORY", "3")),
            "'3' MiB of memory are not a whole number from 4",
        ),
        (
            FARGATE,
            ["containerProperties", "resourceRequirements"],
            resources(("VCPU", "1"), ("MEMORY", "2049")),
            "Fargate has no size of '1' vCPUs with '2049' MiB",
        ),
        (
            FARGATE,
            ["containerProperties", "resourceRequirements"],
            resources(("VCPU", "3"), ("MEMORY", "8192")),
            "Fargate has no size of '3' vCPUs",
        ),
        (
            FARGATE,
            ["containerProperties", "resourceRequirements"],
            resources(("VCPU", "1"), ("MEMORY", "2048"), ("GPU", "1")),
            "Fargate has no GPUs",
        ),
        (FARGATE, ["containerProperties", "executionRoleArn"], None, "Fargate needs an execution role"),
    ],
)
def test_a_definition_that_breaks_a_rule_is_told_so(base, path, value, rule):
    broken = [*broken_definition_rules(changed(base, path, value))]
    assert len(broken) == 1
    assert rule in broken[0]


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        (["jobName"], "-a", "job name '-a' is not"),
        (["arrayProperties", "size"], 1, "an array of 1 children is outside 2 to 10000"),
        (["arrayProperties", "size"], 10_001, "an array of 10001 children"),
        (["dependsOn"], [{"jobId": str(i)} for i in range(21)], "21 dependencies are over 20"),
        (["dependsOn"], [{"type": "N_TO_N"}], "a dependency of type N_TO_N needs a job id"),
        (["dependsOn"], [{"type": "SEQUENTIAL", "jobId": "1"}], "a dependency of type SEQUENTIAL has a job id"),
        (["containerOverrides", "environment"], [{"name": "AWS_BATCH_JOB_ID", "value": "1"}], "is reserved by AWS Batch"),
        (["containerOverrides", "environment"], [{"name": "X", "value": "x" * 8192}], "characters, over 8192"),
        (["parameters"], {"x": "x" * 31_000}, "bytes, over 30720"),
    ],
)
def test_a_job_that_breaks_a_rule_is_told_so(path, value, rule):
    broken = [*broken_job_rules(changed(JOB, path, value))]
    assert len(broken) == 1
    assert rule in broken[0]


def test_an_elementwise_dependency_belongs_to_an_array():
    plain = {name: value for name, value in JOB.items() if name != "arrayProperties"}
    assert [*broken_job_rules({**plain, "dependsOn": [{"jobId": "2", "type": "N_TO_N"}]})] == [
        "a dependency of type N_TO_N belongs to an array"
    ]


def test_the_submitter_turns_an_exact_array_of_one_or_none_into_something_else():
    for size in (0, 1):
        assert [*broken_job_rules({**JOB, "arrayProperties": {"size": size}}, counted_later=True)] == []
