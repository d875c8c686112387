"""Order without values: ``a >> b``, ``[a, b] >> c``, ``a.runs_before(b)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.promises import BROKEN, Broken, Call, Group, Promise, Result, Static, Value, describe_source
from dagwright_compiler.frontend.settled_values import settled

if TYPE_CHECKING:
    from dagwright_compiler.frontend.frames import Frame


def order(frame: Frame, parts: list[tuple[Value, ast.expr]]) -> Value:
    """Let every part of a chain wait for the part before it; the chain stands for its last part."""
    before: list[Call] | None = None
    failed = False
    for value, node in parts:
        found = None if failed else _calls(frame, settled(value), node)  # what is wrong with a chain is wrong with all of it
        failed = failed or found is None
        if before is not None and found is not None:
            _link(frame, before, found, node)
        before = found
    return BROKEN if failed else parts[-1][0]


def runs_before(frame: Frame, owner: Value, node: ast.Call, others: list[tuple[Value, ast.expr]]) -> Value:
    """``a.runs_before(b)``: the same as ``a >> b``."""
    if len(others) != 1 or len(node.args) + len(node.keywords) != 1:
        return frame.report(codes.WRONG_ORDER, "`runs_before` takes one call", node, help_="write `a >> b`")
    func = node.func
    first = func.value if isinstance(func, ast.Attribute) else func
    order(frame, [(owner, first), *others])
    return Static(None)


def _link(frame: Frame, before: list[Call], after: list[Call], node: ast.expr) -> None:
    for later in after:
        for earlier in before:
            if earlier is later:
                frame.report(codes.WRONG_ORDER, f"`{later.callee.node.name}` cannot wait for itself", node)
            elif all(known is not earlier for known in later.after):
                later.after.append(earlier)
                later.order_places.append(frame.place(node))


def _calls(frame: Frame, value: Value, node: ast.expr) -> list[Call] | None:
    """Calls that a part of a chain stands for, or ``None`` after a finding."""
    if isinstance(value, Broken):
        return None
    if isinstance(value, Result):
        return [value.call]
    if isinstance(value, Promise) and value.call is not None:
        return [value.call]
    if isinstance(value, Static) and isinstance(value.value, list | tuple) and not value.value:
        return []
    if isinstance(value, Group):
        found: list[Call] = []
        for item in value.items:
            inner = _calls(frame, item, node)
            if inner is None:
                return None
            found.extend(inner)
        return found
    message = f"{describe_source(value)} is not a call, so nothing can wait for it"
    frame.report(
        codes.WRONG_ORDER, message, node, help_="call first, and order the results: `a = f(x=1)`, `b = g(x=2)`, `a >> b`"
    )
    return None
