"""Paths that code names: text relative to the working directory, or places counted from ``__file__``, with which file of the project they are.

Knows ``pathlib`` and ``os.path``. Looks at the project's tree for what stands there, and reads no file.
"""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.frontend.entities import External

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.frontend.body_scopes import Scope

_MAKERS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "os.path.join"})
_SAME = frozenset({"builtins.str", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath"})
"""Functions that give another spelling of their argument."""
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "__str__"})
_MOST_STEPS = 30


class DataPath(NamedTuple):
    """A path: counted from the file system's root where ``anchored`` at ``__file__``, else relative to wherever the code runs."""

    text: str
    anchored: bool
    known: bool = True
    """Whether all of it is known; ``text`` is the known beginning otherwise."""


def data_path(node: ast.expr, scope: Scope, steps: int = _MOST_STEPS) -> DataPath | None:
    """The path that an expression stands for; ``None`` where nothing tells where it leads."""
    if steps == 0:
        return None
    if isinstance(node, ast.Constant):
        return DataPath(node.value, anchored=False) if isinstance(node.value, str) and _is_relative(node.value) else None
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(node, scope, steps)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        return _joined([node.left, node.right], scope, steps, by="/" if isinstance(node.op, ast.Div) else "")
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        return _joined(parts, scope, steps, by="") if parts else None
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
        return _ancestor(node, node.value.value, scope, steps)
    return _called(node, scope, steps) if isinstance(node, ast.Call) else None


def _named(node: ast.Name | ast.Attribute, scope: Scope, steps: int) -> DataPath | None:
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _up(data_path(node.value, scope, steps - 1))
    entity = scope.entity(node)
    if isinstance(entity, External):
        return DataPath(scope.module.location, anchored=True) if entity.qualified == "builtins.__file__" else None
    following = scope.step(node)
    return data_path(following.node, following.scope, steps - 1) if following is not None else None


def _called(node: ast.Call, scope: Scope, steps: int) -> DataPath | None:
    entity = scope.entity(node.func)
    if isinstance(entity, External):
        if not node.args or node.keywords:
            return None
        if entity.qualified in _MAKERS:
            return _joined(node.args, scope, steps, by="/")
        if entity.qualified == "os.path.dirname":
            return _up(data_path(node.args[0], scope, steps - 1))
        return data_path(node.args[0], scope, steps - 1) if entity.qualified in _SAME else None
    if not isinstance(node.func, ast.Attribute):
        return None
    owner, name = node.func.value, node.func.attr
    if name in _SAME_METHODS:
        return data_path(owner, scope, steps - 1)
    if name == "joinpath":
        return _joined([owner, *node.args], scope, steps, by="/")
    if name == "with_name" and len(node.args) == 1:
        above = _up(data_path(owner, scope, steps - 1))
        return _appended(above, node.args[0], scope, steps, by="/") if above is not None else None
    return None


def _joined(parts: Sequence[ast.expr], scope: Scope, steps: int, *, by: str) -> DataPath | None:
    first, *others = parts
    found = data_path(first, scope, steps - 1)
    for part in others:
        if found is None:
            return None
        found = _appended(found, part, scope, steps, by=by)
    return found


def _appended(found: DataPath | None, part: ast.expr, scope: Scope, steps: int, *, by: str) -> DataPath | None:
    if found is None or not found.known:
        return found
    following = scope.value(part)
    if isinstance(following.node, ast.Constant) and isinstance(following.node.value, str):
        text = following.node.value
        return None if by and text.startswith("/") else found._replace(text=_put_together(found.text, text, by))
    more = data_path(following.node, following.scope, steps - 1)
    if more is None:
        return found._replace(known=False)
    return None if more.anchored else found._replace(text=_put_together(found.text, more.text, by), known=more.known)


def _put_together(first: str, second: str, by: str) -> str:
    return posixpath.join(first, second) if by else first + second


def _up(found: DataPath | None) -> DataPath | None:
    if found is None or not found.known:
        return found
    return found._replace(text=posixpath.dirname(posixpath.normpath(found.text)))


def _ancestor(node: ast.Subscript, owner: ast.expr, scope: Scope, steps: int) -> DataPath | None:
    found = data_path(owner, scope, steps - 1)
    if not (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) and 0 <= node.slice.value < _MOST_STEPS):
        return found._replace(known=False) if found is not None else None
    for _ in range(node.slice.value + 1):
        found = _up(found)
    return found


def _is_relative(text: str) -> bool:
    return bool(text) and "://" not in text and not text.startswith(("/", "~", "\\")) and "\0" not in text
