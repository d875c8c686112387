"""Validation: a workflow's name must leave something that manifests can be named after. Limits of length are each target's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import UNNAMEABLE_WORKFLOW
from dagwright_compiler.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.passes.context import Context


def validate_names(program: Program, context: Context) -> Program:
    """Refuse a workflow whose function's name has no ASCII letter or digit."""
    name = program.workflow.name.rpartition(".")[2]
    if not any(char.isascii() and char.isalnum() for char in name):
        context.diagnostics.add(
            Diagnostic(
                UNNAMEABLE_WORKFLOW,
                f"`{name}` leaves no name for a manifest: none of its characters is an ASCII letter or digit",
                context.spans.definition(program.workflow.name),
                help="give the function a name with at least one of a-z, 0-9",
            )
        )
    return program
