"""Inputs of a workflow as parameters."""

import pytest
from argo_manifests import compile_argo
from handmade import call, program, workflow
from msgspec.structs import replace

from dagwright.contract.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    UNKNOWN,
    class_named,
    dict_of,
    list_of,
    opaque,
    tuple_of,
    union_of,
)
from dagwright_argo.parameters import parameter_text, spelling
from dagwright_compiler.ir.program import ClassDef, Field

COLOUR = class_named("flow.Colour")
CLASSES = {"flow.Colour": ClassDef(kind="enum", module="flow", qualname="Colour", members=("RED", "GREEN"))}


def parameter(declared, **default):
    made = program(workflow("flow.wf", call("t", a="$x")))
    field = Field(name="x", type=declared, **default)
    made = replace(made, classes=CLASSES, workflow=replace(made.workflow, inputs=(field,)))
    return compile_argo(made).template["spec"]["arguments"]["parameters"][0]


@pytest.mark.parametrize(
    ("declared", "default", "text"),
    [
        (INT, 3, "3"),
        (FLOAT, 1.0, "1.0"),
        (FLOAT, "nan", '"nan"'),
        (STR, "bare", '"bare"'),
        (STR, "a{b", '"a\\u007bb"'),
        (BOOL, False, "false"),
        (list_of(INT), [1, 2], "[1,2]"),
        (dict_of(STR, dict_of(STR, INT)), {"a": {"b": 1}}, '{"a":{"b":1}}'),
        (union_of([INT, NONE]), None, "null"),
        (STR, "é🔥", '"é🔥"'),
    ],
)
def test_a_default_is_its_json(declared, default, text):
    assert parameter(declared, has_default=True, default=default)["value"] == text


def test_an_input_without_default_has_to_be_given():
    assert "value" not in parameter(INT)


@pytest.mark.parametrize(
    ("declared", "choices"),
    [
        (BOOL, ["true", "false"]),
        (COLOUR, ['"RED"', '"GREEN"']),
        (union_of([COLOUR, NONE]), ['"RED"', '"GREEN"', "null"]),
        (union_of([BOOL, NONE]), ["true", "false", "null"]),
    ],
)
def test_few_values_are_offered_as_choices(declared, choices):
    assert parameter(declared)["enum"] == choices


@pytest.mark.parametrize("declared", [INT, STR, list_of(BOOL), union_of([INT, NONE]), class_named("flow.Unknown")])
def test_other_types_have_no_choices(declared):
    assert "enum" not in parameter(declared)


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (list_of(union_of([class_named("pkg.Point"), NONE])), "list[pkg.Point | None]"),
        (tuple_of(INT, STR), "tuple[int, str]"),
        (dict_of(STR, opaque("torch.nn.Module")), "dict[str, torch.nn.Module]"),
        (UNKNOWN, "Any"),
    ],
)
def test_types_are_spelled_as_in_python(declared, text):
    assert spelling(declared) == text


def test_the_description_says_how_to_write_the_value():
    assert parameter(list_of(FLOAT))["description"] == "list[float], as JSON"
    assert parameter(STR)["description"] == "str, as JSON or bare text"


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        (STR, "bare", '"bare"'),
        (STR, "5", '"5"'),
        (STR, '"quoted"', '"quoted"'),
        (STR, "{{=1+1}}", r'"\u007b\u007b=1+1}}"'),
        (INT, "5", "5"),
        (FLOAT, "NaN", "NaN"),
        (list_of(UNKNOWN), '[Infinity, "{{x}}"]', r'[Infinity, "\u007b\u007bx}}"]'),
    ],
)
def test_what_a_person_writes_becomes_text_that_argo_leaves_alone(declared, text, expected):
    assert parameter_text(declared, text) == expected


def test_half_a_character_is_refused():
    with pytest.raises(ValueError, match="surrogate"):
        parameter_text(STR, "\ud800")
