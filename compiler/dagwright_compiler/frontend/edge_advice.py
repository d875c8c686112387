"""What to write instead of a result that does not fit where it is passed or returned.

Only looked at once something is wrong.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.types import union_of
from dagwright_compiler.frontend.groups import fits_as_list, fits_as_tuple
from dagwright_compiler.frontend.promises import Group
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import construction

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Callee, Promise, Record

_LONGEST = 60
"""Characters of an expression that a help line repeats."""


def of_argument(value: Promise, expected: Type, node: ast.AST, callee: Callee | None = None, name: str = "") -> str:
    """Help for a result that is passed on.

    Args:
        value: The result.
        expected: What its place takes.
        node: Where it is passed.
        callee: The task or workflow whose input ``name`` it is, where it is all of that.
        name: The input.
    """
    source, text = value.type, _short(node)
    known = _of_holes(value) or (
        "handle `None` in a task, or declare the input `Optional`" if _may_be_none(source, expected) else ""
    )
    if known:
        return known
    if _is_list_of(source, expected):
        if callee is not None and callee.kind == "task":
            return f"run the task for every element: `map_task({callee.node.name})({name}={text or '...'})`"
        return f"take one item: `{text}[0]`, or change one of the annotations" if text else ""
    if _is_list_of(expected, source) and text:
        return f"write `[{text}]`"
    return "convert the value in a task, or change one of the annotations"


def of_return(value: Promise, expected: Type, node: ast.AST, workflow: Callee) -> str:
    """Help for a result that a workflow returns."""
    source, text = value.type, _short(node)
    annotate = f"annotate the result: `def {workflow.node.name}(...) -> {spell(source)}:`"
    if workflow.interface.returns != "single":
        annotate = "change the annotation of the result"
    if _of_holes(value):
        return _of_holes(value)
    if _may_be_none(source, expected):
        return f"handle `None` in a task, or {annotate}"
    if _is_list_of(expected, source) and text:
        return f"write `[{text}]`, or {annotate}"
    if _is_list_of(source, expected) and text:
        return f"return one item: `{text}[0]`, or {annotate}"
    return f"convert the value in a task, or {annotate}"


def of_group(frame: Frame, value: Group | Record, expected: Type, at: ast.AST) -> str:
    """Help for a list where a tuple is declared, or the other way round, and for a dict where a class is: the call that makes an instance."""
    if fits_as_list(frame, value, expected, at):
        return "write `[...]`"
    if fits_as_tuple(frame, value, expected, at):
        return "write `(...)`"
    if not isinstance(value, Group) or value.kind != "dict" or expected.kind != "class":
        return ""
    definition = frame.services.classes.definition(expected.name)
    return construction(definition) if definition is not None else ""


def _of_holes(value: Promise) -> str:
    source = value.type
    if source.kind != "list" or value.call is None or not value.call.options.has_holes or value.path:
        return ""
    item = spell(union_of([part for part in source.args[0].args if part.kind != "none"]))
    return f"elements that fail give `None`: declare `list[Optional[{item}]]`, and say in the task what becomes of `None`"


def _may_be_none(source: Type, expected: Type) -> bool:
    """Whether a value fits but where it is ``None``."""
    rest = [part for part in source.args if part.kind != "none"] if source.kind == "union" else []
    return 0 < len(rest) < len(source.args) and union_of(rest).text == expected.text


def _is_list_of(outer: Type, item: Type) -> bool:
    return outer.kind == "list" and bool(outer.args) and outer.args[0].text == item.text


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else ""
