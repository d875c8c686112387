"""Shows explanations: as text for a terminal, as Markdown for the reference in ``docs``, as data for programs.

Input: codes. Output: text. The reference is ``dagwright explain DW --output-format markdown``.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from dagwright_compiler.diagnostics.explanations import CONSOLE, DEFAULT_FILE, Role, explanation
from dagwright_compiler.diagnostics.fixable import fix_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dagwright_compiler.diagnostics.explanations import Block, Explanation
    from dagwright_compiler.diagnostics.model import Code

MOST_WIDTH = 100
"""Columns of running text: longer lines are hard to read."""
ROLES: tuple[Role, Role] = ("wrong", "right")
GROUPS = {
    "DW1": "Reading",
    "DW2": "Names",
    "DW3": "Types",
    "DW4": "Graph",
    "DW50": "Policy of tasks",
    "DW51": "Policy of tasks: resources, images, functions",
    "DW52": "Policy of tasks: what has no effect yet",
    "DW53": "Argo",
    "DW54": "Argo: what pods can have",
    "DW55": "AWS Batch",
    "DW59": "Settings and comments",
    "DW6": "Run time",
}
"""Beginnings of ids and what they are about."""
_HEAD = """\
# Codes

<!-- Written by `dagwright explain DW --output-format markdown`; a test holds it to that. -->

Every finding has a code. Its number never changes and is never given to anything else. Errors keep a manifest from being written; warnings do
not. Of each page below, a test compiles both examples: the wrong one gives exactly this code, the right one nothing.
"""


def text(codes: Sequence[Code], paint: Callable[[str, str], str], *, width: int = MOST_WIDTH) -> str:
    """Pages for a terminal. ``paint`` colours: it takes a kind (``error``, ``message``, ...) and a text."""
    return "\n".join(_text_page(explanation(code), paint, min(width, MOST_WIDTH)) for code in codes)


def listing(codes: Sequence[Code], paint: Callable[[str, str], str]) -> str:
    """One line a code: id, severity, title."""
    return "".join(f"{paint(code.severity, code.id)}  {code.severity:<7}  {code.title}\n" for code in codes)


def data(codes: Sequence[Code]) -> list[dict[str, Any]]:
    """Everything about codes, for programs."""
    return [_data(explanation(code)) for code in codes]


def markdown(codes: Sequence[Code]) -> str:
    """Pages under headings of their groups; several codes begin with a table of all."""
    out = [_HEAD, _table(codes)] if len(codes) > 1 else []
    for start, title in GROUPS.items():
        group = [code for code in codes if code.id.startswith(start)]
        if group and len(codes) > 1:
            out.append(f"## {title}\n")
        out += [_markdown_page(explanation(code)) for code in group]
    return "\n".join(out)


def markdown_listing(codes: Sequence[Code]) -> str:
    """The table of codes alone."""
    return _table(codes, linked=False)


def _text_page(page: Explanation, paint: Callable[[str, str], str], width: int) -> str:
    code = page.code
    out = [paint(code.severity, f"{code.severity}[{code.id}]") + paint("message", f": {code.title}")]
    for paragraph in page.text.split("\n\n"):
        out += ["", textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False)]
    if line := fix_line(code.id):
        out += ["", textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)]
    for role in ROLES:
        if page.example(role):
            out += ["", paint("error" if role == "wrong" else "note", role)]
        for at, block in enumerate(page.example(role)):
            out += [""] if at else []
            out += [f"  {caption}" for caption in _caption(block, page.example(role))]
            out += [f"    {line}".rstrip() for line in block.text.splitlines()]
    return "\n".join(out) + "\n"


def _markdown_page(page: Explanation) -> str:
    code = page.code
    out = [f"### {code.id}: {code.title}", "", f"*{code.severity}*", "", page.text]
    if line := fix_line(code.id):
        out += ["", line]
    for role in ROLES:
        blocks = page.example(role)
        for at, block in enumerate(blocks):
            names = "".join(f", `{name}`" for name in _caption(block, blocks))
            out += ["", f"{role.capitalize()}{names}:" if at == 0 else names.removeprefix(", ") + ":" if names else "Typed:"]
            out += ["", f"```{block.language}", block.text.rstrip("\n"), "```"]
    return "\n".join(out) + "\n"


def _caption(block: Block, blocks: Iterable[Block]) -> list[str]:
    """The name of a file, where it matters: beside other files, or when it is not the usual one."""
    several = sum(other.language != CONSOLE for other in blocks) > 1
    return [block.name] if block.name and (several or block.name != DEFAULT_FILE) else []


def _table(codes: Iterable[Code], *, linked: bool = True) -> str:
    rows = [f"| {_link(code) if linked else code.id} | {code.severity} | {code.title} |" for code in codes]
    return "\n".join(["| Code | Severity | What |", "|---|---|---|", *rows]) + "\n"


def _link(code: Code) -> str:
    """A link to the code's heading, by the anchor that GitHub gives it."""
    anchor = re.sub(r"[^a-z0-9 _-]", "", f"{code.id}: {code.title}".lower()).replace(" ", "-")
    return f"[{code.id}](#{anchor})"


def _data(page: Explanation) -> dict[str, Any]:
    code = page.code
    found = {"code": code.id, "severity": code.severity, "title": code.title, "explanation": page.text, "fix": fix_line(code.id)}
    return found | {role: list(map(_block_data, page.example(role))) for role in ROLES}


def _block_data(block: Block) -> dict[str, str | None]:
    return {"language": block.language, "file": block.name or None, "text": block.text}
