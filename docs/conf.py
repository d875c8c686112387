"""How Sphinx builds these pages: ``make docs``. Every warning is an error: a page nobody leads to, a link or an anchor that leads nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "dagwright"
html_title = "dagwright"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
smartquotes = False  # `--deny` is an option, and no dash
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # pages of codes show text that is wrong on purpose

html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_last_updated_fmt = None  # the same sources give the same bytes
templates_path: list[str] = []
pygments_style = "default"
pygments_dark_style = "github-dark"

_MARK = re.compile(r"^<!-- (file|shell|excerpt|prose)(?:: (?P<rest>.+?))? -->\n```(?P<language>\w*)$", re.MULTILINE)


def _captioned(found: re.Match[str]) -> str:
    """The opening of a block under its caption: the file that it is, or the command that prints it."""
    language = found["language"] or "text"
    if found[1] == "file":
        return f"```{{code-block}} {language}\n:caption: {found['rest']}\n"
    if found[1] == "excerpt":
        return f"```{{code-block}} {language}\n:caption: $ {found['rest']}\n"
    return f"```{language}"


def _caption(_app: Sphinx, _page: str, text: list[str]) -> None:
    """Show what the comments before blocks say, which GitHub hides and the tests read."""
    text[0] = _MARK.sub(_captioned, text[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect what this file adds."""
    app.connect("source-read", _caption)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
