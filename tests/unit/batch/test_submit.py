"""Symbols become values, lists are counted, long inputs go by reference."""

import hashlib
import json

import pytest
import yaml
from unit.batch.programs import chain, compile_plan, map_reduce, program
from unit.batch.test_emit import Blobs, RecordingClient
from unit.batch.test_lower import map_of_map

from dagwright.contract.types import INT
from dagwright_batch.submit import PlanError, submit
from dagwright_compiler.ir.program import Field


def submitted(program, inputs, parameters=None, store=None):
    client = RecordingClient()
    document = yaml.safe_load(compile_plan(program).objects[0])
    ids = submit(
        document, client, Blobs() if store is None else store, parameters={"run": "r1", **(parameters or {})}, inputs=inputs
    )
    jobs = {request["jobName"]: request for operation, request in client.requests if operation == "SubmitJob"}
    return ids, jobs, client


def environment(job):
    return {item["name"]: item["value"] for item in job["containerOverrides"]["environment"]}


def test_no_symbol_is_left_in_a_request():
    _, _, client = submitted(map_reduce(split=False), {"data": [1.0, 2.0]})
    assert '"$' not in json.dumps(client.requests)


def test_a_definition_is_named_by_its_content_and_registered_once():
    _, jobs, client = submitted(map_reduce(split=True), {"data": [1.0]})
    names = [request["jobDefinitionName"] for operation, request in client.requests if operation == "RegisterJobDefinition"]
    assert len(names) == len(set(names)) == 3
    assert jobs["mean-of-reduce"]["jobDefinition"] == f"arn:{names[2]}"
    _, _, again = submitted(map_reduce(split=True), {"data": [2.0]})
    assert [name for name in names if f"arn:{name}" in json.dumps(again.requests)] == names

    class Knowing(RecordingClient):
        def describe_job_definitions(self, **request):
            return {"jobDefinitions": [{"jobDefinitionArn": f"known:{request['jobDefinitionName']}"}]}

    knowing = Knowing()
    document = yaml.safe_load(compile_plan(map_reduce(split=True)).objects[0])
    submit(document, knowing, Blobs(), parameters={"run": "r"}, inputs={"data": []})
    assert {operation for operation, _ in knowing.requests} == {"SubmitJob"}


def test_a_list_of_several_is_an_array_of_its_length():
    _, jobs, _ = submitted(map_of_map(), {"data": [1.0, 2.0, 3.0]})
    assert jobs["mean-of-second"]["arrayProperties"] == {"size": 3}
    assert jobs["mean-of-second"]["dependsOn"][0]["type"] == "N_TO_N"


def test_a_list_of_one_is_a_plain_job():
    _, jobs, _ = submitted(map_of_map(), {"data": [1.0]})
    assert "arrayProperties" not in jobs["mean-of-second"]
    assert [*jobs["mean-of-second"]["dependsOn"][0]] == ["jobId"]


def test_a_list_of_none_is_no_job_and_its_dependents_inherit_what_it_waited_for():
    ids, jobs, _ = submitted(map_of_map(), {"data": []})
    assert ids["first"] is ids["second"] is None
    assert "dependsOn" not in jobs["mean-of-reduce"]

    program = map_reduce(split=False)
    mapped, reduce = program.workflow.nodes
    before = type(reduce)(id="before", task="flow.reduce", bindings=(("totals", mapped.bindings[0][1]),))
    mapped = type(mapped)(id=mapped.id, task=mapped.task, over=mapped.over, bindings=mapped.bindings, after=("before",))
    workflow = type(program.workflow)(
        name=program.workflow.name,
        inputs=program.workflow.inputs,
        outputs=program.workflow.outputs,
        returns="single",
        nodes=(before, mapped, reduce),
    )
    ids, jobs, _ = submitted(type(program)(classes={}, tasks=program.tasks, workflow=workflow), {"data": []})
    assert jobs["mean-of-reduce"]["dependsOn"] == [{"jobId": ids["before"]}]


def test_too_many_elements_for_an_array_are_refused_by_name():
    with pytest.raises(PlanError, match="input data has 10001 elements, over the 10000 of an array: give its map a concurrency"):
        submitted(map_reduce(split=False), {"data": [0.0] * 10_001})


def test_a_long_input_goes_through_the_store():
    store = Blobs()
    data = [float(number) for number in range(2000)]
    _, jobs, _ = submitted(map_reduce(split=True), {"data": data}, store=store)
    reference = json.loads(environment(jobs["mean-of-split-up"])["DAGWRIGHT_INPUT_data"])
    ((key, text),) = store.items()
    assert reference == {"$ref": hashlib.sha256(text).hexdigest(), "len": 2000}
    assert key.endswith(reference["$ref"])
    assert json.loads(text) == data


def test_an_input_not_given_takes_its_default():
    _, jobs, _ = submitted(map_reduce(split=True), {"data": [1.0]})
    assert environment(jobs["mean-of-split-up"])["DAGWRIGHT_INPUT_parts"] == "2"


@pytest.mark.parametrize(
    ("inputs", "parameters", "message"),
    [
        ({}, {}, "input data not given"),
        ({"data": [], "x": 1}, {}, "the plan has no input x"),
        ({"data": []}, {"color": "red"}, "the plan has no parameter color"),
        ({"data": []}, {"run": "x" * 40_000}, "job reduce: command and environment have"),
    ],
)
def test_a_wrong_submission_is_refused_in_one_line(inputs, parameters, message):
    with pytest.raises(PlanError, match=message):
        submitted(map_reduce(split=False), inputs, parameters)


def test_a_missing_parameter_is_named():
    document = yaml.safe_load(compile_plan(map_reduce(split=False)).objects[0])
    with pytest.raises(PlanError, match="parameter run not given"):
        submit(document, RecordingClient(), Blobs(), parameters={}, inputs={"data": []})


def test_an_input_whose_default_is_the_functions_business_may_be_left_out():
    base = chain(1)
    inputs = (Field(name="x", type=INT, deferred=True),)
    found = program(tuple(base.tasks.values()), base.workflow.nodes, inputs)
    _, jobs, _ = submitted(found, {})
    assert "DAGWRIGHT_INPUT_x" not in environment(jobs["mean-of-n0"])
    _, jobs, _ = submitted(found, {"x": 3})
    assert environment(jobs["mean-of-n0"])["DAGWRIGHT_INPUT_x"] == "3"
