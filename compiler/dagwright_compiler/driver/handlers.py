"""What runs once a workflow has failed: a graph of its own, brought to the form of the workflow's, beside it in one program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright_compiler.diagnostics.codes import UNSUPPORTED_OPTION
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import GateNode, Program
from dagwright_compiler.passes.pipeline import REWRITES
from dagwright_compiler.passes.validate_calls import validate_calls
from dagwright_compiler.passes.validate_failures import validate_handler

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Workflow
    from dagwright_compiler.passes.context import Context


def with_handler(program: Program, handler: Workflow, context: Context) -> Program | None:
    """Put a workflow's handler beside it; ``None`` after an error in it.

    Args:
        program: The workflow, finished.
        handler: The handler's call, in a workflow of its own.
        context: Of the workflow's passes.
    """
    library = context.library
    own = replace(handler, nodes=tuple(replace(node, id=_free_id(node.id, program)) for node in handler.nodes))
    made = replace(program, tasks=library.tasks, classes=library.classes, images=library.images, workflow=own)
    validate_handler(own, program.workflow.name, context)
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
    return replace(
        program,
        tasks=dict(sorted({**program.tasks, **made.tasks}.items())),
        classes=dict(sorted({**program.classes, **made.classes}.items())),
        images=dict(sorted({**program.images, **made.images}.items())),
        on_failure=made.workflow,
    )


def _free_id(wanted: str, program: Program) -> str:
    """An id with which no node of the workflow begins."""
    taken = [node.id for node in program.workflow.nodes]
    found, number = wanted, 1
    while any(name.startswith(found) for name in taken):
        number += 1
        found = f"{wanted}-{number}"
    return found
