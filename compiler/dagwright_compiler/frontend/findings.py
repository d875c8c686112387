"""Making diagnostics from places in modules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.model import Collector, Diagnostic, Label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.source import Span


class Place:
    """A node in a module: where a finding points to."""

    __slots__ = ("module", "node")

    def __init__(self, module: Module, node: ast.AST) -> None:
        self.module = module
        self.node = node

    @property
    def span(self) -> Span:
        """The stretch of text; a statement is marked by its first line only."""
        span = self.module.span(self.node)
        if isinstance(self.node, ast.stmt) and span.end_line > span.line:
            lines, line = self.module.lines, self.node.lineno
            start = lines.position(line)
            end = _end_of_code(lines.data[start : start + lines.width(line)])
            return type(span)(span.path, span.line, span.column, span.line, max(end, span.column + 1))
        return span


class ArgumentPlace(Place):
    """The value of a keyword argument, which knows where its name stands."""

    __slots__ = ("keyword",)

    def __init__(self, module: Module, keyword: ast.keyword) -> None:
        super().__init__(module, keyword.value)
        self.keyword = keyword


def name_of_argument(place: Place | None) -> Place | Span | None:
    """Where the name of a keyword argument stands, if its value's place tells; else its value."""
    return place.module.keyword_span(place.keyword) if isinstance(place, ArgumentPlace) else place


def _end_of_code(line: bytes) -> int:
    """Where the code of a line ends, in bytes: before a comment behind it."""
    text = line.decode("utf-8", "surrogatepass")
    end = len(text)
    if "#" in text:
        import tokenize  # slow to import, and rarely needed

        try:
            for token in tokenize.generate_tokens(iter([text]).__next__):
                end = token.start[1] if token.type == tokenize.COMMENT else end
        except (tokenize.TokenError, SyntaxError):  # the statement goes on below
            pass
    return len(text[:end].rstrip().encode("utf-8", "surrogatepass"))


class Findings:
    """Adds diagnostics to a collector."""

    __slots__ = ("_causes", "_collector", "_seen", "called_from", "count", "errors", "repeating")

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._causes: set[Span] = set()
        self.count = 0
        """How many findings were reported so far."""
        self.errors = 0
        """How many errors were reported so far."""
        self.repeating = 0
        """How many loops, and functions that are called in a workflow, are being read: one line of them is wrong once."""
        self.called_from: list[Place] = []
        """The calls that led to the function that is being read, from the one in the workflow."""
        self._seen: set[tuple[str, Span | None]] = set()

    def add(
        self,
        code: Code,
        message: str,
        at: Place | Span | None,
        *,
        label: str = "",
        related: Iterable[tuple[Place | Span | None, str]] = (),
        notes: tuple[str, ...] = (),
        help: str = "",  # noqa: A002 - the word that diagnostics use
    ) -> None:
        """Report one finding; related places without a span are left out."""
        span = _span(at)
        if self.repeating:
            if (code.id, span) in self._seen:
                self.errors += code.severity == "error"
                return
            self._seen.add((code.id, span))
        if self.called_from:
            related = (*related, (self.called_from[0], "called from here"))
        labels = tuple(Label(other, text) for place, text in related if (other := _span(place)) is not None)
        self.keep(Diagnostic(code, message, span, label, labels, notes, help))

    def is_first(self, cause: Place) -> bool:
        """Whether no finding told of a cause before; whatever suffers from it again counts as an error all the same."""
        span = cause.span
        if span in self._causes:
            self.errors += 1
            return False
        self._causes.add(span)
        return True

    def held(self, read: Callable[[], object]) -> tuple[Diagnostic, ...]:
        """What reading something reports: given back and not kept."""
        collector, count, errors = self._collector, self.count, self.errors
        causes, seen = set(self._causes), set(self._seen)
        self._collector = Collector()
        found: tuple[Diagnostic, ...] = ()
        is_whole = False
        try:
            read()
            is_whole = True
        finally:
            found = self._collector.sorted()
            self._collector, self.count, self.errors, self._causes, self._seen = collector, count, errors, causes, seen
            if not is_whole:  # what ended it would be lost
                self.keep_held(found)
        return found

    def keep_held(self, found: tuple[Diagnostic, ...]) -> None:
        """Report what was held back, each line of it once."""
        for each in found:
            if (each.code.id, each.span) in self._seen:
                self.errors += each.is_error
            else:
                self._seen.add((each.code.id, each.span))
                self.keep(each)

    def keep_alone(self, diagnostic: Diagnostic) -> None:
        """Report a finding that was made elsewhere, unless an error marks the same stretch of text, or its end: that one says more."""
        if not any(other.is_error and _is_end(other.span, diagnostic.span) for other in self._collector.sorted()):
            self.keep(diagnostic)

    def keep(self, diagnostic: Diagnostic) -> None:
        """Report a finding that was made elsewhere."""
        self.count += 1
        self.errors += diagnostic.is_error
        self._collector.add(diagnostic)


def _is_end(part: Span | None, whole: Span | None) -> bool:
    """Whether a stretch of text ends another one, as a value ends what it is assigned by, or is it."""
    if part is None or whole is None:
        return part is whole
    ends = (part.path, part.end_line, part.end_column) == (whole.path, whole.end_line, whole.end_column)
    return ends and (part.line, part.column) >= (whole.line, whole.column)


def _span(at: Place | Span | None) -> Span | None:
    return at.span if isinstance(at, Place) else at
