"""Handlers of failures, which AWS Batch has no place for: nothing of it starts a job because another one failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics.codes import BATCH_UNSUPPORTED
from dagwright_compiler.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.ir.spans import SpanTable


def refuse_handler(program: Program, spans: SpanTable) -> Iterator[Diagnostic]:
    """Say that nobody would run what the workflow, or one that it calls, names as its ``on_failure``."""
    handled = {} if program.handler is None else {program.workflow.name: program.handler}
    if not isinstance(program.call_handlers, msgspec.UnsetType):
        alone = program.handlers_of_calls
        handled.update({handler.workflow: alone[handler.call] for handler in program.call_handlers})
    for full_name, handling in handled.items():
        name, handler = full_name.rpartition(".")[2], handling.workflow.name.split(".")[-2]
        message = f"AWS Batch starts nothing when a job fails, so `{handler}` would never hear of a failure of `{name}`"
        help_text = (
            "compile for Argo, or leave `on_failure` out and let a rule of EventBridge on failed jobs start what handles them"
        )
        yield Diagnostic(BATCH_UNSUPPORTED, message, spans.definition(full_name, "on_failure"), help=help_text)
