"""Small programs put together by hand, for tests below the front end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright.contract.types import INT, Type
from dagwright_compiler.ir.program import (
    Binding,
    Cache,
    Field,
    GraphNode,
    InputBinding,
    Library,
    LiteralBinding,
    Node,
    Output,
    OutputBinding,
    Policy,
    Program,
    TaskDef,
    TaskNode,
    Workflow,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def of(text: str) -> Binding:
    """`node.output` or `node` (output `o0`) or `$input`."""
    if text.startswith("$"):
        return InputBinding(name=text[1:])
    node, _, output = text.partition(".")
    return OutputBinding(node=node, output=output or "o0")


def literal(value: Any, declared: Type = INT) -> LiteralBinding:
    return LiteralBinding(type=declared, value=value)


def bindings(arguments: dict[str, str | Binding]) -> tuple[tuple[str, Binding], ...]:
    return tuple((name, of(value) if isinstance(value, str) else value) for name, value in arguments.items())


def call(node_id: str, *, task: str = "flow.t", after: Iterable[str] = (), **arguments: str | Binding) -> TaskNode:
    return TaskNode(id=node_id, task=task, bindings=bindings(arguments), after=tuple(after))


def graph(node_id: str, workflow: str, *, after: Iterable[str] = (), **arguments: str | Binding) -> GraphNode:
    return GraphNode(id=node_id, workflow=workflow, bindings=bindings(arguments), after=tuple(after))


def task(
    name: str = "flow.t", *, outputs: int = 1, cached: bool = False, inputs: tuple[str, ...] = ("a", "b"), of_type: Type = INT
) -> TaskDef:
    module, _, function = name.rpartition(".")
    return TaskDef(
        name=name,
        module=module,
        function=function,
        inputs=tuple(Field(name=name, type=of_type, has_default=True, default=0) for name in inputs),
        outputs=tuple(Field(name=f"o{at}", type=of_type) for at in range(outputs)),
        returns="none" if not outputs else "single" if outputs == 1 else "tuple",
        signature="0" * 64,
        policy=Policy(cache=Cache(version="1") if cached else None),
    )


def workflow(name: str, *nodes: Node, inputs: tuple[str, ...] = (), outputs: tuple[str | Binding, ...] = ()) -> Workflow:
    return Workflow(
        name=name,
        inputs=tuple(Field(name=name, type=INT) for name in inputs),
        outputs=tuple(
            Output(name=f"o{at}", type=INT, binding=of(found) if isinstance(found, str) else found)
            for at, found in enumerate(outputs)
        ),
        returns="none" if not outputs else "single" if len(outputs) == 1 else "tuple",
        nodes=nodes,
    )


def library(*workflows: Workflow, tasks: tuple[TaskDef, ...] = ()) -> Library:
    defined = {found.name: found for found in (task(), *tasks)}
    return Library(classes={}, tasks=defined, workflows={found.name: found for found in workflows})


def program(entry: Workflow, *others: Workflow, tasks: tuple[TaskDef, ...] = ()) -> Program:
    made = library(entry, *others, tasks=tasks)
    return Program(classes=made.classes, tasks=made.tasks, workflow=entry)
