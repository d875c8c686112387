"""What to write instead of an operator over results: the task that computes it, with the operator, names and types of the source.

Only looked at once something is wrong.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dagwright.contract.types import BOOL, FLOAT, INT, STR, Type, list_of
from dagwright_compiler.frontend.entities import FunctionEntity
from dagwright_compiler.frontend.promises import Promise, Result, Static
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import type_of

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame

_OPERATORS: dict[type[ast.operator | ast.unaryop], tuple[str, str]] = {
    ast.Add: ("+", "add"),
    ast.Sub: ("-", "subtract"),
    ast.Mult: ("*", "multiply"),
    ast.Div: ("/", "divide"),
    ast.FloorDiv: ("//", "divide"),
    ast.Mod: ("%", "remainder"),
    ast.Pow: ("**", "power"),
    ast.MatMult: ("@", "multiply"),
    ast.LShift: ("<<", "shift"),
    ast.RShift: (">>", "shift"),
    ast.BitAnd: ("&", "common"),
    ast.BitOr: ("|", "either"),
    ast.BitXor: ("^", "differing"),
    ast.USub: ("-", "negative"),
    ast.UAdd: ("+", "positive"),
    ast.Invert: ("~", "inverted"),
    ast.Not: ("not", "negation"),
}
"""How operators are written, and what a task may be called that applies one."""
_COMPARISONS: dict[type[ast.cmpop | ast.boolop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.And: "and",
    ast.Or: "or",
}
_NUMBERS = (BOOL, INT, FLOAT)
_LONGEST = 110
_LETTERS = "abcdefgh"


class _Operand(NamedTuple):
    """How a task would write an operand, its type, and whether it is an input."""

    text: str
    type: Type
    is_input: bool


def symbol(node: ast.AST) -> str:
    """The operator of an expression as it is written; empty where there are several, or none."""
    if isinstance(node, ast.Compare):
        return _COMPARISONS[type(node.ops[0])] if len(node.ops) == 1 else ""
    if isinstance(node, ast.BoolOp):
        return _COMPARISONS[type(node.op)]
    return _OPERATORS[type(node.op)][0] if isinstance(node, ast.BinOp | ast.UnaryOp) else ""


def task_for(frame: Frame, node: ast.AST) -> str:
    """A task in one line that computes an expression over results; empty where its types are not plain enough."""
    if isinstance(node, ast.JoinedStr):
        return _text_task(frame, node)
    if not isinstance(node, ast.BinOp | ast.UnaryOp):
        return ""
    operands = _read(frame, [node.left, node.right] if isinstance(node, ast.BinOp) else [node.operand])
    result = _result(node.op, [operand.type for operand in operands]) if operands is not None else None
    if operands is None or result is None:
        return ""
    sign, name = _OPERATORS[type(node.op)]
    first, *others = (operand.text for operand in operands)
    body = f"{first} {sign} {others[0]}" if others else f"{sign} {first}" if sign == "not" else f"{sign}{first}"
    return _task(frame, name, operands, result, body)


def _text_task(frame: Frame, node: ast.JoinedStr) -> str:
    """The same f-string in a task, where everything in it has a name."""
    values = {ast.unparse(part.value): part.value for part in node.values if isinstance(part, ast.FormattedValue)}
    operands = _read(frame, list(values.values()))
    text = frame.module.lines.cut(node).decode("utf-8", "replace")
    if operands is None or "\n" in text:
        return ""
    for (written, value), operand in zip(values.items(), operands, strict=True):
        if written != operand.text and operand.is_input:
            text = text.replace(frame.module.lines.cut(value).decode("utf-8", "replace"), operand.text)
    return _task(frame, "text", operands, STR, text)


def _task(frame: Frame, name: str, operands: list[_Operand], result: Type, body: str) -> str:
    summary = frame.module.summary
    name = f"{name}_values" if summary is not None and name in summary.bindings else name
    parameters = ", ".join(dict.fromkeys(f"{operand.text}: {spell(operand.type)}" for operand in operands if operand.is_input))
    text = f"@task def {name}({parameters}) -> {spell(result)}: return {body}"
    return text if len(text) <= _LONGEST else ""


def _read(frame: Frame, nodes: list[ast.expr]) -> list[_Operand] | None:
    """Operands in their order; ``None`` where the type of one is not known."""
    letters = iter([letter for letter in _LETTERS if not any(isinstance(node, ast.Name) and node.id == letter for node in nodes)])
    found: list[_Operand] = []
    for node in nodes:
        declared = _type(frame, node)
        if declared is None or declared.kind in ("unknown", "union"):
            return None
        if isinstance(node, ast.Constant | ast.List):
            found.append(_Operand(ast.unparse(node), declared, is_input=False))
        else:
            text = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else next(letters, "x")
            found.append(_Operand(text, declared, is_input=True))
    inputs = [operand.text for operand in found if operand.is_input]
    written = [ast.unparse(node) for node, operand in zip(nodes, found, strict=True) if operand.is_input]
    return found if len(set(inputs)) == len(set(written)) else None  # `a.n + b.n` would be one input


def _type(frame: Frame, node: ast.expr) -> Type | None:
    """The type of an operand that is simple enough to be told without reading it again, which might call a task."""
    if isinstance(node, ast.Constant):
        return type_of(node.value)
    if isinstance(node, ast.List):
        items = {type_of(item.value) if isinstance(item, ast.Constant) else None for item in node.elts}
        item = items.pop() if len(items) == 1 else None
        return list_of(item) if item is not None else None
    if isinstance(node, ast.Name):
        value = frame.find(node.id)
        if isinstance(value, Static) and type(value.value) in (bool, int, float, str):
            return type_of(value.value)
        return value.type if isinstance(value, Promise) else None
    if isinstance(node, ast.Attribute):
        owner = frame.find(node.value.id) if isinstance(node.value, ast.Name) else None
        outputs = owner.call.outputs if isinstance(owner, Result) else ()
        return next((output.type for output in outputs if output.name == node.attr), None)
    entity = frame.entity(node.func) if isinstance(node, ast.Call) else None
    callee = frame.services.definitions.callee(entity) if isinstance(entity, FunctionEntity) else None
    if callee is None or callee.interface.returns != "single":
        return None
    return callee.interface.outputs[0].type


def _result(op: ast.operator | ast.unaryop, types: list[Type]) -> Type | None:
    """The type of what an operator gives; ``None`` where it is not plain, or where Python has no such operation."""
    if isinstance(op, ast.Not):
        return BOOL
    if all(declared in _NUMBERS for declared in types):
        return _number(op, is_float=FLOAT in types)
    left, right = types[0], types[-1]
    if isinstance(op, ast.Add) and left == right and left.kind in ("str", "list", "bytes"):
        return left
    return left if isinstance(op, ast.Mult) and right == INT and left.kind in ("str", "list") else None


def _number(op: ast.operator | ast.unaryop, *, is_float: bool) -> Type | None:
    if isinstance(op, ast.MatMult):
        return None
    if is_float:
        return None if isinstance(op, ast.BitAnd | ast.BitOr | ast.BitXor | ast.LShift | ast.RShift | ast.Invert) else FLOAT
    return FLOAT if isinstance(op, ast.Div) else INT
