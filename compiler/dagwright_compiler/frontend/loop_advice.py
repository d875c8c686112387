"""What to write instead of a loop over a result, in the words of the source: a map of the task that its body calls, where it is one.

Only looked at once something is wrong.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright_compiler.frontend.entities import FunctionEntity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.promises import Callee, Promise
_LONGEST = 90
"""Characters of a call that a help line shows."""
_LONGEST_NAME = 30
_NOUNS = {"list": "list", "dict": "dict", "vartuple": "tuple", "tuple": "tuple", "set": "set", "frozenset": "set", "str": "text"}
_TURNS = frozenset({"enumerate", "filter", "iter", "map", "reversed", "zip"})
"""Functions that people loop over."""


class _Loop(NamedTuple):
    target: ast.expr
    over: ast.expr
    element: ast.expr | None
    """The call that is all there is to it, if it is one."""
    body: list[Any]
    """What each turn reads: statements or expressions."""


def instead(frame: Frame, loop: ast.AST, value: Promise) -> str:
    """What to write instead of a loop, a comprehension or a function that goes over a result."""
    if isinstance(loop, ast.Call):
        return _of_function(frame, loop, value)
    if isinstance(loop, ast.For):
        over, body = loop.iter, list[Any](loop.body)
        match loop.iter:
            case ast.Call(args=[ast.Call(func=ast.Name(id="len"), args=[counted])]):  # `range(len(xs))`, and `xs[i]` in the body
                over, body = counted, [_Item(counted, loop.target).visit(deepcopy(statement)) for statement in loop.body]
            case _:
                pass
        return _of_loop(frame, value, _Loop(loop.target, over, _only_call(body), body))
    assert isinstance(loop, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    first = loop.generators[0]
    element = None if isinstance(loop, ast.DictComp) or len(loop.generators) > 1 or first.ifs else loop.elt
    parts = [*([loop.key, loop.value] if isinstance(loop, ast.DictComp) else [loop.elt]), *first.ifs]
    return _of_loop(frame, value, _Loop(first.target, first.iter, element, parts))


class _Item(ast.NodeTransformer):
    """Reads ``x`` for ``xs[x]``."""

    def __init__(self, counted: ast.expr, target: ast.expr) -> None:
        self._item = f"{ast.unparse(counted)}[{ast.unparse(target)}]"
        self._target = target

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self._target if ast.unparse(node) == self._item else self.generic_visit(node)


def inside(value: Promise) -> str:
    """Where something has to be done that needs the elements of a result."""
    noun = _NOUNS.get(value.type.kind, "")
    return f"inside a task that takes the {noun}" if noun else "inside a task"


def _of_function(frame: Frame, node: ast.Call, value: Promise) -> str:
    name = ast.unparse(node.func)
    if name == "list" and value.type.kind == "list" and not node.keywords:
        return "leave `list(...)` out: it is a list already"
    call = f"call `{name}` {inside(value)}"
    if name not in _TURNS or value.type.kind != "list":
        return call
    over = _short(node.args[-1]) if node.args else ""
    callee = _task(frame, node.args[0]) if name == "map" and len(node.args) == 2 else None
    if callee is not None and callee.interface.inputs and over:
        return f"write `map_task({callee.node.name})({callee.interface.inputs[0].name}={over})`"
    return f"{call}, or run a task for every element: `map_task(f)(x={over or 'values'})`"


def _task(frame: Frame, node: ast.expr) -> Callee | None:
    entity = frame.entity(node)
    callee = frame.services.definitions.callee(entity) if isinstance(entity, FunctionEntity) else None
    is_single = callee is not None and callee.kind == "task" and callee.interface.returns not in ("tuple", "namedtuple")
    return callee if is_single else None


def _of_loop(frame: Frame, value: Promise, loop: _Loop) -> str:
    if value.type.kind not in ("list", "unknown"):
        return f"loop {inside(value)}"
    mapped = _mapped(frame, loop)
    if mapped:
        return f"write `{mapped}`"
    names = f"`map_task(f)(x={_short(loop.over) or 'values'})`"
    if any(frame.calls_task(part) for part in loop.body):
        return f"run one task for every element with {names}, or loop {inside(value)}"
    return f"loop {inside(value)}, or run a task for every element with {names}"


def _only_call(body: list[ast.stmt]) -> ast.Call | None:
    """The call that is all there is to a loop: by itself, assigned, or put at the end of a list."""
    if len(body) != 1:
        return None
    statement = body[0]
    value = statement.value if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign) else None
    if isinstance(value, ast.List) and isinstance(statement, ast.AugAssign) and len(value.elts) == 1:
        value = value.elts[0]
    is_append = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "append"
    if is_append and isinstance(value, ast.Call) and len(value.args) == 1:
        value = value.args[0]
    return value if isinstance(value, ast.Call) else None


def _mapped(frame: Frame, loop: _Loop) -> str:
    """A map that does what a loop does that calls one task in each turn; empty where it is something else."""
    call, target = loop.element, loop.target
    if not isinstance(call, ast.Call) or not isinstance(target, ast.Name):
        return ""
    callee = _task(frame, call.func)
    given = _by_input(callee, call) if callee is not None else None
    if given is None:
        return ""
    own = {target.id, *(name for part in loop.body for name in _assigned(part))}
    lists = [name for name, node in given.items() if isinstance(node, ast.Name) and node.id == target.id]
    same = {name: node for name, node in given.items() if name not in lists}
    if not lists or any(isinstance(part, ast.Name) and part.id in own for node in same.values() for part in ast.walk(node)):
        return ""
    bound = ", ".join([ast.unparse(call.func), *(f"{name}={ast.unparse(node)}" for name, node in same.items())])
    arguments = ", ".join(f"{name}={ast.unparse(loop.over)}" for name in lists)
    text = f"map_task({f'functools.partial({bound})' if same else bound})({arguments})"
    return text if len(text) <= _LONGEST else ""


def _by_input(callee: Callee, call: ast.Call) -> dict[str, ast.expr] | None:
    """The arguments of a call by the names of inputs; ``None`` where they do not fit them."""
    inputs = callee.interface.inputs
    if len(call.args) > len(inputs) or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    given = {field.name: argument for field, argument in zip(inputs, call.args, strict=False)}
    for keyword in call.keywords:
        if keyword.arg not in callee.interface.by_name or keyword.arg in given:
            return None
        given[keyword.arg] = keyword.value
    return given


def _assigned(part: ast.stmt | ast.expr) -> Iterator[str]:
    return (node.id for node in ast.walk(part) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _short(node: ast.expr | None) -> str:
    """An expression that fits into an example; else nothing."""
    text = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript) else ""
    return text if len(text) <= _LONGEST_NAME else ""
