"""Names that stand twice in one call, or among the parameters of one function: Python parses them and refuses them afterwards.

Input: a statement of a module and its text. Nothing is walked whose text does not hold a word before ``=`` twice, a ``lambda`` or a function within:
it costs 3 % of parsing a file of tasks and one workflow.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.summary import FunctionNode
    from dagwright_compiler.source import LineTable

_NO_MARKS = bytes(set(range(256)) - set(b"(,=)]#"))
_KEYWORD = re.compile(rb"[(,]\s*(?:#[^\n]*\s*)*(\w+)\s*=(?!=)")
_FUNCTION = re.compile(rb"\b(?:lambda|def)\b")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEAVES = frozenset({ast.Name, ast.Constant})
"""What holds nothing else."""
_SHORT = frozenset({ast.Assign, ast.Expr, ast.Return})
"""Statements that are looked through faster than their text is."""
_MANY = 50
"""So many keywords repeat a name, somewhere: nothing is won by asking."""


def repeats_name(node: ast.stmt, lines: LineTable, read: frozenset[str] = frozenset()) -> bool:
    """Whether a statement holds a call with one keyword twice, or a function with two parameters of one name.

    Args:
        node: The statement.
        lines: The text of its file.
        read: Names of decorators whose calls are read elsewhere.
    """
    if isinstance(node, _FUNCTIONS):
        return _in_function(node, lines, read)
    if type(node) is ast.ClassDef:
        around = (*node.decorator_list, *node.bases, *node.keywords)
        return _repeats_keyword(node) or _holds(around) or any(repeats_name(inner, lines, read) for inner in node.body)
    return _may_hold(lines.lines_of(node)) and _holds([node])


def _in_function(node: FunctionNode, lines: LineTable, read: frozenset[str]) -> bool:
    """Whether a function does: its parameters, its body or its decorators."""
    if _repeats_parameter(node):
        return True
    if _may_hold(lines.lines_of(node), functions=1):
        signature = (node.args, *([node.returns] if node.returns is not None else ()))
        suspects = [part for part in node.body if type(part) in _SHORT or _may_hold(lines.lines_of(part))]
        if _holds(signature) or _holds(suspects):
            return True
    for found in node.decorator_list:
        if type(found) is ast.Call and not (type(found.func) is ast.Name and found.func.id in read) and _holds([found]):
            return True
    return False


def _may_hold(text: bytes, functions: int = 0) -> bool:
    """Whether a text has a word before ``=`` twice, a ``lambda``, or more functions than are known of."""
    if text.count(b"=") > 1 and _may_repeat_keyword(text):
        return True
    return (b"lambda" in text or text.count(b"def") > functions) and len(_FUNCTION.findall(text)) > functions


def _may_repeat_keyword(text: bytes) -> bool:
    """Whether a text has a word before ``=`` twice."""
    marks = text.translate(None, _NO_MARKS)
    # A keyword stands right behind a bracket or a comma; only a comment can stand between.
    keywords = marks.count(b"(=") + marks.count(b",=")
    if keywords < 2 and b"#" not in marks:
        return False
    if keywords > _MANY:
        return True
    names = _KEYWORD.findall(text)
    return len(set(names)) < len(names) or not text.isascii()


def _holds(nodes: Iterable[ast.AST]) -> bool:
    """Whether one of the nodes, or one within, repeats a name."""
    waiting = list(nodes)
    for node in waiting:  # which grows; what most statements of a workflow are is dealt with first, and quickly
        part = node
        if type(node) is ast.Assign:
            waiting += [target for target in node.targets if type(target) not in _LEAVES]
            part = node.value
        if type(part) is ast.Call:
            keywords = part.keywords
            if len(keywords) > 1 and _repeats_keyword(part):
                return True
            for keyword in keywords:
                if type(keyword.value) not in _LEAVES:
                    waiting.append(keyword.value)
            for inner in part.args:
                if type(inner) not in _LEAVES:
                    waiting.append(inner)
            if type(part.func) not in _LEAVES:
                waiting.append(part.func)
        elif part is not node:
            waiting.append(part)
        elif _defines_twice(part):
            return True
        else:
            waiting += [inner for inner in ast.iter_child_nodes(part) if type(inner) not in _LEAVES]
    return False


def _defines_twice(node: ast.AST) -> bool:
    """Whether a definition takes two parameters, or a class two keywords, of one name."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return _repeats_parameter(node)
    return isinstance(node, ast.ClassDef) and _repeats_keyword(node)


def _repeats_keyword(node: ast.Call | ast.ClassDef) -> bool:
    keywords = node.keywords
    if len(keywords) < 2 or len({keyword.arg for keyword in keywords}) == len(keywords):
        return False
    names = [keyword.arg for keyword in keywords if keyword.arg is not None]
    return len(set(names)) < len(names)


def _repeats_parameter(node: FunctionNode | ast.Lambda) -> bool:
    given = node.args
    taken = given.args
    if given.kwonlyargs or given.posonlyargs or given.vararg is not None or given.kwarg is not None:
        extra = [argument for argument in (given.vararg, given.kwarg) if argument is not None]
        taken = [*given.posonlyargs, *taken, *given.kwonlyargs, *extra]
    return len(taken) > 1 and len({argument.arg for argument in taken}) < len(taken)
