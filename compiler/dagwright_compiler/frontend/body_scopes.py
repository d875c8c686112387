"""What names and calls inside the body of a function stand for: parameters, local imports and variables before the module's own names.

Input: a function that runs, or statements of a module. Output: its calls and attributes, each with the scope that it stands in. Runs nothing and
reports nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.frontend.entities import Constant
from dagwright_compiler.frontend.summary import Imported, absolute_module

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.entities import Entity
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.summary import FunctionNode

_Bound = ast.expr | Imported | None
"""What binds a local name: one assignment, one import, or something that only a run knows."""
_MOST_STEPS = 20


class Valued(NamedTuple):
    """An expression and the scope that its names belong to."""

    node: ast.expr
    scope: Scope


class Scope:
    """Names of one function and of those around it; the outermost is the module's."""

    __slots__ = ("_bound", "_outer", "module", "resolver")

    def __init__(self, module: Module, resolver: Resolver, outer: Scope | None = None) -> None:
        self.module = module
        self.resolver = resolver
        self._outer = outer
        self._bound: dict[str, _Bound] = {}

    def bind(self, name: str, value: _Bound) -> None:
        """Note a binding; a second one leaves the value to the run, unless both import the same."""
        known = self._bound.get(name)
        if isinstance(known, Imported) and isinstance(value, Imported) and _same(known, value):
            return
        self._bound[name] = None if name in self._bound else value

    def entity(self, node: ast.expr) -> Entity | None:
        """What a name or a dotted name stands for; ``None`` for a local value and for every other expression."""
        path: list[str] = []
        while isinstance(node, ast.Attribute):
            path.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        found = self._named(node.id)
        for attribute in reversed(path):
            if found is None:
                return None
            found = self.resolver.attribute(found, attribute)
        return found

    def value(self, node: ast.expr) -> Valued:
        """Follow names to the one expression that they are bound to, in this function or at module level."""
        found = Valued(node, self)
        for _ in range(_MOST_STEPS):
            following = found.scope.step(found.node)
            if following is None:
                break
            found = following
        return found

    def step(self, node: ast.expr) -> Valued | None:
        """The expression that a name is bound to; ``None`` when it is no name, or its value is known to a run only."""
        if isinstance(node, ast.Name):
            home = self.home(node.id)
            if home is not None:
                bound = home.own(node.id)
                return Valued(bound, home) if isinstance(bound, ast.expr) else None
        entity = self.entity(node)
        return Valued(entity.value, Scope(entity.module, self.resolver)) if isinstance(entity, Constant) else None

    def own(self, name: str) -> _Bound:
        """What this very function binds a name to."""
        return self._bound.get(name)

    def home(self, name: str) -> Scope | None:
        """The innermost function that binds a name; ``None`` where the module does."""
        if name in self._bound:
            return self
        return self._outer.home(name) if self._outer is not None else None

    def _named(self, name: str) -> Entity | None:
        home = self.home(name)
        if home is None:
            return self.resolver.name(name, self.module)
        bound = home.own(name)
        if isinstance(bound, Imported):
            return self.resolver.imported(bound, self.module)
        # `read = pd.read_csv` is another name for it
        return home.entity(bound) if isinstance(bound, ast.Attribute) else None


class Found(NamedTuple):
    """A call or an attribute in a body; ``guarded`` when an error in it may be caught there."""

    node: ast.expr
    scope: Scope
    guarded: bool


class Body(NamedTuple):
    """The calls and the attributes of a body, those of functions inside it included."""

    calls: list[Found]
    attributes: list[Found]
    nodes: list[ast.AST]
    """Everything in it."""


def read_function(function: FunctionNode, module: Module, resolver: Resolver) -> Body:
    """Walk the body of a function once."""
    body = Body([], [], [])
    scope = Scope(module, resolver)
    _bind_parameters(function, scope)
    _walk(function.body, scope, body)
    return body


def read_statements(statements: Iterable[ast.AST], module: Module, resolver: Resolver) -> Body:
    """Walk statements at module level; their names are the module's own."""
    body = Body([], [], [])
    scope = Scope(module, resolver)
    _walk(statements, scope, body, is_module=True)
    return body


def _walk(statements: Iterable[ast.AST], scope: Scope, body: Body, *, is_module: bool = False) -> None:
    waiting = [(node, False) for node in statements]
    while waiting:
        node, guarded = waiting.pop()
        body.nodes.append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = Scope(scope.module, scope.resolver, scope)
            _bind_parameters(node, inner)
            if not isinstance(node, ast.Lambda) and not is_module:
                scope.bind(node.name, None)
            _walk(node.body if isinstance(node.body, list) else [node.body], inner, body)
            continue
        if isinstance(node, ast.Call):
            body.calls.append(Found(node, scope, guarded))
        elif isinstance(node, ast.Attribute):
            body.attributes.append(Found(node, scope, guarded))
        target = None if is_module else _bind(node, scope)
        caught = node.body if isinstance(node, ast.Try | ast.TryStar) else []
        waiting.extend((child, guarded or child in caught) for child in ast.iter_child_nodes(node) if child is not target)


def _bind(node: ast.AST, scope: Scope) -> ast.AST | None:
    """Note what a node binds; the target that needs no second look is given back."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        scope.bind(node.targets[0].id, node.value)
        return node.targets[0]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        if node.value is not None:
            scope.bind(node.target.id, node.value)
        return node.target
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        scope.bind(node.id, None)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            scope.bind(name, Imported(alias.name if alias.asname else name, "", node))
    elif isinstance(node, ast.ImportFrom):
        module = absolute_module(node, scope.module.name, is_package=scope.module.is_package)
        for alias in node.names:
            scope.bind(alias.asname or alias.name, Imported(module, alias.name, node))
    elif isinstance(node, ast.ExceptHandler | ast.ClassDef) and node.name:
        scope.bind(node.name, None)
    return None


def _bind_parameters(function: FunctionNode | ast.Lambda, scope: Scope) -> None:
    arguments = function.args
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra):
        scope.bind(argument.arg, None)


def _same(first: Imported, second: Imported) -> bool:
    return (first.module, first.attribute) == (second.module, second.attribute)
