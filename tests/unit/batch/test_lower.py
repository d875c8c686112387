"""Programs become plans: fan-out, order, definitions, findings."""

import json

import pytest
import yaml
from unit.batch.programs import (
    FLOATS,
    SETTINGS,
    chain,
    compile_plan,
    compile_with_findings,
    map_reduce,
    output,
    program,
    task,
)

from dagwright.contract.types import FLOAT, INT, list_of
from dagwright_batch.definitions import attempts_of
from dagwright_batch.settings import read_settings
from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.ir.program import Field, InputBinding, LiteralBinding, MapNode, Policy, Resources, TaskNode


def plan(*arguments, **keywords):
    return yaml.safe_load(compile_plan(*arguments, **keywords).objects[0])


def submissions(document):
    return {found["id"]: found for found in document["submissions"]}


def waits_for(document):
    return {
        found["id"]: [item["jobId"]["$job"] + (":" if item.get("type") else "") for item in found["request"].get("dependsOn", ())]
        for found in document["submissions"]
    }


def environment(submission):
    return {item["name"]: item["value"] for item in submission["request"]["containerOverrides"]["environment"]}


def fan_in(width):
    """``width`` independent calls, and one that takes a number of each."""
    nodes = [TaskNode(id=f"n{i}", task="flow.step", bindings=(("x", InputBinding(name="x")),)) for i in range(width)]
    names = [f"x{i}" for i in range(width)]
    gather = task("gather", dict.fromkeys(names, INT), INT)
    last = TaskNode(id="gather", task="flow.gather", bindings=tuple((name, output(f"n{i}")) for i, name in enumerate(names)))
    return program((task("step", {"x": INT}, INT), gather), (*nodes, last), (Field(name="x", type=INT),))


def test_a_list_that_a_task_makes_is_shared_by_a_pool():
    document = plan(map_reduce(split=True), {**SETTINGS, "workers": 8})
    mapped = submissions(document)["total"]
    assert mapped["fanout"] == {"mode": "pool", "workers": 8}
    assert mapped["request"]["arrayProperties"] == {"size": 8}
    container = document["jobDefinitions"]["total"]["containerProperties"]
    assert container["command"] == ["python3", "-m", "dagwright.execution.batch", "Ref::unit", "--pool", "8"]


def test_a_list_that_the_user_gives_is_an_exact_array_counted_by_the_submitter():
    document = plan(map_reduce(split=False))
    mapped = submissions(document)["total"]
    assert mapped["fanout"] == {"mode": "exact"}
    assert mapped["request"]["arrayProperties"] == {"size": {"$len": "inputs.data"}}
    assert document["jobDefinitions"]["total"]["containerProperties"]["command"][-1] == "--element"


def test_a_literal_list_is_an_exact_array_of_its_length():
    mapped = MapNode(
        id="total", task="flow.total", over="data", bindings=(("data", LiteralBinding(type=FLOATS, value=[1.0, 2.0])),)
    )
    document = plan(program((task("total", {"data": FLOAT}, FLOAT),), (mapped,)))
    assert submissions(document)["total"]["request"]["arrayProperties"] == {"size": 2}


def test_limited_concurrency_is_a_pool_of_that_size():
    document = plan(map_reduce(split=False, concurrency=3))
    assert submissions(document)["total"]["fanout"] == {"mode": "pool", "workers": 3}


def test_a_pool_of_one_is_no_array():
    document = plan(map_reduce(split=True, concurrency=1))
    assert "arrayProperties" not in submissions(document)["total"]["request"]


def map_of_map(**keywords):
    first = MapNode(id="first", task="flow.total", over="data", bindings=(("data", InputBinding(name="data")),))
    second = MapNode(id="second", task="flow.total", over="data", bindings=(("data", output("first")),), **keywords)
    reduce = TaskNode(id="reduce", task="flow.reduce", bindings=(("totals", output("second")),))
    tasks = (task("total", {"data": FLOAT}, FLOAT), task("reduce", {"totals": FLOATS}, FLOAT))
    return program(tasks, (first, second, reduce), (Field(name="data", type=FLOATS),))


def test_a_map_over_a_maps_output_waits_element_by_element():
    document = plan(map_of_map())
    assert waits_for(document) == {"first": [], "second": ["first:"], "reduce": ["second"]}
    assert submissions(document)["second"]["request"]["arrayProperties"] == {"size": {"$len": "inputs.data"}}


def test_a_pool_over_a_maps_output_waits_for_all_of_it():
    assert waits_for(plan(map_of_map(concurrency=2)))["second"] == ["first"]


