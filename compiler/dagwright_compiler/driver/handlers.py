"""What runs once a workflow has failed, or a call in it: graphs of their own, brought to the form of the workflow's, beside it in one program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from dagwright.contract.failures import FAILURE, result_name
from dagwright.contract.types import class_named
from dagwright_compiler.diagnostics.codes import UNSUPPORTED_OPTION
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.frontend.failure_handlers import NODE
from dagwright_compiler.ir.parts import map_leaves
from dagwright_compiler.ir.program import Field, GateNode, GraphNode, InputBinding, MapNode, OutputBinding, Program, TaskNode
from dagwright_compiler.passes.crossings import Crossings
from dagwright_compiler.passes.pipeline import REWRITES
from dagwright_compiler.passes.validate_calls import validate_calls
from dagwright_compiler.passes.validate_failures import validate_handler

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Binding, LeafBinding, Library, Workflow
    from dagwright_compiler.passes.context import Context

_LONGEST_BEGINNING = 30
"""Characters of a call's id with which the ids of what handles its failure begin: half of what an id may have."""


def with_handlers(program: Program, context: Context) -> Program | None:
    """Put beside a workflow what handles its failure, and those of the calls in it; ``None`` after an error in that.

    Args:
        program: The workflow, finished.
        context: Of the workflow's passes.
    """
    library, entry = context.library, program.workflow.name
    calls = () if isinstance(program.call_handlers, msgspec.UnsetType) else program.call_handlers
    making = _Making(replace(program, call_handlers=msgspec.UNSET), context)
    finished = []
    for handler in calls:
        wanted = f"{handler.call[:_LONGEST_BEGINNING].rstrip('-')}-{NODE}"
        graph = making.finished(_apart(handler.graph, program, library), handler.workflow, wanted)
        if graph is None:
            return None
        finished.append(replace(handler, graph=graph))
    if calls:
        making.program = replace(making.program, call_handlers=tuple(finished))
    if entry in library.handlers:
        graph = making.finished(library.handlers[entry], entry)
        if graph is None:
            return None
        making.program = replace(making.program, on_failure=graph)
    return making.program


class _Making:
    """Finishes handlers one after the other; ``program`` has what they need."""

    def __init__(self, program: Program, context: Context) -> None:
        self.program = program
        self._context = context
        self._taken = [node.id for node in program.workflow.nodes]

    def finished(self, handler: Workflow, handled: str, wanted: str = "") -> Workflow | None:
        """Bring a handler to its final form; ``None`` after an error in it.

        Args:
            handler: The handler's call, in a workflow of its own.
            handled: Name of the workflow whose failure it handles.
            wanted: What the call is to be called, unless what it is.
        """
        context, library = self._context, self._context.library
        own = replace(handler, nodes=tuple(replace(node, id=self._free_id(wanted or node.id)) for node in handler.nodes))
        alone = replace(self.program, on_failure=msgspec.UNSET, call_handlers=msgspec.UNSET)
        made = replace(alone, tasks=library.tasks, classes=library.classes, images=library.images, workflow=own)
        validate_handler(own, handled, context)
        for step in (validate_calls, *REWRITES):
            made = step(made, context)
            if context.diagnostics.has_errors:
                return None
        if any(isinstance(node, GateNode) for node in made.workflow.nodes):
            message = f"`{handler.name.split('.')[-2]}` waits for a person or for time, and handles a failure"
            span = context.spans.definition(handler.name.rpartition(".")[0])
            context.diagnostics.add(
                Diagnostic(UNSUPPORTED_OPTION, message, span, help="let it run without `approve`, `sleep` or `wait_for_input`")
            )
            return None
        self._taken += [node.id for node in made.workflow.nodes]
        self.program = replace(
            self.program,
            tasks=dict(sorted({**self.program.tasks, **made.tasks}.items())),
            classes=dict(sorted({**self.program.classes, **made.classes}.items())),
            images=dict(sorted({**self.program.images, **made.images}.items())),
        )
        return made.workflow

    def _free_id(self, wanted: str) -> str:
        """An id with which no node of the workflow begins, nor one of another handler."""
        found, number = wanted, 1
        while any(name.startswith(found) for name in self._taken):
            number += 1
            found = f"{wanted}-{number}"
        return found


def _apart(handler: Workflow, program: Program, library: Library) -> Workflow:
    """What handles a call's failure as a workflow apart from the failed one, whose results come in as inputs."""
    given = {field.name: field for field in program.workflow.inputs}
    nodes = {node.id: node for node in program.workflow.nodes}
    read: dict[str, Field] = {}

    def change(leaf: LeafBinding) -> Binding:
        if isinstance(leaf, OutputBinding):
            name = result_name(leaf.node, leaf.output)
            if name not in read:
                node = nodes[leaf.node]
                assert not isinstance(node, GraphNode)
                outputs = node.outputs if isinstance(node, GateNode) else library.tasks[node.task].outputs
                own = next(field.type for field in outputs if field.name == leaf.output)
                read[name] = Field(name=name, type=node.type_of_list(own) if isinstance(node, MapNode) else own)
            return InputBinding(name=name, path=leaf.path, through=leaf.through)
        if isinstance(leaf, InputBinding):
            read[leaf.name] = given.get(leaf.name) or Field(name=leaf.name, type=class_named(FAILURE))
        return leaf

    (call,) = handler.nodes
    bindings = tuple((name, map_leaves(binding, change)) for name, binding in call.bindings)
    apart = replace(handler, inputs=tuple(read.values()), nodes=(replace(call, bindings=bindings),))
    if not isinstance(call, TaskNode):
        return apart
    crossings = Crossings(apart, library)
    declared = {field.name: field.type for field in library.tasks[call.task].inputs}
    ending = tuple((name, crossings.ending(binding, declared[name])) for name, binding in bindings)
    return replace(apart, nodes=(replace(call, bindings=ending),))
