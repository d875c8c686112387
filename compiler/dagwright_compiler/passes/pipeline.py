"""The pipeline: from one entry workflow with subworkflows to the flat, checked, reduced program that targets take.

A pass is one function in one file, ``(program, context) -> program``. A pass that reports an error ends the pipeline for this
program, for what follows relies on what it checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.passes.inline import inline
from dagwright_compiler.passes.lint_duplicates import lint_duplicates
from dagwright_compiler.passes.lint_unused import lint_unused
from dagwright_compiler.passes.reach import reach
from dagwright_compiler.passes.reduce_order import reduce_order
from dagwright_compiler.passes.validate_names import validate_names
from dagwright_compiler.passes.validate_order import validate_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.passes.context import Context

    Pass = Callable[[Program, Context], Program]

PASSES: tuple[Pass, ...] = (
    # On the workflow as written: its nodes are the user's own calls.
    lint_unused,
    lint_duplicates,
    validate_names,
    validate_order,
    # From here on the workflow is flat.
    inline,
    reduce_order,
    reach,
)


def run_passes(program: Program, context: Context) -> Program | None:
    """Run all passes; ``None`` when one of them reports an error."""
    for step in PASSES:
        program = step(program, context)
        if context.diagnostics.has_errors:
            return None
    return program
