"""Keeps the tasks and classes that the workflow reaches: a program says nothing about what it does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dagwright.contract.types import Type, parse
from dagwright_compiler.ir.program import (
    ClassDef,
    DictBinding,
    GateNode,
    ListBinding,
    LiteralBinding,
    MapNode,
    Program,
    StructBinding,
    TaskNode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import ImageSpec, TaskDef
    from dagwright_compiler.passes.context import Context


def reach(program: Program, context: Context) -> Program:
    """Drop tasks without a call and classes that no type of what is left names."""
    del context  # a pure rewrite: nothing to report
    tasks: dict[str, TaskDef] = {}
    for node in program.workflow.nodes:
        if isinstance(node, TaskNode | MapNode):
            tasks[node.task] = program.tasks[node.task]
    kept = replace(program, tasks=dict(sorted(tasks.items())))
    if program.images:
        kept = replace(kept, images=_reached_images(kept))
    return replace(kept, classes=_reached_classes(kept))


def _reached_images(program: Program) -> dict[str, ImageSpec]:
    """Images that a task or a call names, and the images that they build on."""
    changed = [node.policy for node in program.workflow.nodes if isinstance(node, TaskNode | MapNode)]
    policies = [*(task.policy for task in program.tasks.values()), *changed]
    pending = [policy.image for policy in policies if policy is not None and policy.image]
    found: dict[str, ImageSpec] = {}
    while pending:
        name = pending.pop()
        spec = program.images.get(name)
        if spec is not None and name not in found:
            found[name] = spec
            if spec.base_image:
                pending.append(spec.base_image)
    return dict(sorted(found.items()))


def _reached_classes(program: Program) -> dict[str, ClassDef]:
    known = program.classes
    if not known:
        return {}
    found: dict[str, ClassDef] = {}
    pending = list(_declared_types(program))
    while pending:
        declared = pending.pop()
        pending.extend(declared.args)
        if declared.kind == "class" and declared.name in known and declared.name not in found:
            definition = found[declared.name] = known[declared.name]
            pending.extend(_field_types(definition))
    return dict(sorted(found.items()))


def _declared_types(program: Program) -> Iterator[Type]:
    for task in program.tasks.values():
        for field in (*task.inputs, *task.outputs):
            yield field.type
            yield from _tagged_types(field.default)
    workflow = program.workflow
    for gate in workflow.nodes:
        if isinstance(gate, GateNode):
            yield from (field.type for field in gate.outputs)
    for item in workflow.inputs:
        yield item.type
        yield from _tagged_types(item.default)
    bindings = [binding for node in workflow.nodes for _, binding in node.bindings]
    for output in workflow.outputs:
        yield output.type
        bindings.append(output.binding)
    while bindings:
        binding = bindings.pop()
        yield from binding.through
        if isinstance(binding, LiteralBinding):
            yield binding.type
            yield from _tagged_types(binding.value)
        elif isinstance(binding, ListBinding):
            yield binding.type
            bindings.extend(binding.items)
        elif isinstance(binding, StructBinding):
            yield binding.type
            bindings.extend(part for _, part in binding.items)
        elif isinstance(binding, DictBinding):
            yield binding.type
            for key, part in binding.items:
                yield from _tagged_types(key)
                bindings.append(part)


def _field_types(definition: ClassDef) -> Iterator[Type]:
    for field in definition.fields:
        yield field.type
        yield from _tagged_types(field.default)


def _tagged_types(value: Any) -> Iterator[Type]:
    """Types that a literal carries itself, where its declared type leaves it open (``contract.literals``)."""
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, list | tuple):
            pending.extend(item)
        elif isinstance(item, dict):
            pending.extend(item.values())
            tag = item.get("$u")
            if isinstance(tag, str) and len(item) == 2:
                yield parse(tag)