def test_an_elementwise_edge_implies_no_whole_map():
    both = task("both", {"item": FLOAT, "all": FLOATS}, FLOAT)
    first = MapNode(id="first", task="flow.total", over="data", bindings=(("data", InputBinding(name="data")),))
    second = MapNode(id="second", task="flow.total", over="data", bindings=(("data", output("first")),))
    third = MapNode(id="third", task="flow.both", over="item", bindings=(("item", output("second")), ("all", output("first"))))
    tasks = (task("total", {"data": FLOAT}, FLOAT), both)
    document = plan(program(tasks, (first, second, third), (Field(name="data", type=FLOATS),)))
    assert waits_for(document)["third"] == ["first", "second:"]


def test_who_counts_the_results_of_a_map_gets_the_list_too():
    found = submissions(plan(map_of_map()))
    assert environment(found["reduce"])["DAGWRIGHT_INPUT_data"] == {"$input": "data"}


def test_a_container_gets_only_the_inputs_that_it_reads():
    found = submissions(plan(map_reduce(split=True)))
    assert [name for name in environment(found["split-up"]) if "INPUT" in name] == [
        "DAGWRIGHT_INPUT_data",
        "DAGWRIGHT_INPUT_parts",
    ]
    assert [name for name in environment(found["reduce"]) if "INPUT" in name] == []


def test_implied_dependencies_are_left_out():
    start = TaskNode(id="start", task="flow.step", bindings=(("x", InputBinding(name="x")),))
    middle = TaskNode(id="middle", task="flow.step", bindings=(("x", output("start")),))
    end = TaskNode(id="end", task="flow.add", bindings=(("x", output("start")), ("y", output("middle"))))
    tasks = (task("step", {"x": INT}, INT), task("add", {"x": INT, "y": INT}, INT))
    document = plan(program(tasks, (start, middle, end), (Field(name="x", type=INT),)))
    assert waits_for(document) == {"start": [], "middle": ["start"], "end": ["middle"]}


def test_jobs_come_after_those_they_wait_for_also_where_the_source_has_it_otherwise():
    early = TaskNode(id="early", task="flow.step", bindings=(("x", InputBinding(name="x")),), after=("late",))
    late = TaskNode(id="late", task="flow.step", bindings=(("x", InputBinding(name="x")),))
    document = plan(program((task("step", {"x": INT}, INT),), (early, late), (Field(name="x", type=INT),)))
    assert waits_for(document) == {"late": [], "early": ["late"]}
    assert list(waits_for(document)) == ["late", "early"]


@pytest.mark.parametrize(("width", "barriers"), [(20, 0), (21, 1), (25, 1), (39, 1), (40, 2), (400, 20)])
def test_more_than_twenty_dependencies_go_through_barriers(width, barriers):
    document = plan(fan_in(width))
    found = waits_for(document)
    assert sum(name.startswith("gather-wait") for name in found) == barriers
    assert max(len(earlier) for earlier in found.values()) <= 20
    reached, pending = set(), ["gather"]
    while pending:
        pending += (direct := found[pending.pop()])
        reached.update(direct)
    assert {f"n{i}" for i in range(width)} <= reached


def test_calls_of_one_task_share_a_definition_and_overrides_have_their_own():
    document = plan(chain(3))
    assert list(document["jobDefinitions"]) == ["step"]
    base = chain(2)
    first, second = base.workflow.nodes
    more = TaskNode(id=second.id, task=second.task, bindings=second.bindings, policy=Policy(requests=Resources(cpu="4")))
    document = plan(program(tuple(base.tasks.values()), (first, more), base.workflow.inputs))
    assert list(document["jobDefinitions"]) == ["step", "step-2"]
    assert [found["request"]["jobDefinition"] for found in document["submissions"]] == [{"$def": "step"}, {"$def": "step-2"}]


@pytest.mark.parametrize("retries", range(11))
def test_attempts_hold_the_users_retries_and_the_systems(retries):
    attempts, in_place = attempts_of(retries)
    assert attempts <= 10
    assert 1 + retries + 3 <= attempts * in_place <= 1 + retries + 3 + 1
    assert in_place == (1 if retries <= 6 else 2)
    definition = plan(chain(1, Policy(retries=retries)))["jobDefinitions"]["step"]
    assert definition["retryStrategy"]["attempts"] == attempts
    assert ("--attempts" in definition["containerProperties"]["command"]) == (in_place > 1)


