"""The pipeline: from one entry workflow with subworkflows to the flat, checked, reduced program that targets take.

A pass is one function in one file, ``(program, context) -> program``. Checks report everything that they find and give the program back;
rewrites rely on what was checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.passes.inline import inline
from dagwright_compiler.passes.lint_duplicates import lint_duplicates
from dagwright_compiler.passes.lint_secrets import lint_secrets
from dagwright_compiler.passes.lint_unused import lint_unused
from dagwright_compiler.passes.open_gates import open_gates
from dagwright_compiler.passes.reach import reach
from dagwright_compiler.passes.reduce_order import reduce_order
from dagwright_compiler.passes.validate_calls import validate_calls
from dagwright_compiler.passes.validate_failures import validate_failures
from dagwright_compiler.passes.validate_lengths import validate_lengths
from dagwright_compiler.passes.validate_names import validate_names
from dagwright_compiler.passes.validate_order import validate_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.passes.context import Context

    Pass = Callable[[Program, Context], Program]

CHECKS: tuple[Pass, ...] = (
    lint_unused,
    lint_duplicates,
    lint_secrets,
    validate_names,
    validate_order,
    validate_calls,
    validate_failures,
)
"""On the workflow as written: its nodes are the user's own calls."""
REWRITES: tuple[Pass, ...] = (
    inline,
    open_gates,
    validate_lengths,
    reduce_order,
    reach,
)
"""On a workflow without errors; from ``inline`` on it is flat. What only the flat workflow shows is checked here."""


def run_passes(program: Program, context: Context) -> Program | None:
    """Run all passes; ``None`` when one reports an error."""
    run_checks(program, context)
    for step in REWRITES:
        if context.diagnostics.has_errors:
            return None
        program = step(program, context)
    return None if context.diagnostics.has_errors else program


def run_checks(program: Program, context: Context) -> None:
    """Run the checks alone: they read a workflow in which the front end left something out, rewrites do not."""
    for step in CHECKS:
        step(program, context)
