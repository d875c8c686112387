"""Format strings as newer Pythons read them (PEP 701, PEP 750): where their parts stand, and the syntax nodes that they mean.

Knows one string literal at a time. ``newer_grammar`` finds them in a file and puts the nodes into its tree.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

OPENING = re.compile(r"(?:[bBfFrRtTuU]{1,2})?(?:\"\"\"|'''|\"|')")
"""What a string begins with: its prefix and its quotes."""

_PLAIN_ENDS = {
    quote: re.compile(rf"(?:[^\\]|\\.)*?{quote}" if len(quote) == 3 else rf"(?:[^\\\r\n{quote}]|\\(?:\r\n|.))*{quote}", re.DOTALL)
    for quote in ('"', "'", '"""', "'''")
}
_IN_EXPRESSION = re.compile(r"[^()\[\]{}\"'#!:=<>\\]+|\\(?:\r\n|.)|#[^\r\n]*|[!=<>:]=|.", re.DOTALL)
_NAMED_CHARACTER = re.compile(r"\\N\{[^{}]*\}")
_BEFORE_QUOTE = re.compile(r"(?:[^\w]|^)([A-Za-z]{1,2})$")
_BLANKS = re.compile(r"(?:\s|#[^\r\n]*)*")
_CONVERSION = re.compile(r"!\s*(\w+)\s*")
_MOST_NESTING = 100
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Unclosed(Exception):  # noqa: N818 - no error of ours: the file is not what the newer grammar allows either
    """A string literal does not end as it should; ``position`` is where it begins."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class TemplateStr(ast.expr):
    """A t-string: Python 3.14 gives a node of this name, and nothing reads a value from either."""

    _fields = ("values",)

    def __init__(self, values: list[ast.expr]) -> None:
        super().__init__()
        self.values = values


class Stretch(NamedTuple):
    """Text between the fields, as written."""

    start: int
    end: int


class ReplacementField(NamedTuple):
    """``{expression=!conversion:spec}``; ``end`` is behind the closing brace."""

    start: int
    end: int
    expression: Stretch
    debug_end: int
    """Where the text of ``expression=`` ends, blanks included; 0 when there is no ``=``."""
    conversion: str
    spec: tuple[Stretch | ReplacementField, ...] | None


class StringLiteral(NamedTuple):
    """One literal of a source; ``parts`` is ``None`` unless its prefix makes it a format string or a template."""

    start: int
    end: int
    prefix: str
    quote: str
    parts: tuple[Stretch | ReplacementField, ...] | None

    @property
    def is_template(self) -> bool:
        """Whether it is a t-string."""
        return "t" in self.prefix


def scan_string(text: str, start: int, depth: int = 0) -> StringLiteral:
    """Find the end and the parts of the string literal that begins at ``start``.

    Raises:
        Unclosed: There is no end, or a field is malformed.
    """
    opening = OPENING.match(text, start)
    if opening is None or depth > _MOST_NESTING:
        raise Unclosed(start)
    prefix = opening.group().rstrip("\"'").lower()
    quote = opening.group()[len(prefix) :]
    if "f" not in prefix and "t" not in prefix:
        found = _PLAIN_ENDS[quote].match(text, opening.end())
        if found is None:
            raise Unclosed(start)
        return StringLiteral(start, found.end(), prefix, quote, None)
    reader = _Parts(text, start, quote, is_raw="r" in prefix, depth=depth)
    parts, end = reader.parts(opening.end(), in_spec=False)
    return StringLiteral(start, end, prefix, quote, parts)


def skeleton(text: str, literal: StringLiteral) -> str:
    """The literal with ``x`` in the place of each expression, as libcst reads it: it knows templates by two of their four prefixes."""
    prefix = "rt" if literal.prefix == "tr" else literal.prefix
    return f"{prefix}{literal.quote}{_skeleton(text, literal.parts or ())}{literal.quote}"


def _skeleton(text: str, parts: tuple[Stretch | ReplacementField, ...]) -> str:
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, Stretch):
            pieces.append(text[part.start : part.end])
            continue
        conversion = f"!{part.conversion}" if part.conversion else ""
        spec = "" if part.spec is None else f":{_skeleton(text, part.spec)}"
        pieces.append(f"{{x{'=' if part.debug_end else ''}{conversion}{spec}}}")
    return "".join(pieces)


class _Parts:
    """Reads literal text and fields of one literal."""

    def __init__(self, text: str, start: int, quote: str, *, is_raw: bool, depth: int) -> None:
        self._text = text
        self._start = start
        self._quote = quote
        self._is_raw = is_raw
        self._depth = depth

    def parts(self, position: int, *, in_spec: bool, nesting: int = 0) -> tuple[tuple[Stretch | ReplacementField, ...], int]:
        """Parts from ``position``, and where they end: behind the quotes, or at the brace that ends the specification."""
        text, quote = self._text, self._quote
        if nesting > _MOST_NESTING:
            raise Unclosed(self._start)
        found: list[Stretch | ReplacementField] = []
        begin = position
        while position < len(text):
            char = text[position]
            if text.startswith(quote, position):
                if in_spec:
                    break
                return (*found, *_stretch(begin, position)), position + len(quote)
            if char == "}" and in_spec:
                return (*found, *_stretch(begin, position)), position
            if char in "{}" and not in_spec and text.startswith(char, position + 1):
                position += 2
            elif char == "{":
                field = self._field(position, nesting)
                found += [*_stretch(begin, position), field]
                begin = position = field.end
            elif char == "\\":
                position = self._escape(position)
            elif char == "}" or (char in "\r\n" and len(quote) == 1):
                break
            else:
                position += 1
        raise Unclosed(self._start)

    def _escape(self, position: int) -> int:
        """Behind an escape; a backslash does not protect a brace, but names of characters have braces of their own."""
        if not self._is_raw:
            named = _NAMED_CHARACTER.match(self._text, position)
            if named is not None:
                return named.end()
        following = self._text[position + 1 : position + 2]
        return position + (1 if following in ("{", "}") else 3 if self._text.startswith("\r\n", position + 1) else 2)

    def _field(self, start: int, nesting: int) -> ReplacementField:
        text = self._text
        end = self._expression_end(start + 1)
        expression = Stretch(start + 1, end)
        position, debug_end, conversion = end, 0, ""
        spec: tuple[Stretch | ReplacementField, ...] | None = None
        if text[position] == "=":
            position = debug_end = _behind_blanks(text, position + 1)
        if text.startswith("!", position):
            match = _CONVERSION.match(text, position)
            if match is None or match.group(1) not in ("r", "s", "a"):
                raise Unclosed(self._start)
            conversion, position = match.group(1), match.end()
        if text.startswith(":", position):
            spec, position = self.parts(position + 1, in_spec=True, nesting=nesting + 1)
        if not text.startswith("}", position) or not text[expression.start : expression.end].strip():
            raise Unclosed(self._start)
        return ReplacementField(start, position + 1, expression, debug_end, conversion, spec)

    def _expression_end(self, position: int) -> int:
        """Where the expression of a field ends: at ``=``, ``!``, ``:`` or ``}`` outside of all brackets."""
        text = self._text
        open_brackets: list[str] = []
        while (match := _IN_EXPRESSION.match(text, position)) is not None:
            piece = match.group()
            if piece in ("'", '"'):
                prefix = _BEFORE_QUOTE.search(text, max(position - 3, self._start), position)
                begin = position - len(prefix.group(1)) if prefix and _is_prefix(prefix.group(1)) else position
                position = scan_string(text, begin, self._depth + 1).end
                continue
            if piece in "([{":
                open_brackets.append(_CLOSING[piece])
            elif open_brackets:
                if piece in ")]}" and piece != open_brackets.pop():
                    break
            elif piece in ("}", "!", ":", "=") or piece == ":=":
                return position
            elif piece in ")]":
                break
            position = match.end()
        raise Unclosed(self._start)


class StringBuilder:
    """Makes the syntax nodes of string literals.

    Args:
        text: The file.
        parse: Gives the node of the expression in a stretch of it, positions and all. What stands around the stretch are the brackets of the
            field.
        place: Sets the position of a new node to a stretch of the file.
    """

    def __init__(self, text: str, parse: Callable[[int, int], ast.expr], place: Callable[[ast.expr, int, int], None]) -> None:
        self._text = text
        self._parse = parse
        self._place = place

    def build(self, literals: list[StringLiteral]) -> ast.expr:
        """The node of adjacent literals, which make one string.

        Raises:
            Unclosed: They are of kinds that do not mix.
            SyntaxError: A field holds no expression.
        """
        if len({literal.is_template for literal in literals}) > 1 or any("b" in literal.prefix for literal in literals):
            raise Unclosed(literals[0].start)
        values: list[ast.expr] = []
        for literal in literals:
            values += self._values(literal)
        start, end = literals[0].start, literals[-1].end
        node = TemplateStr(values) if literals[0].is_template else ast.JoinedStr(values=self._merged(values, start, end))
        self._place(node, start, end)
        return node

    def _values(self, literal: StringLiteral) -> list[ast.expr]:
        if literal.parts is not None:
            return [node for part in literal.parts for node in self._part(part, literal, in_spec=False)]
        value = ast.literal_eval(self._text[literal.start : literal.end])
        assert isinstance(value, str)
        return [self._constant(value, literal.start, literal.end)]

    def _part(self, part: Stretch | ReplacementField, literal: StringLiteral, *, in_spec: bool) -> list[ast.expr]:
        if isinstance(part, Stretch):
            return [self._constant(self._decoded(part, literal, in_spec=in_spec), part.start, part.end)]
        found: list[ast.expr] = []
        if part.debug_end:
            shown = _newlines(_without_comments(self._text[part.expression.start : part.debug_end]))
            found.append(self._constant(shown, part.expression.start, part.debug_end))
        conversion = part.conversion or ("r" if part.debug_end and part.spec is None else "")
        spec: ast.JoinedStr | None = None
        if part.spec is not None:
            inner = [node for piece in part.spec for node in self._part(piece, literal, in_spec=True)]
            spec = ast.JoinedStr(values=self._merged(inner, literal.start, literal.end))
            self._place(spec, part.expression.end, part.end - 1)
        value = self._parse(part.expression.start, part.expression.end)
        node = ast.FormattedValue(value=value, conversion=ord(conversion) if conversion else -1, format_spec=spec)
        self._place(node, part.start, part.end)
        return [*found, node]

    def _decoded(self, part: Stretch, literal: StringLiteral, *, in_spec: bool) -> str:
        """What the text between fields means: escapes, doubled braces, line ends."""
        text = _newlines(self._text[part.start : part.end])
        if not in_spec:
            text = text.replace("{{", "{").replace("}}", "}")
        if "r" in literal.prefix or "\\" not in text:
            return text
        # A quote is protected, and so is a backslash in front of a field: it is itself there.
        quoted = re.sub(r'\\.|"|\\$', lambda match: match.group().rjust(2, "\\"), text, flags=re.DOTALL)
        value = ast.literal_eval(f'"""{quoted}"""')
        assert isinstance(value, str)
        return value

    def _constant(self, value: str, start: int, end: int) -> ast.Constant:
        node = ast.Constant(value)
        self._place(node, start, end)
        return node

    def _merged(self, values: list[ast.expr], start: int, end: int) -> list[ast.expr]:
        """Neighbouring texts as one, none of them empty: as ``ast`` has it."""
        found: list[ast.expr] = []
        for value in values:
            last = found[-1] if found else None
            if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
                found[-1] = self._constant(f"{last.value!s}{value.value!s}", start, end)
            elif not (isinstance(value, ast.Constant) and value.value == ""):
                found.append(value)
        return found


def _stretch(start: int, end: int) -> tuple[Stretch, ...]:
    return (Stretch(start, end),) if end > start else ()


def _behind_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks is not None else position


def _without_comments(text: str) -> str:
    """The text of an expression as a debugging field shows it."""
    pieces: list[str] = []
    position = 0
    while (match := _IN_EXPRESSION.match(text, position)) is not None:
        end = scan_string(text, position).end if match.group() in ("'", '"') else match.end()
        if not match.group().startswith("#"):
            pieces.append(text[position:end])
        position = end
    return "".join(pieces)


def _is_prefix(word: str) -> bool:
    return word.lower() in ("b", "f", "r", "t", "u", "br", "fr", "rb", "rf", "rt", "tr")


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
