"""The compiler's structs and the runtime's typed dicts describe one JSON: name by name, optional by optional."""

from __future__ import annotations

import typing

import msgspec
import pytest

from dagwright.contract import schema
from dagwright_compiler.ir import program

PAIRS = [
    (program.Field, schema.Field),
    (program.ClassDef, schema.ClassDef),
    (program.Cache, schema.Cache),
    (program.Resources, schema.Resources),
    (program.Secret, schema.Secret),
    (program.PodTemplate, schema.PodTemplate),
    (program.Accelerator, schema.Accelerator),
    (program.Plugin, schema.Plugin),
    (program.ImageSpec, schema.ImageSpec),
    (program.Policy, schema.Policy),
    (program.TaskDef, schema.TaskDef),
    (program.LiteralBinding, schema.LiteralBinding),
    (program.InputBinding, schema.InputBinding),
    (program.OutputBinding, schema.OutputBinding),
    (program.ListBinding, schema.ListBinding),
    (program.DictBinding, schema.DictBinding),
    (program.StructBinding, schema.StructBinding),
    (program.GateNode, schema.Gate),
    (program.Output, schema.Output),
    (program.Workflow, schema.Workflow),
    (program.Program, schema.Program),
    (program.Publish, schema.Publish),
    (program.Unit, schema.Unit),
    (program.Plan, schema.Plan),
]


def _json_names(struct: type[msgspec.Struct]) -> set[str]:
    config = struct.__struct_config__
    names = set(struct.__struct_fields__)
    return names | {config.tag_field} if config.tag_field else names


def _always_written(struct: type[msgspec.Struct]) -> set[str]:
    config = struct.__struct_config__
    fields = struct.__struct_fields__
    defaults = struct.__struct_defaults__
    required = set(fields[: len(fields) - len(defaults)]) if config.omit_defaults else set(fields)
    return required | {config.tag_field} if config.tag_field else required


@pytest.mark.parametrize(("struct", "shape"), PAIRS, ids=lambda value: value.__name__)
def test_struct_and_typed_dict_have_the_same_names(struct, shape):
    assert _json_names(struct) == set(typing.get_type_hints(shape))


@pytest.mark.parametrize(("struct", "shape"), PAIRS, ids=lambda value: value.__name__)
def test_what_the_runtime_takes_for_granted_is_always_written(struct, shape):
    assert shape.__required_keys__ <= _always_written(struct)


def test_nodes_of_the_flat_workflow_agree():
    task, mapped = _json_names(program.TaskNode), _json_names(program.MapNode)
    assert task | mapped == set(typing.get_type_hints(schema.Node))
    assert schema.Node.__required_keys__ <= _always_written(program.TaskNode) & _always_written(program.MapNode)
