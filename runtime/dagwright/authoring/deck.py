"""Decks: pages that a task writes about what it does, and what turns values into their HTML."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
{sections}
</body>
</html>
"""


class Deck:
    """One page of a task, as HTML; the pages of an attempt are kept beside its record where ``enable_deck=True`` asks for them.

    Args:
        name: Its title.
        html: What it begins with.
    """

    __slots__ = ("_html", "_name")

    def __init__(self, name: str, html: str | None = None) -> None:
        from dagwright.authoring.calls import running_attempt

        self._name = name
        self._html = html or ""
        attempt = running_attempt()
        if attempt is not None:
            attempt.decks.append(self)

    def append(self, html: str) -> Deck:
        """Add HTML at the end."""
        self._html = f"{self._html}\n{html}" if self._html else html
        return self

    @property
    def name(self) -> str:
        """Its title."""
        return self._name

    @property
    def html(self) -> str:
        """What it holds."""
        return self._html

    @staticmethod
    def publish() -> None:
        """Nothing to do: an attempt's decks are kept when it ends."""


class TopFrameRenderer:
    """The first rows and columns of a frame as a table; the frame writes it itself."""

    def __init__(self, max_rows: int = 10, max_cols: int = 100) -> None:
        self._max_rows = max_rows
        self._max_cols = max_cols

    def to_html(self, df: Any) -> str:
        """Render a frame that has pandas' ``to_html``."""
        html: str = df.to_html(max_rows=self._max_rows, max_cols=self._max_cols)
        return html


class MarkdownRenderer:
    """Markdown as HTML where the image has ``markdown_it``, else as it stands."""

    def to_html(self, text: str) -> str:
        """Render a text."""
        try:
            from markdown_it import MarkdownIt
        except ModuleNotFoundError:
            return f"<pre>{_escaped(text)}</pre>"
        html: str = MarkdownIt().render(text)
        return html


def page(title: str, decks: Sequence[Deck]) -> str:
    """Put decks together into one HTML document; of equal names the last counts, as in flytekit."""
    by_name = {deck.name: deck.html for deck in decks}
    sections = "\n".join(f"<section>\n<h2>{_escaped(name)}</h2>\n{html}\n</section>" for name, html in by_name.items())
    return _PAGE.format(title=_escaped(title), sections=sections)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
