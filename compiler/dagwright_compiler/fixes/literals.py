"""Literals in the source: what one spells, and edits of what stands between its quotes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Edit
    from dagwright_compiler.fixes.view import View

_QUOTES = ('"', "'")


def inner(view: View, node: ast.Constant, text: str) -> tuple[Edit, ...] | None:
    """Replace the text of a plain literal, its quotes kept; ``None`` where prefixes or escapes make it another than it looks."""
    written = view.text_of(node)
    for quote in _QUOTES:
        if isinstance(node.value, str) and written == f"{quote}{node.value}{quote}":
            start, end = view.offsets(node)
            return (view.between(start + 1, end - 1, text),)
    return None


def text_at(node: ast.AST | None) -> str | None:
    """The text that a literal holds."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def is_number(node: ast.AST | None) -> bool:
    """Whether a node is an int or a float as written out (a sign makes it an expression), never a bool."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def quoted(view: View, node: ast.AST) -> Edit:
    """Put a number between quotes."""
    return view.replace(node, f'"{view.text_of(node)}"')
