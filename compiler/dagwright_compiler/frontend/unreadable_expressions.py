"""Why an expression of a workflow body has no value: one finding each, with the form that works."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.calls import call_it
from dagwright_compiler.frontend.entities import Unresolved, UnstableEntity
from dagwright_compiler.frontend.foreign_methods import of_result, of_value
from dagwright_compiler.frontend.not_static import unusable
from dagwright_compiler.frontend.promises import BROKEN, Broken, Closure, Function, Mapped, Named, Promise, Value, describe_source

if TYPE_CHECKING:
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.frames import Frame

_OPERATIONS: dict[type[ast.AST], tuple[str, str]] = {
    ast.JoinedStr: ("an f-string", "build the text in a task"),
    ast.BinOp: ("arithmetic", "compute it in a task"),
    ast.UnaryOp: ("an operator", "compute it in a task"),
    ast.Compare: ("a comparison", "compare in a task, and let the task decide what to do"),
    ast.BoolOp: ("`and` or `or`", "decide in a task"),
    ast.IfExp: ("`... if ... else ...`", "choose in a task"),
    ast.Attribute: ("reading an attribute", "read it in the task that needs it"),
    ast.Subscript: ("reading an item", "read it in the task that needs it"),
    ast.ListComp: ("a comprehension", "run the task for every element with `map_task(f)(x=values)`"),
    ast.SetComp: ("a comprehension", "run the task for every element with `map_task(f)(x=values)`"),
    ast.DictComp: ("a comprehension", "build the dict in a task"),
    ast.GeneratorExp: ("a generator", "run the task for every element with `map_task(f)(x=values)`"),
    ast.Set: ("a set", "build the collection in a task"),
    ast.Call: ("this call", "call it inside a task"),
}
_CHANGES = frozenset(
    {
        *(
            "add",
            "append",
            "clear",
            "discard",
            "extend",
            "insert",
            "pop",
            "popitem",
            "remove",
            "reverse",
            "setdefault",
            "sort",
            "update",
        ),
    }
)
"""Methods of lists, dicts and sets that change them."""
_STATEMENTS: dict[type[ast.stmt], tuple[str, str]] = {
    ast.If: ("`if`", "move the decision into a task"),
    ast.While: ("`while`", "move the loop into a task"),
    ast.Match: ("`match`", "move the decision into a task"),
    ast.Assert: ("`assert`", "check inside a task"),
}
_SYNTAX: dict[type[ast.expr], tuple[str, str]] = {
    ast.Await: ("`await`", "call the task without `await`: the graph decides what runs when"),
    ast.Yield: ("`yield`", "return the values"),
    ast.YieldFrom: ("`yield from`", "return the values"),
    ast.Starred: ("`*`", "write the values out"),
}


UNCALLED = (Closure, Function, Mapped, Named)
"""What gives values once it is called."""


def refuse_operation(frame: Frame, node: ast.AST, value: Value, *, at: ast.AST | None = None, what: str = "") -> Broken:
    """Report an operation on something that exists only when the workflow runs.

    Args:
        frame: The body.
        node: The operation.
        value: What it needs and does not have.
        at: Where the finding stands, where that is not the whole operation.
        what: How the finding begins, where that is not told by the operation.
    """
    if isinstance(value, Broken):
        return value
    if isinstance(node, ast.stmt) and isinstance(value, UNCALLED):
        what = _STATEMENTS[type(node)][0]
    if what and isinstance(value, UNCALLED):
        message = f"{what} takes values, and this is {describe_source(value)}"
        return frame.report(codes.UNSUPPORTED_EXPRESSION, message, at or node, help_=call_it(value))
    related: tuple[tuple[Place, str], ...] = ()
    decision = frame.run.decision
    if isinstance(decision, ast.While) and isinstance(node, ast.expr) and node.lineno > decision.test.lineno:
        related = ((frame.place(node), "this decides when it ends"),)
    if decision is not None and not isinstance(value, UNCALLED):
        node = decision
    if isinstance(node, ast.stmt):
        what, help_ = _STATEMENTS[type(node)]
        message = f"{what} needs the value of {describe_source(value)}, which exists only when the workflow runs"
        return frame.report(codes.UNSUPPORTED_STATEMENT, message, node, help_=help_, related=related)
    what, help_ = _of_operation(frame, node)
    method = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
    what = f"`.{method}()`" if method else what
    if of_result(method):
        message = f"{describe_source(value)} has no method `{method}`"
        return frame.report(codes.UNKNOWN_PART, message, at or node, help_=of_result(method))
    if method in _CHANGES:
        message = f"`.{method}()` would change {describe_source(value)}, which exists only when the workflow runs"
        return frame.report(
            codes.PROMISE_OPERATION, message, at or node, help_="change it in a task, and return the changed value"
        )
    if isinstance(value, UNCALLED):
        message = f"{what} takes values, and this is {describe_source(value)}"
        return frame.report(codes.UNSUPPORTED_EXPRESSION, message, at or node, help_=call_it(value))
    if method and isinstance(node, ast.Call) and isinstance(value, Promise):
        help_ = of_value(value, node)
    message = f"{what} needs the value of {describe_source(value)}, which exists only when the workflow runs"
    return frame.report(codes.PROMISE_OPERATION, message, at or node, help_=help_)


def _of_operation(frame: Frame, node: ast.AST) -> tuple[str, str]:
    """How a message names an operation, and what to write instead: the task itself where it is a line."""
    from dagwright_compiler.frontend import operator_advice  # only once something is wrong

    what, help_ = _OPERATIONS.get(type(node), ("this expression", "compute it in a task"))
    sign = operator_advice.symbol(node)
    task = operator_advice.task_for(frame, node) if isinstance(node, ast.JoinedStr | ast.BinOp | ast.UnaryOp) else ""
    return f"`{sign}`" if sign else what, f"{help_}: `{task}`" if task else help_


def refuse_syntax(frame: Frame, node: ast.expr) -> Broken | None:
    """Report syntax that means nothing in a workflow; ``None`` for everything else."""
    syntax = _SYNTAX.get(type(node))
    if syntax is None:
        return None
    return frame.report(codes.UNSUPPORTED_EXPRESSION, f"{syntax[0]} is not supported in a workflow", node, help_=syntax[1])


def refuse_entity(frame: Frame, entity: Unresolved | UnstableEntity, node: ast.expr) -> Broken:
    """Report a name that nothing, or too much, binds."""
    text = ast.unparse(node)
    if isinstance(entity, Unresolved):
        if entity.reported:
            return Broken()
        local = ""
        if isinstance(node, ast.Name) and not entity.help:
            local = did_you_mean(node.id, frame.function.variables)
        return frame.report(codes.UNRESOLVED_NAME, f"`{text}` is not found: {entity.reason}", node, help_=entity.help or local)
    unusable(entity, frame.place(node), text).report(frame.services.findings)
    return BROKEN
