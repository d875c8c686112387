"""What a call or a run of a refused program raises: the compiler's findings as one exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.text import TextRenderer

if TYPE_CHECKING:
    from dagwright_compiler.driver.reading import Reading


class CompileError(Exception):
    """The program was refused; the text is the compiler's own report, as ``dagwright check`` prints it."""

    def __init__(self, report: str) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return f"the program cannot be compiled\n\n{self.report.rstrip()}"


def refused(reading: Reading) -> CompileError:
    """Make the exception from what was found."""
    return CompileError(TextRenderer(reading.sources()).report(found for found in reading.diagnostics.sorted() if found.is_error))
