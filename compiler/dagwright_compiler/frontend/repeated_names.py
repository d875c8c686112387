"""Names that stand twice in one call, or among the parameters of one function: Python parses them and refuses them afterwards.

Input: a statement of a module and its text. Nothing is walked whose text does not hold a word before ``=`` twice, a ``lambda`` or a function within:
that is 1 % of what parsing it costs.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.summary import FunctionNode
    from dagwright_compiler.source import LineTable

_NO_MARKS = bytes(set(range(256)) - set(b"(,=#"))
_KEYWORD = re.compile(rb"[(,]\s*(?:#[^\n]*\s*)*(\w+)\s*=(?!=)")
_FUNCTION = re.compile(rb"\b(?:lambda|def)\b")
_LEAVES = frozenset({ast.Name, ast.Constant})
"""What holds nothing else."""


def repeats_name(node: ast.stmt, lines: LineTable, read: frozenset[str] = frozenset()) -> bool:
    """Whether a statement holds a call with one keyword twice, or a function with two parameters of one name.

    Args:
        node: The statement.
        lines: The text of its file.
        read: Names of decorators whose calls are read elsewhere.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _repeats_parameter(node) or _in_function(node, lines, read)
    if isinstance(node, ast.ClassDef):
        around = (*node.decorator_list, *node.bases, *node.keywords)
        return _repeats_keyword(node) or _holds(around) or any(repeats_name(inner, lines, read) for inner in node.body)
    return _may_hold(lines.cut(node)) and _holds([node])


def _in_function(node: FunctionNode, lines: LineTable, read: frozenset[str]) -> bool:
    """Whether the body, the parameters or the decorators of a function do."""
    if _may_hold(lines.cut(node), functions=1):
        signature = (node.args, *([node.returns] if node.returns is not None else ()))
        if _holds(signature) or _holds([part for part in node.body if _may_hold(lines.cut(part))]):
            return True
    for found in node.decorator_list:
        if isinstance(found, ast.Call) and not (isinstance(found.func, ast.Name) and found.func.id in read) and _holds([found]):
            return True
    return False


def _may_hold(text: bytes, functions: int = 0) -> bool:
    """Whether a text has a word before ``=`` twice, a ``lambda``, or more functions than are known of."""
    marks = text.translate(None, _NO_MARKS)
    # A keyword stands right behind a bracket or a comma; only a comment can stand between.
    if marks.count(b"(=") + marks.count(b",=") > 1 or (b"#" in marks and marks.count(b"=") > 1):
        names = _KEYWORD.findall(text)
        if len(set(names)) < len(names) or not text.isascii():
            return True
    return (b"lambda" in text or text.count(b"def") > functions) and len(_FUNCTION.findall(text)) > functions


def _holds(nodes: Iterable[ast.AST]) -> bool:
    """Whether one of the nodes, or one within, repeats a name."""
    waiting = list(nodes)
    for node in waiting:  # which grows
        kind = type(node)
        if kind is ast.Call:
            assert isinstance(node, ast.Call)
            if _repeats_keyword(node):
                return True
            # Most of what stands in calls ends there: this is what makes a workflow of a thousand calls cheap to look through.
            waiting += [part for part in (node.func, *node.args) if type(part) not in _LEAVES]
            waiting += [part.value for part in node.keywords if type(part.value) not in _LEAVES]
            continue
        if kind is ast.Assign:
            assert isinstance(node, ast.Assign)
            waiting += [part for part in (*node.targets, node.value) if type(part) not in _LEAVES]
            continue
        if (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and _repeats_parameter(node)) or (
            isinstance(node, ast.ClassDef) and _repeats_keyword(node)
        ):
            return True
        waiting += [part for part in ast.iter_child_nodes(node) if type(part) not in _LEAVES]
    return False


def _repeats_keyword(node: ast.Call | ast.ClassDef) -> bool:
    keywords = node.keywords
    if len(keywords) < 2 or len({keyword.arg for keyword in keywords}) == len(keywords):
        return False
    names = [keyword.arg for keyword in keywords if keyword.arg is not None]
    return len(set(names)) < len(names)


def _repeats_parameter(node: FunctionNode | ast.Lambda) -> bool:
    arguments = node.args
    names = [argument.arg for argument in arguments.args]
    if arguments.kwonlyargs or arguments.posonlyargs or arguments.vararg or arguments.kwarg:
        extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
        names += [argument.arg for argument in (*arguments.posonlyargs, *arguments.kwonlyargs, *extra)]
    return len(names) > 1 and len(set(names)) < len(names)
