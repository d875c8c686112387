"""The text parses to the model, and every finished request passes the API's own validator."""

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.batch.programs import SETTINGS, chain, compile_plan, map_reduce

from dagwright_batch import lower
from dagwright_batch.settings import BatchSettings
from dagwright_batch.submit import submit
from dagwright_compiler.ir.program import Policy, Resources


@pytest.fixture(scope="module")
def service():
    return botocore.session.get_session().get_service_model("batch")


class RecordingClient:
    """Keeps requests as the API would get them."""

    def __init__(self):
        self.requests = []

    def describe_job_definitions(self, **request):
        self.requests.append(("DescribeJobDefinitions", request))
        return {"jobDefinitions": []}

    def register_job_definition(self, **request):
        self.requests.append(("RegisterJobDefinition", request))
        return {"jobDefinitionArn": f"arn:{request['jobDefinitionName']}"}

    def submit_job(self, **request):
        self.requests.append(("SubmitJob", request))
        return {"jobId": f"id-{len(self.requests)}"}


class Blobs(dict):
    def create(self, key, data, /):
        return self.setdefault(key, data) is data

    def put(self, key, data, /):
        self[key] = data


PROGRAMS = {
    "chain": (chain(3, Policy(retries=9, timeout_s=1, requests=Resources(gpu="1"), environment=(("A", "b"),))), {"x": 1}),
    "exact": (map_reduce(split=False), {"data": [1.0, 2.0, 3.0]}),
    "one": (map_reduce(split=False), {"data": [1.0]}),
    "none": (map_reduce(split=False), {"data": []}),
    "pool": (map_reduce(split=True), {"data": [1.0]}),
    "long": (map_reduce(split=False), {"data": [0.5] * 5000}),
}
FARGATE = {**SETTINGS, "platform": "FARGATE", "execution_role_arn": "arn:aws:iam::1:role/pull"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_request_passes_the_validator_of_the_api(name, service):
    program, inputs = PROGRAMS[name]
    client = RecordingClient()
    document = yaml.safe_load(compile_plan(program).objects[0])
    submit(document, client, Blobs(), parameters={"run": "r1"}, inputs=inputs)
    for operation, request in client.requests:
        report = ParamValidator().validate(request, service.operation_model(operation).input_shape)
        assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("raw", [SETTINGS, {"image": "i"}])
def test_the_text_parses_to_the_model(name, raw, monkeypatch):
    program, _ = PROGRAMS[name]
    plan = lower.plan_of(program, BatchSettings(**raw), bundle="0" * 64, report=lambda *_: None)
    from dagwright_batch.emit import emit

    assert yaml.safe_load(emit(plan)) == _lists(plan.to_data())


def test_the_text_of_a_fargate_plan_parses_to_the_model():
    from dagwright_batch.emit import emit

    policy = Policy(requests=Resources(ephemeral_storage="30Gi"))
    plan = lower.plan_of(
        chain(1, policy), BatchSettings(**FARGATE, job_role_arn="arn:x"), bundle="0" * 64, report=lambda *_: None
    )
    data = yaml.safe_load(emit(plan))
    assert data == _lists(plan.to_data())
    assert data["jobDefinitions"]["step"]["containerProperties"]["ephemeralStorage"] == {"sizeInGiB": 30}


@settings(max_examples=50)
@given(st.text(min_size=1).filter(lambda text: "\0" not in text), st.text().filter(lambda text: "\0" not in text))
def test_hostile_text_comes_back_unchanged(image, value):
    document = yaml.safe_load(compile_plan(chain(1, Policy(image=image, environment=(("X", value),)))).objects[0])
    container = document["jobDefinitions"]["step"]["containerProperties"]
    assert container["image"] == image
    assert container["environment"] == [{"name": "X", "value": value}]


def test_equal_programs_give_equal_bytes():
    assert compile_plan(map_reduce(split=True)).objects == compile_plan(map_reduce(split=True)).objects


def _lists(data):
    if isinstance(data, dict):
        return {name: _lists(item) for name, item in data.items()}
    return [_lists(item) for item in data] if isinstance(data, list | tuple) else data
