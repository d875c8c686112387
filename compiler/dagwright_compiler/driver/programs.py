"""From one definition to a program: a workflow through the passes, a task wrapped in a workflow of its own."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.driver.handlers import with_handlers
from dagwright_compiler.driver.naming import Wanted, wanted_definition
from dagwright_compiler.driver.reading import Reading, read_project
from dagwright_compiler.frontend.node_names import mangle
from dagwright_compiler.ir.program import (
    GraphNode,
    InputBinding,
    Library,
    MapNode,
    Output,
    OutputBinding,
    Program,
    TaskDef,
    TaskNode,
    Workflow,
)
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.passes.context import Context
from dagwright_compiler.passes.pipeline import run_checks, run_passes

if TYPE_CHECKING:
    from pathlib import Path

    from dagwright_compiler.config import Settings


class Loaded(msgspec.Struct, frozen=True):
    """One program with all that a caller may want to say about it.

    ``program`` is ``None`` exactly when ``reading.diagnostics`` holds an error; warnings may stand there in any case.
    """

    program: Program | None
    spans: SpanTable
    reading: Reading


def load_program(path: Path, name: str | None, settings: Settings, *, display_root: Path | None = None) -> Loaded:
    """Read one file and make the program of one of its workflows or tasks.

    Args:
        path: The file.
        name: Full or short name of a workflow or task; ``None`` stands for the file's only workflow.
        settings: Settings that hold for the file.
        display_root: Folder that paths in messages are relative to; the working directory unless told.
    """
    was_on = gc.isenabled()
    gc.disable()  # syntax trees hold no garbage, and this may run inside the user's own process
    try:
        reading = read_project([path], settings, display_root=display_root)
        return load_definition(reading, Wanted(path, name, path.name))
    finally:
        if was_on:
            gc.enable()


def load_definition(reading: Reading, wanted: Wanted) -> Loaded:
    """Make the program of the one definition that a request selects."""
    found = wanted_definition(reading, wanted)
    if found is None:
        return Loaded(None, reading.elaborated.spans, reading)
    loaded = program_of(reading, found)
    # What is wrong elsewhere in the file counts too: the same file compiles or is refused, whoever asks.
    return Loaded(None, loaded.spans, reading) if reading.diagnostics.has_errors else loaded


def program_of(reading: Reading, name: str) -> Loaded:
    """Make the program of a workflow or task by its full name; findings join those of the reading."""
    elaborated = reading.elaborated
    library = elaborated.library
    entry = library.workflows.get(name)
    is_task = entry is None
    entry = entry or workflow_of_task(library.tasks[name])
    program = Program(
        project=reading.settings.project,
        domain=reading.settings.domain,
        classes=library.classes,
        tasks=library.tasks,
        images=library.images,
        workflow=entry,
    )
    # Each program has its own collector, so that an error of another one does not end this one's passes.
    diagnostics = Collector()
    context = Context(library, _own_spans(elaborated.spans, entry, is_task=is_task), diagnostics)
    result: Program | None = None
    if reading.is_sound:
        result = run_passes(program, context)
        if result is not None and (name in library.handlers or not isinstance(result.call_handlers, msgspec.UnsetType)):
            result = with_handlers(result, context)
    elif is_complete(library, entry):
        run_checks(program, context)
    for found in diagnostics.sorted():
        # A lint about a workflow that lacks a part would be a false alarm.
        if found.is_error or reading.is_sound:
            reading.diagnostics.add(found)
    return Loaded(result, context.spans, reading)


def workflow_of_task(task: TaskDef) -> Workflow:
    """Wrap a task in a workflow with the same name, inputs and outputs."""
    node = mangle(task.function) or "node"
    return Workflow(
        name=task.name,
        inputs=task.inputs,
        outputs=tuple(
            Output(name=output.name, type=output.type, binding=OutputBinding(node=node, output=output.name))
            for output in task.outputs
        ),
        returns=task.returns,
        nodes=(
            TaskNode(
                id=node, task=task.name, bindings=tuple((field.name, InputBinding(name=field.name)) for field in task.inputs)
            ),
        ),
    )


def is_complete(library: Library, entry: Workflow) -> bool:
    """Whether everything that a workflow calls is defined; what is missing was reported where it is called."""
    pending = [entry]
    seen = {entry.name}
    while pending:
        for node in pending.pop().nodes:
            if not isinstance(node, GraphNode):
                if isinstance(node, TaskNode | MapNode) and node.task not in library.tasks:
                    return False
            elif node.workflow not in seen:
                if node.workflow not in library.workflows:
                    return False
                seen.add(node.workflow)
                pending.append(library.workflows[node.workflow])
    return True


def _own_spans(spans: SpanTable, entry: Workflow, *, is_task: bool) -> SpanTable:
    """A table for one run of the passes, which add to it; shared where they will not."""
    if not is_task and not any(isinstance(node, GraphNode) for node in entry.nodes):
        return spans
    own = spans.extended()
    if is_task:
        declared = spans.definition(entry.name)
        own.nodes |= {(entry.name, node.id, ""): declared for node in entry.nodes} if declared else {}
    return own
