"""Digests of functions: the cache version of a task that has none but its own body.

Of the parsed text, so that comments, layout, annotations and docstrings do not count. Written out here, because ``ast.dump`` and ``ast.unparse`` differ
between interpreters, and the same source must give the same version on all of them.
"""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

from dagwright.contract.keys import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 16
"""Hexadecimal digits: two bodies of one function share a version once in 10^19."""
_FORM = "dagwright-body-1"
"""Begins what is digested, so that another way of writing bodies out never meets a version of this one."""
_UNSAID = frozenset({"annotation", "ctx", "kind", "returns", "type_comment", "type_ignores", "type_params"})
"""Fields that say nothing of what a body does, or that only some interpreters have."""


def body_version(text: str, salt: str = "") -> str:
    """Version of a function by its text.

    Args:
        text: The function, from ``def`` on, or from the first decorator below the task's own.
        salt: Makes other versions of the same bodies.

    Raises:
        SyntaxError: The running interpreter cannot read it.
    """
    function = ast.parse(textwrap.dedent(text)).body[0]
    return sha256_hex("\n".join((_FORM, salt, *_written(function, is_outer=True))).encode("utf-8", "surrogatepass"))[:_LENGTH]


def _written(node: ast.AST, *, is_outer: bool = False) -> Iterator[str]:
    """A node with all that it holds, as lines; the outermost function without its name and docstring."""
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        if name in _UNSAID or value is None or value == [] or (is_outer and name == "name"):
            continue
        yield f".{name}"
        parts = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_text(parts[0]):
            parts = parts[1:]
        if isinstance(node, ast.JoinedStr):  # newer interpreters end some formats with an empty text
            parts = [part for part in parts if not (isinstance(part, ast.Constant) and part.value == "")]
        for part in parts:
            if isinstance(part, ast.AST):
                yield from _written(part)
            else:
                yield f"{type(part).__name__} {part!a}"
        yield ";"


def _is_text(statement: object) -> bool:
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    )
