"""Comments that silence findings: ``# dagwright: ignore[DW493] reason`` for its line, ``# dagwright: ignore-file[DW493]`` for the file.

Input: a source. Output: what it silences, and findings about comments that silence nothing. Only comments count, so the source
is cut into tokens: not for files that never say ``dagwright:``.
"""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics.codes import ALL, UNUSED_PRAGMA, WRONG_PRAGMA
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.diagnostics.suggestions import did_you_mean, nearest
from dagwright_compiler.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dagwright_compiler.source import SourceFile

_LINE, _FILE = "ignore", "ignore-file"
_FORM = "write `# dagwright: ignore[DW493] reason`, or `ignore-file[...]` for the whole file"
_PRAGMA = re.compile(r"#\s*dagwright:\s*(?P<word>[\w-]+)[ \t]*(?:\[(?P<codes>[^\]]*)\])?")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CODE = re.compile(r"\bDW\d{3}\b", re.IGNORECASE)
_OF_TARGETS = re.compile(r"DW5[3-8]\d")


class Pragma(NamedTuple):
    """One code that a comment silences: on ``line``, or in the whole file where it is 0."""

    path: str
    line: int
    code: str
    span: Span


class _Comment(NamedTuple):
    """Where a comment stands: its line's number and text, and the character at which it begins."""

    path: str
    line: int
    text: str
    column: int

    def span(self, start: int, end: int) -> Span:
        """A part of the comment, in characters from its beginning."""
        first, last = (len(self.text[: self.column + at].encode("utf-8", "surrogatepass")) for at in (start, end))
        return Span(self.path, self.line, first, self.line, last)


class Pragmas:
    """All that the comments of some sources silence.

    Args:
        sources: Files that may hold such comments.
    """

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self._pragmas: list[Pragma] = []
        self._used: set[tuple[str, int, str]] = set()
        self.wrong: list[Diagnostic] = []
        """Findings about comments that silence nothing, as they are misspelt."""
        for source in sources:
            self._read(source)
        self._places = {(pragma.path, pragma.line, pragma.code) for pragma in self._pragmas}

    def silences(self, found: Diagnostic) -> bool:
        """Whether a comment silences a finding; the comment then counts as used."""
        if found.span is None or not self._places:
            return False
        path, code = found.span.path, found.code.id
        hits = self._places & {(path, found.span.line, code), (path, 0, code)}
        self._used |= hits
        return bool(hits)

    def unused(self) -> Iterator[Diagnostic]:
        """Findings about comments that silenced nothing, to be asked for once all findings have been seen.

        Codes of targets are left out: they depend on the target that is compiled for.
        """
        for pragma in self._pragmas:
            is_open = pragma.code == UNUSED_PRAGMA.id or _OF_TARGETS.fullmatch(pragma.code)
            if not is_open and (pragma.path, pragma.line, pragma.code) not in self._used:
                where = "this line" if pragma.line else "this file"
                message = f"`{pragma.code}` is ignored, but {where} has no such finding"
                yield Diagnostic(UNUSED_PRAGMA, message, pragma.span, help=f"remove `{pragma.code}` from the comment")

    def _read(self, source: SourceFile) -> None:
        lines = _LINE_END.split(source.text)
        for text, (line, column) in _comments(source.text):
            for found in _PRAGMA.finditer(text):
                self._take(_Comment(source.path, line, lines[line - 1], column), found)

    def _take(self, comment: _Comment, found: re.Match[str]) -> None:
        word, codes = found["word"], found["codes"]
        at_word = comment.span(*found.span("word"))
        if word not in (_LINE, _FILE):
            # A sentence may begin with our name; brackets, or a word that is nearly ours, are no sentence.
            if codes is not None or nearest(word, (_LINE, _FILE)):
                message = f"`{word}` is not a comment that dagwright knows"
                self.wrong.append(Diagnostic(WRONG_PRAGMA, message, at_word, help=did_you_mean(word, (_LINE, _FILE)) or _FORM))
            return
        names = list(re.finditer(r"[^\s,]+", codes or ""))
        if not names:
            written = _CODE.search(found.string, found.end("word"))
            help_ = f"write `# dagwright: {word}[{written[0].upper()}]`" if written is not None else _FORM
            message = f"`{word}` does not say which code" + (" in brackets" if written is not None else "")
            self.wrong.append(Diagnostic(WRONG_PRAGMA, message, at_word, help=help_))
        for name in names:
            start = found.start("codes") + name.start()
            span = comment.span(start, start + len(name[0]))
            code = name[0].upper()
            if code in ALL:
                self._pragmas.append(Pragma(comment.path, 0 if word == _FILE else comment.line, code, span))
            else:
                message = f"there is no code `{name[0]}`"
                self.wrong.append(Diagnostic(WRONG_PRAGMA, message, span, help=did_you_mean(code, ALL) or _FORM))


def _comments(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Comments and where they begin: line from 1, column in characters from 0. Stops where the text is no Python."""
    try:
        # Lines end as in the source: every kind of line end counts, and none is translated.
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                yield token.string, token.start
    except (tokenize.TokenError, SyntaxError):
        return  # what is wrong with the file was found when it was read
