"""Validation: what a workflow says about its failure holds where it is started itself; called by another one it is a part of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import UNSUPPORTED_OPTION
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import GraphNode, Program

if TYPE_CHECKING:
    from dagwright_compiler.passes.context import Context


def validate_failures(program: Program, context: Context) -> Program:
    """Report calls of workflows that would handle their failures in another way than the one that is started."""
    entry = program.workflow
    pending, seen = [entry], {entry.name}
    while pending:
        caller = pending.pop()
        for node in caller.nodes:
            callee = context.library.workflows.get(node.workflow) if isinstance(node, GraphNode) else None
            if callee is None:
                continue
            short, started = callee.name.rpartition(".")[2], entry.name.rpartition(".")[2]
            message = help_ = ""
            if callee.name in context.library.handlers:
                message = f"`{short}` has an `on_failure` of its own, which runs only where `{short}` is started itself"
                help_ = f"give `on_failure` to `{started}`, or call a workflow without it"
            elif callee.failure_policy is not None and entry.failure_policy is None:
                message = f"`{short}` runs on after a failure, and `{started}`, which calls it, does not"
                help_ = f"give `{started}` the same `failure_policy`: one counts for a whole run"
            if message:
                span = context.spans.node(caller.name, node.id)
                context.diagnostics.add(Diagnostic(UNSUPPORTED_OPTION, message, span, help=help_))
            if callee.name not in seen:
                seen.add(callee.name)
                pending.append(callee)
    return program
