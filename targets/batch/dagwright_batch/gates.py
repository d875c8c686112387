"""What AWS Batch has for gates: nothing. No job of it waits without a container, for a person or for a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.codes import BATCH_UNSUPPORTED
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import GateNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.ir.spans import SpanTable

_INSTEAD = {
    "approve": ("approve", "end this workflow before it, and start a second one with its results when they are approved"),
    "input": ("wait_for_input", "make the value an input of the workflow, or of a second one that is started with it"),
    "sleep": ("sleep", "wait inside a task: `time.sleep(...)`"),
}


def refuse_gates(program: Program, spans: SpanTable) -> Iterator[Diagnostic]:
    """Report every gate at its call."""
    for node in program.workflow.nodes:
        if isinstance(node, GateNode):
            name, help_ = _INSTEAD[node.gate]
            message = f"{node.id}: AWS Batch has nothing that waits, so it cannot run `{name}`"
            yield Diagnostic(BATCH_UNSUPPORTED, message, spans.node(program.workflow.name, node.id), help=help_)
