"""Tasks called inside tasks: they run as plain functions there, which is rarely what was meant."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import FunctionEntity
from dagwright_compiler.frontend.findings import Findings, Place

if TYPE_CHECKING:
    from dagwright_compiler.frontend.body_scopes import Body
    from dagwright_compiler.frontend.definitions import Definitions
    from dagwright_compiler.frontend.summary import FunctionNode


def warn_nested_calls(task: FunctionNode, body: Body, definitions: Definitions, findings: Findings) -> None:
    """Warn of every call of a task or workflow in the body of a task."""
    for call, scope, _ in body.calls:
        entity = scope.entity(call.func) if isinstance(call, ast.Call) else None
        if not isinstance(entity, FunctionEntity):
            continue
        kind = definitions.decoration(entity).kind
        if kind in ("task", "workflow"):
            name = entity.node.name
            message = (
                f"the {kind} `{name}` is called inside the task `{task.name}`: it runs as a plain function there, "
                "without cache, retries or a container of its own"
            )
            help_ = f"call both from a workflow, or make `{name}` a plain function"
            findings.add(codes.TASK_IN_TASK, message, Place(scope.module, call), help=help_)
