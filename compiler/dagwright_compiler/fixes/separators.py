"""What stands between items in brackets, in libcst's terms: commas, line ends, and comments that belong to the item before them."""

from __future__ import annotations

from libcst import BaseParenthesizableWhitespace, Comma, MaybeSentinel, ParenthesizedWhitespace, SimpleWhitespace

Whitespace = BaseParenthesizableWhitespace


def after(comma: Comma | MaybeSentinel) -> Whitespace:
    """What follows a comma."""
    return comma.whitespace_after if isinstance(comma, Comma) else SimpleWhitespace("")


def uncommented(space: Whitespace) -> Whitespace:
    """A separator for an item that has no comment of its own."""
    if not isinstance(space, ParenthesizedWhitespace):
        return space
    line = space.first_line.with_changes(comment=None, whitespace=SimpleWhitespace(""))
    return space.with_changes(first_line=line, empty_lines=[])


def continued(ending: Whitespace, next_: Whitespace) -> Whitespace:
    """The comment that ``ending`` holds, then the line and indentation of ``next_``."""
    has_comment = isinstance(ending, ParenthesizedWhitespace) and ending.first_line.comment is not None
    if not has_comment or not isinstance(ending, ParenthesizedWhitespace):
        return uncommented(next_)
    if not isinstance(next_, ParenthesizedWhitespace):
        return ending  # a comment ends its line, whatever comes next
    return next_.with_changes(first_line=ending.first_line, empty_lines=[])


def between(previous: Comma | MaybeSentinel, opening: Whitespace) -> Whitespace:
    """What parts items: as behind the item before, or where there is none as behind the bracket; a space if all stand on one line."""
    space = previous.whitespace_after if isinstance(previous, Comma) else opening
    return space if isinstance(previous, Comma) or isinstance(space, ParenthesizedWhitespace) else SimpleWhitespace(" ")
