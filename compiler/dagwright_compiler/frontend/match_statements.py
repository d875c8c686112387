"""Patterns of ``match`` in a body, against values that are known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.promises import Broken, Static, Value, wrapped
from dagwright_compiler.frontend.settled_values import symbolic_in
from dagwright_compiler.frontend.unreadable_expressions import refuse_operation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame


def matches(expressions: Expressions, frame: Frame, node: ast.Match, pattern: ast.pattern, subject: Value) -> bool | None:
    """Whether a value fits a pattern, whose names are bound as far as it does; ``None`` after a finding."""
    if isinstance(pattern, ast.MatchAs):
        held = True if pattern.pattern is None else matches(expressions, frame, node, pattern.pattern, subject)
        if held and pattern.name is not None:
            frame.assign(pattern.name, subject)
        return held
    if isinstance(pattern, ast.MatchOr):
        for each in pattern.patterns:
            held = matches(expressions, frame, node, each, subject)
            if held is not False:
                return held
        return False
    if not isinstance(subject, Static):
        refuse_operation(frame, node, subject)
        return None
    if isinstance(pattern, ast.MatchValue):
        return _equals(expressions, frame, node, expressions.evaluate(pattern.value), subject)
    if isinstance(pattern, ast.MatchSingleton):
        return subject.value is pattern.value
    if isinstance(pattern, ast.MatchSequence):
        return _sequence(expressions, frame, node, pattern, subject)
    if isinstance(pattern, ast.MatchMapping):
        return _mapping(expressions, frame, node, pattern, subject)
    message = "a pattern with a class is not supported in a workflow"
    frame.report(codes.UNSUPPORTED_STATEMENT, message, pattern, help_="compare its fields in `if`")
    return None


def _equals(expressions: Expressions, frame: Frame, node: ast.Match, wanted: Value, subject: Static) -> bool | None:
    if not isinstance(wanted, Static):
        if not isinstance(wanted, Broken):
            refuse_operation(frame, node, wanted)
        return None
    inside = symbolic_in(subject.value)
    if inside is not None:
        refuse_operation(frame, node, wrapped(inside))
        return None
    held = expressions.compute(node, lambda: operations.compare(ast.Eq(), subject.value, wanted.value))
    return held.value if isinstance(held, Static) else None


def _sequence(
    expressions: Expressions, frame: Frame, node: ast.Match, pattern: ast.MatchSequence, subject: Static
) -> bool | None:
    value, wanted = subject.value, pattern.patterns
    star = next((position for position, each in enumerate(wanted) if isinstance(each, ast.MatchStar)), None)
    if not isinstance(value, list | tuple):
        return False
    if len(value) != len(wanted) if star is None else len(value) < len(wanted) - 1:
        return False
    items = list(value)
    if star is not None:
        after = len(wanted) - star - 1
        rest = items[star : len(items) - after]
        items = [*items[:star], rest, *items[len(items) - after :]]
    return _every(expressions, frame, node, zip(wanted, map(wrapped, items), strict=True))


def _mapping(expressions: Expressions, frame: Frame, node: ast.Match, pattern: ast.MatchMapping, subject: Static) -> bool | None:
    value = subject.value
    if not isinstance(value, dict):
        return False
    keys = []
    for each in pattern.keys:
        key = expressions.evaluate(each)
        if not isinstance(key, Static):
            return None
        keys.append(key.value)
    if not all(key in value for key in keys):
        return False
    held = _every(
        expressions, frame, node, ((each, wrapped(value[key])) for each, key in zip(pattern.patterns, keys, strict=True))
    )
    if held and pattern.rest is not None:
        frame.assign(pattern.rest, Static({key: item for key, item in value.items() if key not in keys}))
    return held


def _every(expressions: Expressions, frame: Frame, node: ast.Match, parts: Iterable[tuple[ast.pattern, Value]]) -> bool | None:
    for pattern, value in parts:
        if isinstance(pattern, ast.MatchStar):
            if pattern.name is not None:
                frame.assign(pattern.name, value)
            continue
        held = matches(expressions, frame, node, pattern, value)
        if not held:
            return held
    return True
