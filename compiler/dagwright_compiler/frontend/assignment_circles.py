"""Circles of assignments: ``a = f(b)`` above ``b = g(a)``. Python would call it a variable without a value, and say nothing of the circle."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def circle(body: Sequence[ast.stmt], node: ast.Name) -> tuple[str, ...]:
    """Names of a circle that a read closes, from the one that is assigned where it stands; empty where there is none.

    Args:
        body: Statements of the function.
        node: A name that is read before it is assigned.
    """
    made = {name: statement for statement in body for name in _assigned(statement)}
    here = next((statement for statement in body if statement.lineno <= node.lineno <= (statement.end_lineno or 0)), None)
    goals = set(_assigned(here)) if here is not None else set()
    pending: list[tuple[str, ...]] = [(node.id,)]
    seen = {node.id}
    while pending and goals and node.id not in goals:  # `a = a(x)` hides what `a` was, which is another mistake
        path = pending.pop(0)
        for needed in _read(made[path[-1]]) if path[-1] in made else ():
            if needed in goals:
                return (needed, *path, needed)
            if needed not in seen:
                seen.add(needed)
                pending.append((*path, needed))
    return ()


def _assigned(statement: ast.stmt) -> Iterator[str]:
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    return (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _read(statement: ast.stmt) -> Iterator[str]:
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    return (part.id for part in ast.walk(value) if isinstance(part, ast.Name)) if value is not None else iter(())
