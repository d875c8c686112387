"""What stands below a ``with`` at module level: why a name that is set there is no constant."""

from __future__ import annotations

import ast

FROM_FILE = "its value is read from a file"
IN_WITH = "it is set inside a `with`"


def reason_in(node: ast.With | ast.AsyncWith, statement: ast.stmt) -> str:
    """Why what a statement below a ``with`` assigns is not known: it comes out of a file that this opens, or only stands there."""
    opened = {
        name.id
        for item in node.items
        if item.optional_vars is not None and _opens(item.context_expr)
        for name in ast.walk(item.optional_vars)
        if isinstance(name, ast.Name)
    }
    reads = any(isinstance(part, ast.Name) and part.id in opened for part in ast.walk(statement))
    return FROM_FILE if reads else IN_WITH


def _opens(node: ast.expr) -> bool:
    """Whether an expression opens a file, as far as its name tells."""
    called = node.func if isinstance(node, ast.Call) else None
    return (isinstance(called, ast.Name) and called.id == "open") or (isinstance(called, ast.Attribute) and called.attr == "open")
