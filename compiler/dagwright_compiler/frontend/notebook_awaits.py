"""``await`` at the top of a notebook's cells: IPython runs such a statement in an event loop, and so does the module that is shipped.

Input: the module's text. Output: the text to ship, in which each such statement runs in a loop of its own, line for line.
"""

from __future__ import annotations

import ast
import re
import warnings

from dagwright_compiler.source import LineTable

_WORDS = re.compile(r"\b(?:await|async)\b")


def with_event_loops(text: str) -> tuple[bytes, frozenset[int]]:
    """The bytes to ship, and the lines on which the statements that run in a loop begin."""
    lines = LineTable(text)
    if not _WORDS.search(text):
        return lines.data, frozenset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return lines.data, frozenset()  # the reader will say what is wrong
        awaiting = [statement for statement in body if _awaits(statement)]
    pieces: list[bytes] = []
    position = 0
    for statement in awaiting:
        start = lines.position(statement.lineno, statement.col_offset)
        cut = lines.cut(statement)
        pieces += [lines.data[position:start], _in_a_loop(cut.decode("utf-8", "surrogatepass"), statement.lineno)]
        position = start + len(cut)
    return b"".join([*pieces, lines.data[position:]]), frozenset(statement.lineno for statement in awaiting)


def _awaits(statement: ast.stmt) -> bool:
    """Whether a statement of the module is Python only where an event loop runs it."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False  # in a decorator, a default or the body of a class
    return not _compiles(statement) and _compiles(statement, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def _compiles(statement: ast.stmt, flags: int = 0) -> bool:
    try:
        compile(ast.Module([statement], []), "<cell>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _in_a_loop(statement: str, line: int) -> bytes:
    """The statement as one that runs it, with as many line ends in it; tracebacks name the same lines."""
    source = "\n" * (line - 1) + statement
    ends = "\n" * (len(LineTable(statement).data.splitlines()) - 1)
    compiled = f'compile({source!a}, __file__, "exec", {ast.PyCF_ALLOW_TOP_LEVEL_AWAIT})'
    return f'__import__("asyncio").run(eval({compiled}, globals()){ends})'.encode()