def test_the_last_rule_ends_whatever_no_other_rule_names():
    rules = plan(chain(1))["jobDefinitions"]["step"]["retryStrategy"]["evaluateOnExit"]
    assert len(rules) <= 5
    assert rules[-1] == {"onReason": "*", "action": "EXIT"}


@pytest.mark.parametrize(("timeout_s", "retries", "seconds"), [(0.5, 0, 601), (3600, 0, 4200), (3600, 9, 8400)])
def test_the_orchestrators_deadline_is_a_backstop_behind_the_runtimes(timeout_s, retries, seconds):
    definition = plan(chain(1, Policy(timeout_s=timeout_s, retries=retries)))["jobDefinitions"]["step"]
    assert definition["timeout"] == {"attemptDurationSeconds": seconds}


def test_a_task_without_a_timeout_and_a_pool_have_no_deadline():
    assert "timeout" not in plan(chain(1))["jobDefinitions"]["step"]
    assert "timeout" not in plan(map_reduce(split=True, policy=Policy(timeout_s=5)))["jobDefinitions"]["total"]


def test_the_tasks_own_image_and_environment_win():
    policy = Policy(image="other/image:1", environment=(("MODE", "{{workflow.name}} 🔥"),))
    container = plan(chain(1, policy))["jobDefinitions"]["step"]["containerProperties"]
    assert container["image"] == "other/image:1"
    assert container["environment"] == [{"name": "MODE", "value": "{{workflow.name}} 🔥"}]


def test_without_settings_queue_store_and_image_become_parameters():
    artefact, found = compile_with_findings(chain(1), {})
    assert found == [("DW551", "not configured: queue, store, image; the plan takes them when it is submitted")]
    document = yaml.safe_load(artefact.objects[0])
    for name in ("queue", "store", "image", "run"):
        assert document["parameters"][name] == {"required": True}
    assert document["jobDefinitions"]["step"]["containerProperties"]["image"] == {"$param": "image"}


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"imgae": "x"}, "DW591", "unknown setting imgae in [tool.dagwright.batch]"),
        ({"workers": "8"}, "DW550", "setting workers of [tool.dagwright.batch]: expected a number, got a text"),
        ({"workers": 0}, "DW550", "setting workers of [tool.dagwright.batch] is 0, not 1 to 10000"),
        ({"platform": "EKS"}, "DW550", "setting platform of [tool.dagwright.batch]: 'EKS' is none of EC2, FARGATE"),
        ({"platform": "FARGATE"}, "DW550", "Fargate needs a role that pulls images and writes logs"),
    ],
)
def test_wrong_settings_are_reported(settings, code, message):
    artefact, found = compile_with_findings(chain(1), {**SETTINGS, **settings})
    assert found == [(code, message)]
    assert (artefact is None) == (code == "DW550")


def test_findings_about_settings_ask_where_they_are_written():
    asked = []
    raw = {"workers": "8", "imgae": "x", "platform": "FARGATE", "secrets": {"g.k": 3}}
    read_settings(raw, Collector(), asked.append)
    assert asked == [("workers",), "imgae", ("secrets", "g.k"), "platform"]


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (Policy(requests=Resources(gpu="500m")), ("DW552", "n0: 500m is not a whole number of GPUs")),
        (
            Policy(requests=Resources(mem="1Gi"), limits=Resources(mem="2Gi")),
            ("DW553", "n0: requests 1Gi and limits 2Gi of memory become one limit of 2Gi"),
        ),
        (
            Policy(environment=(("AWS_BATCH_JOB_ID", "1"),)),
            ("DW554", "n0: environment variable 'AWS_BATCH_JOB_ID' is reserved by AWS Batch"),
        ),
        (Policy(interruptible=True), ("DW555", "n0: the job queue chooses between spot and on-demand capacity")),
    ],
)
def test_what_batch_does_otherwise_is_reported(policy, found):
    artefact, findings = compile_with_findings(chain(1, policy))
    assert findings == [found]
    assert (artefact is None) == (found[0] in ("DW552", "DW554"))


def two_tasks(policy):
    """Calls of two tasks with one policy."""
    tasks = [task(name, {"x": INT}, INT, policy) for name in ("first", "second")]
    nodes = [TaskNode(id=name, task=f"flow.{name}", bindings=(("x", InputBinding(name="x")),)) for name in ("first", "second")]
    return program(tuple(tasks), tuple(nodes), (Field(name="x", type=INT),))


