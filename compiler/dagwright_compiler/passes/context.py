"""What passes know beside the program: all definitions, spans, and where findings go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Collector
    from dagwright_compiler.ir.program import Library
    from dagwright_compiler.ir.spans import SpanTable


class Context:
    """One run of the pipeline over one program.

    ``spans`` belongs to this run: a pass that makes new nodes adds their spans to it.
    """

    __slots__ = ("diagnostics", "library", "spans")

    def __init__(self, library: Library, spans: SpanTable, diagnostics: Collector) -> None:
        self.library = library
        self.spans = spans
        self.diagnostics = diagnostics
