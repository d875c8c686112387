"""Functions of a project that return a decorator, or what one makes of their argument: which forms are read, and their parameters."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_compiler.frontend.modules import Module
from dagwright_compiler.frontend.options import Option
from dagwright_compiler.frontend.summary import FunctionNode

if TYPE_CHECKING:
    from collections.abc import Iterator


class Factory(msgspec.Struct, frozen=True, eq=False):
    """A function of the project that returns a decorator, or the task that one makes of the argument ``function``."""

    module: Module
    node: FunctionNode
    call: ast.expr
    """What it returns; without the function where it takes that first."""
    function: str = ""
    has_keywords_first: bool = False
    """Whether it may also be called with keywords, and then with the function."""


def read_form(node: FunctionNode, module: Module) -> Factory | None:
    """A function in one of the forms that are read; ``None`` where it does more.

    ``return task(...)``; ``return task(fn, ...)`` of its first parameter; an inner function that only returns that; and
    ``if fn is None: return functools.partial(itself, ...)`` before it.
    """
    statements = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    match statements:
        case [ast.Return(value=ast.expr() as returned)]:
            taken = _with_function(node, returned)
            return Factory(module, node, taken[1], taken[0]) if taken is not None else Factory(module, node, returned)
        case [ast.FunctionDef() as inner, ast.Return(value=ast.Name(id=name))] if name == inner.name:
            call = _of_inner(inner)
            return Factory(module, node, call) if call is not None else None
        case [ast.If(orelse=[]) as first, ast.Return(value=ast.expr() as returned)]:
            taken = _with_function(node, returned)
            if taken is not None and _hands_on(first, node, taken[0]):
                return Factory(module, node, taken[1], taken[0], has_keywords_first=True)
            return None
        case _:
            return None


def _with_function(node: FunctionNode, returned: ast.expr) -> tuple[str, ast.Call] | None:
    """The first parameter of a function that returns ``made(parameter, ...)``, and that call without it."""
    own = (*node.args.posonlyargs, *node.args.args)
    if not (isinstance(returned, ast.Call) and len(returned.args) == 1 and isinstance(returned.args[0], ast.Name)):
        return None
    taken = returned.args[0].id
    if not own or own[0].arg != taken or len(own) - len(node.args.defaults) > 1:
        return None
    return taken, ast.Call(returned.func, [], returned.keywords)


def _of_inner(inner: ast.FunctionDef) -> ast.Call | None:
    """``made(...)`` for a function that only returns ``made(parameter, ...)`` of its one parameter."""
    match inner.body:
        case [ast.Return(value=ast.expr() as returned)] if not inner.decorator_list and len(parameters(inner)) == 1:
            found = _with_function(inner, returned)
            return found[1] if found is not None else None
        case _:
            return None


def _hands_on(first: ast.If, node: FunctionNode, function: str) -> bool:
    """Whether a statement is ``if function is None: return functools.partial(itself, ...)`` with everything that was given."""
    match first.test, first.body:
        case (
            ast.Compare(left=ast.Name(id=tested), ops=[ast.Is()], comparators=[ast.Constant(value=None)]),
            [
                ast.Return(
                    value=ast.Call(
                        func=ast.Name(id="partial") | ast.Attribute(attr="partial"), args=[ast.Name(id=itself)]
                    ) as call
                )
            ],
        ) if tested == function and itself == node.name:
            own = {argument.arg for argument in parameters(node)} - {function}
            same = {
                keyword.arg
                for keyword in call.keywords
                if isinstance(keyword.value, ast.Name)
                and keyword.value.id == (keyword.arg or (node.args.kwarg or ast.arg("")).arg)
            }
            wanted: set[str | None] = {*own, *([None] if node.args.kwarg is not None else [])}
            return same == wanted and len(call.keywords) == len(wanted)
        case _:
            return False


def positional(factory: Factory, node: ast.Call, module: Module, scope: Any) -> tuple[Option, ...] | None:
    """Positional arguments of a call of a factory as keywords; ``None`` when there are more than it takes."""
    names = [argument.arg for argument in (*factory.node.args.posonlyargs, *factory.node.args.args)]
    if len(node.args) > len(names) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    return tuple(Option(ast.keyword(name, value), module, scope) for name, value in zip(names, node.args, strict=False))


def parameters(node: FunctionNode) -> tuple[ast.arg, ...]:
    """All parameters that have a name of their own."""
    return (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)


def defaults(node: FunctionNode, module: Module) -> Iterator[tuple[str, Option]]:
    """Defaults of parameters, as keywords of a call."""
    in_order = (*node.args.posonlyargs, *node.args.args)
    with_default = in_order[len(in_order) - len(node.args.defaults) :]
    for argument, default in (
        *zip(with_default, node.args.defaults, strict=True),
        *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
    ):
        if default is not None:
            yield argument.arg, Option(ast.keyword(argument.arg, default), module)