@pytest.mark.parametrize(
    ("policy", "code"),
    [(Policy(interruptible=True), "DW555"), (Policy(environment=(("AWS_BATCH_JOB_ID", "1"),)), "DW554")],
)
def test_tasks_with_one_policy_are_each_told_what_is_wrong_with_it(policy, code):
    _, findings = compile_with_findings(two_tasks(policy))
    assert [(found, message.partition(":")[0]) for found, message in findings] == [(code, "first"), (code, "second")]


def test_calls_of_one_task_are_told_once_what_its_definition_breaks():
    _, findings = compile_with_findings(chain(3, Policy(environment=(("AWS_BATCH_JOB_ID", "1"),))))
    assert findings == [("DW554", "n0: environment variable 'AWS_BATCH_JOB_ID' is reserved by AWS Batch")]


def test_a_definition_counts_with_the_length_of_its_own_name():
    filled = 24 * 1024 - len(json.dumps(definition_of(Policy(environment=(("X", ""),))), separators=(",", ":")))
    policy = Policy(environment=(("X", "x" * filled),))
    base = two_tasks(policy)
    assert len("first") < len("second")
    _, findings = compile_with_findings(base)
    assert findings == [("DW554", "second: the definition has 24577 bytes, over 24576")]


def definition_of(policy):
    return plan(two_tasks(policy))["jobDefinitions"]["first"]


def test_more_inputs_than_an_environment_holds_are_refused_when_compiling():
    inputs = tuple(Field(name=f"x{i}", type=INT) for i in range(200))
    node = TaskNode(id="all", task="flow.all", bindings=tuple((field.name, InputBinding(name=field.name)) for field in inputs))
    artefact, findings = compile_with_findings(
        program((task("all", {field.name: INT for field in inputs}, INT),), (node,), inputs)
    )
    assert artefact is None
    assert [code for code, _ in findings] == ["DW554"]
    assert "all: command and environment have" in findings[0][1]


def test_a_definition_over_24_kib_is_refused_when_compiling():
    artefact, findings = compile_with_findings(chain(1, Policy(environment=(("BIG", "x" * 25_000),))))
    assert artefact is None
    assert [code for code, _ in findings] == ["DW554"]
    assert "over 24576" in findings[0][1]


def test_fargate_jobs_name_their_roles():
    settings = {
        **SETTINGS,
        "platform": "FARGATE",
        "execution_role_arn": "arn:aws:iam::1:role/pull",
        "job_role_arn": "arn:aws:iam::1:role/job",
    }
    definition = plan(chain(1), settings)["jobDefinitions"]["step"]
    assert definition["platformCapabilities"] == ["FARGATE"]
    container = definition["containerProperties"]
    assert (container["executionRoleArn"], container["jobRoleArn"]) == ("arn:aws:iam::1:role/pull", "arn:aws:iam::1:role/job")


def test_hostile_and_long_names_stay_within_batchs_alphabet():
    name = "_Überlange_" + "x" * 300
    base = chain(1)
    document = plan(program(tuple(base.tasks.values()), base.workflow.nodes, base.workflow.inputs, name=name))
    job = document["submissions"][0]["request"]["jobName"]
    assert len(job) == 128
    assert set(job) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert job[0].isalnum()


def test_the_unit_is_the_node_and_publishes_nothing():
    artefact = compile_plan(map_reduce(split=True))
    assert {unit.id: (unit.node, unit.publish) for unit in artefact.units.values()} == {
        name: (name, ()) for name in ("split-up", "total", "reduce")
    }


def test_a_workflow_without_calls_is_a_plan_without_jobs():
    document = plan(program((), (), (Field(name="x", type=list_of(INT)),)))
    assert (document["jobDefinitions"], document["submissions"]) == ({}, [])


def test_half_a_character_is_a_finding_and_no_traceback():
    artefact, found = compile_with_findings(chain(1, Policy(environment=(("X", "\ud83d"),))))
    assert artefact is None
    assert found == [("DW554", "n0: environment variable 'X' holds a NUL or half a character")]


def test_a_default_with_half_a_character_is_written_as_ascii():
    base = chain(1)
    inputs = (Field(name="x", type=INT, has_default=True, default="\ud83d é"),)
    document = plan(program(tuple(base.tasks.values()), base.workflow.nodes, inputs))
    assert document["inputs"]["x"]["default"] == '"\\ud83d \\u00e9"'


def test_what_a_task_says_is_told_once_however_often_it_is_called() -> None:
    policy = Policy(requests=Resources(mem="64Mi"), limits=Resources(mem="128Mi"))
    _, found = compile_with_findings(chain(3, policy))
    assert [code for code, _ in found] == ["DW553"]
