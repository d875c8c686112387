"""What to write instead of text that is no Python: the parser's own guess, and what people paste by mistake."""

from __future__ import annotations

import re

_GUESS = re.compile(r"\.? (?:did you mean|maybe you meant|perhaps you forgot) (?P<what>.+?)\??$", re.IGNORECASE)
_QUOTED = re.compile(r"'([^'\s]+)'")
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}
_SPACES = {"\u00a0", "\u200b", "\u202f", "\ufeff", "\u3000"}
_DASHES = {"\u2013", "\u2014", "\u2212"}


def advice(message: str, line: str, column: int) -> tuple[str, str]:
    """Message and help about a line that the parser refused.

    Args:
        message: What the parser says, in one line.
        line: The line.
        column: Where in it, in characters.
    """
    if line.startswith(_CONFLICT):
        return (
            "a merge conflict stands in the file",
            "keep one of the two sides, and remove the lines of `<<<<<<<`, `=======` and `>>>>>>>`",
        )
    guess = _GUESS.search(message)
    if guess is not None:
        what = guess["what"].replace("'", "`")
        if "(" in what and "`" not in what:  # `print(...)` is the one piece of code that the parser does not quote
            what = f"`{what}`"
        forgot = "forgot" in guess.group().lower()
        return quoted(message[: guess.start()]), f"is {what} missing?" if forgot else f"did you mean {what}?"
    char = line[column : column + 1]
    if char in _QUOTES:
        return f"`{char}` is not a quotation mark in Python", f"write `{_QUOTES[char]}`, as editors for code do"
    if char in _SPACES:
        return f"an invisible character (U+{ord(char):04X}) stands here", "write a plain space, or nothing"
    if char in _DASHES:
        return f"`{char}` is not a minus sign in Python", "write `-`"
    return quoted(message), ""


def quoted(message: str) -> str:
    """A sentence of Python's with code marked as in our own."""
    return _QUOTED.sub(r"`\1`", message)
