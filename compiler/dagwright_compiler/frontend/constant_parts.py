"""Which part of a constant does not fit, where the source writes it out: the element of a list, the value of a key, the field of an instance."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.entities import Constant
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import describe, type_of

if TYPE_CHECKING:
    from dagwright.contract.types import Type
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.wire_values import Mismatch

_MOST_CHOICES = 8
"""Values of a literal type that a help line lists."""
_LONGEST = 40
"""Characters of a constant that a help line repeats."""


class Misplaced(NamedTuple):
    """Where the value stands that does not fit, why, and what its place takes; ``expected`` is ``None`` for a part of something with a name."""

    node: ast.AST
    reason: str
    expected: Type | None

    @property
    def label(self) -> str:
        """What stands under the caret."""
        return f"expected `{spell(self.expected)}`" if self.expected is not None else ""


def locate(error: Mismatch, node: ast.AST, expected: Type) -> Misplaced:
    """The part of an expression that a mismatch is about.

    Args:
        error: What does not fit.
        node: The whole constant.
        expected: What the place of the whole takes.
    """
    part, rest = _part(node, _steps(error.path), error.value)
    if part is node:
        return Misplaced(node, error.reason, None if error.path else expected)
    return Misplaced(part, error.reason_at(rest), None if rest else error.declared)


def instead(error: Mismatch, found: Misplaced, name: str, declared: Type) -> str:
    """What to write instead of a constant that does not fit the input ``name``: another one, or the annotation that it fits."""
    if error.help:
        return error.help
    if error.note or found.expected is None:
        return ""
    if found.expected.kind == "literal":
        allowed = json.loads(f"[{found.expected.name}]")
        texts = [each for each in allowed if isinstance(each, str)]
        near = did_you_mean(error.value, texts) if isinstance(error.value, str) else ""
        return near or f"write {' or '.join(f'`{each!r}`' for each in allowed[:_MOST_CHOICES])}"
    if found.expected.kind != declared.kind or error.path:
        return f"pass a value of type `{spell(found.expected)}`"
    changes = found.node.func.attr if isinstance(found.node, ast.Call) and isinstance(found.node.func, ast.Attribute) else ""
    if error.value is None and changes:
        return f"`.{changes}()` gives nothing: call it on a line of its own"
    if isinstance(error.value, Iterator) and declared.kind == "list":
        text = ast.unparse(found.node)
        return f"write `list{text}`" if isinstance(found.node, ast.GeneratorExp) else f"write `list({text})`"
    if error.value is None:
        return f"pass a value, or annotate `{name}: Optional[{spell(declared)}]`"
    own, text = type_of(error.value), ast.unparse(found.node)
    if declared.kind == "timedelta" and own.kind in ("int", "float"):
        return f"write `timedelta(seconds={text})`"
    if declared.kind == "datetime" and isinstance(error.value, str):
        return _moment(error.value)
    if declared.kind == "list" and declared.args[0] == own and len(text) <= _LONGEST:
        return f"write `[{text}]`"
    other = f", or annotate `{name}: {spell(own)}`" if own.kind not in ("opaque", "unknown") and "Any" not in spell(own) else ""
    return f"pass a value of type `{spell(declared)}`{other}"


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return "pass a value of type `datetime`"
    return f"write `{repr(found).removeprefix('datetime.').replace('datetime.timezone', 'timezone')}`"


def origin(frame: Frame, error: Mismatch, node: ast.AST) -> list[tuple[Place, str]]:
    """Where the value stands that does not fit, if a constant of a module holds it; the whole of that is marked by its name."""
    entity = frame.entity(node) if isinstance(node, ast.Name | ast.Attribute) else None
    if not isinstance(entity, Constant):
        return []
    part, rest = _part(entity.value, _steps(error.path), error.value)
    return [] if rest else [(Place(entity.module, part), f"this is {describe(error.value)}")]


def _steps(path: str) -> list[tuple[str | int, str]]:
    """The steps of a path with their texts: ``.prices[0]``."""
    try:
        node = ast.parse(f"x{path}", mode="eval").body
    except SyntaxError:  # a key of another kind
        return []
    found: list[tuple[str | int, str]] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            found.append((node.attr, f".{node.attr}"))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int | str):
            found.append((node.slice.value, f"[{node.slice.value!r}]"))
        else:
            return []
        node = node.value
    return found[::-1]


def _part(node: ast.AST, steps: list[tuple[str | int, str]], value: StaticValue) -> tuple[ast.AST, str]:
    """Follow a path into displays and calls as far as they are written out; what is left of it is the second."""
    for position, (step, _) in enumerate(steps):
        found = _step(node, step, value if position == len(steps) - 1 else None)
        if found is None:
            return node, "".join(text for _, text in steps[position:])
        node = found
    return node, ""


def _step(node: ast.AST, step: str | int, value: StaticValue) -> ast.AST | None:
    if isinstance(node, ast.List | ast.Tuple) and isinstance(step, int) and step < len(node.elts):
        is_plain = not any(isinstance(item, ast.Starred) for item in node.elts[: step + 1])
        return node.elts[step] if is_plain else None
    if isinstance(node, ast.Call):
        return next((keyword.value for keyword in node.keywords if keyword.arg == step), None)
    if not isinstance(node, ast.Dict):
        return None
    for key, item in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and type(key.value) is type(step) and key.value == step:
            is_key = type(value) is type(step) and value == step and not (isinstance(item, ast.Constant) and item.value == value)
            return key if is_key else item
    return None
