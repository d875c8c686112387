"""Runs and schedules of hand-made programs."""

import datetime as dt

import pytest
from argo_manifests import STORE, compile_argo, live_text, strict_validator
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright.contract.types import BOOL, DATETIME, FLOAT, INT, NONE, STR, dict_of, list_of, tuple_of, union_of
from dagwright_argo.kinds import wire
from dagwright_argo.parameters import fits, parameter_text
from dagwright_compiler.ir.program import Field

DAILY = {"workflow": "wf", "cron": ["@daily"]}


def made(**types):
    found = program(workflow("flow.wf", call("t")))
    fields = tuple(Field(name=name, type=declared) for name, declared in types.items())
    return replace(found, workflow=replace(found.workflow, inputs=fields))


@pytest.mark.parametrize("kind", ["Workflow", "CronWorkflow"])
def test_every_kind_is_valid_under_the_strict_schema(kind):
    schedules = {"nightly": {**DAILY, "kickoff_input": "day", "inputs": {"text": "{{workflow.name}}", "n": 3}}}
    inputs = {"day": "2026-01-31", "text": "{{workflow.name}} {{=1+1}}", "n": "3"} if kind == "Workflow" else {}
    compiled = compile_argo(
        made(day=DATETIME, text=STR, n=INT), {**STORE, "schedules": schedules}, options={"kind": kind, "inputs": inputs}
    )
    assert compiled.findings == ()
    document = compiled.documents[-1]
    assert document["kind"] == kind
    assert list(strict_validator(kind).iter_errors(document)) == []
    assert [text for text in live_text(document) if text != '"{{workflow.scheduledTime}}"'] == []


def test_a_run_that_holds_its_spec_counts_it_once():
    size = compile_argo(made(n=INT), {**STORE, "max_workflow_bytes": 1}).findings[0].message
    once = compile_argo(made(n=INT), {**STORE, "max_workflow_bytes": 1}, options={"kind": "Workflow", "inputs": {"n": "1"}})
    assert "(twice its" in size
    assert "(its" in once.findings[0].message


def test_values_of_a_run_are_held_to_the_environment_of_a_pod():
    found = program(workflow("flow.wf", call("t", a="$text")))
    found = replace(found, workflow=replace(found.workflow, inputs=(Field(name="text", type=STR),)))
    compiled = compile_argo(found, STORE, options={"kind": "Workflow", "inputs": {"text": "x" * 70_000}})
    assert compiled.codes == ["DW538"]
    assert "the values of the inputs of `t` take" in compiled.findings[0].message


@pytest.mark.parametrize(
    ("schedules", "said"),
    [
        ({"a": {**DAILY, "kickoff_input": "day"}}, "hands its time to `day`, which is not an input"),
        ({"a": {**DAILY, "inputs": {"n": 1}, "kickoff_input": "n"}}, "hands its time to `n`, which is int"),
        ({"a": {**DAILY, "inputs": {"n": True}}}, "gives `n` the value True, which is not int"),
        ({"a": DAILY}, "has no value for `n`"),
        ({"a" * 60: {**DAILY, "inputs": {"n": 1}}}, "of 63 characters, and Argo takes 52"),
    ],
)
def test_a_schedule_is_held_to_its_workflow(schedules, said):
    compiled = compile_argo(made(n=INT), {**STORE, "schedules": schedules})
    assert set(compiled.codes) == {"DW530"}
    assert any(said in found.message for found in compiled.findings), compiled.findings


@pytest.mark.parametrize(
    ("value", "declared", "fitting"),
    [
        (1, INT, True),
        (True, INT, False),
        (1, FLOAT, True),
        (1.5, INT, False),
        ("x", STR, True),
        (1, STR, False),
        (True, BOOL, True),
        ([1, 2], list_of(INT), True),
        ([1, "x"], list_of(INT), False),
        ("x", list_of(STR), False),
        ([1, "x"], tuple_of(INT, STR), True),
        ([1], tuple_of(INT, STR), False),
        ({"a": 1}, dict_of(STR, INT), True),
        ({"a": "x"}, dict_of(STR, INT), False),
        (1, union_of((STR, INT)), True),
        (1.5, union_of((STR, INT)), False),
        ("2026-01-31", DATETIME, True),
        (1, DATETIME, False),
        (None, NONE, True),
    ],
)
def test_values_of_settings_are_held_to_types_by_their_form(value, declared, fitting):
    assert fits(value, declared, {}) is fitting


def test_what_toml_reads_as_times_becomes_text():
    value = {"a": [dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC), dt.date(2026, 1, 31), dt.time(3)], "b": 1}
    assert wire(value) == {"a": ["2026-01-31T12:00:00+00:00", "2026-01-31", "03:00:00"], "b": 1}


@pytest.mark.parametrize(
    ("text", "declared", "written"),
    [
        ("3", INT, "3"),
        ("3", STR, '"3"'),
        ('"3"', STR, '"3"'),
        ("a {{x}}", STR, '"a \\u007b\\u007bx}}"'),
        ('{"a": "{{x}}"}', dict_of(STR, STR), '{"a":"\\u007b\\u007bx}}"}'),
        ("2026-01-31", DATETIME, '"2026-01-31"'),
    ],
)
def test_texts_of_people_become_json_without_tags(text, declared, written):
    assert parameter_text(declared, text) == written
