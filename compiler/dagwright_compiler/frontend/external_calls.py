"""Calls of functions and classes outside the project that are computed: the few that give the same everywhere."""

from __future__ import annotations

import ast
from importlib import import_module
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import known_calls, static_methods
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.known_values import KnownCall, StaticValue, said
from dagwright_compiler.frontend.not_static import NotStatic, never_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.frontend.entities import External
    from dagwright_compiler.frontend.modules import Module

Given = tuple[list[StaticValue], dict[str, StaticValue], dict[str, Place]]
"""Arguments by position, by name, and where each of the latter stands."""
_VALUES = {
    "timedelta": ("datetime", "timedelta"),
    "datetime": ("datetime", "datetime"),
    "date": ("datetime", "date"),
    "time": ("datetime", "time"),
    "decimal": ("decimal", "Decimal"),
    "uuid": ("uuid", "UUID"),
    "path": ("pathlib", "PurePosixPath"),
}
"""Constructors of the standard library whose calls are values; imported where a source calls one."""


def call_external(entity: External, node: ast.Call, module: Module, given: Callable[[], Given]) -> StaticValue:
    """What a function or class outside the project gives, where it is one of the few that are known.

    Args:
        entity: What is called.
        node: The call.
        module: Where it stands.
        given: Evaluates the arguments; not asked for what is not known.

    Raises:
        NotStatic: It is not known, or fails.
        OperationError: It fails.
        BudgetError: It would give too much.
    """
    place = Place(module, node)
    symbol = entity.symbol
    constructor = known_calls.symbol_of_constructor(entity)
    if constructor:
        return construct_known(constructor, place, given())
    if symbol in _VALUES:
        home, name = _VALUES[symbol]
        args, kwargs, _ = given()
        try:
            return getattr(import_module(home), name)(*args, **kwargs)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            called = entity.qualified.rpartition(".")[2]
            raise NotStatic(place, f"`{called}(...)` fails: {said(error)}") from None
    root, _, name = entity.qualified.rpartition(".")
    owner = known_calls.constant(root)
    if owner is not None:
        args, kwargs, _ = given()
        return known_method(owner, node, args, kwargs, module)
    if entity.qualified in static_methods.FUNCTIONS:
        args, kwargs, _ = given()
        return static_methods.call_function(entity.qualified, args, kwargs)
    if root == "builtins" and name in operations.FUNCTIONS:
        args, kwargs, _ = given()
        return operations.call_function(name, args, kwargs)
    raise never_run(entity, place)


def construct_known(constructor: str, place: Place, given: Given) -> KnownCall:
    """A call of a constructor that the compiler knows by its parameters: ``Resources(...)``.

    Raises:
        NotStatic: It takes no such arguments.
    """
    args, kwargs, places = given
    made = known_calls.make(constructor, args, kwargs, {**places, "": place})
    if made is None:
        name = constructor.rpartition(".")[2]
        most = len(known_calls.PARAMETERS.get(constructor, ()))
        message = f"`{name}` takes at most {most} positional arguments" if most else f"`{name}` takes keywords only"
        raise NotStatic(place, message, help_="name the arguments", code=codes.WRONG_OPTION)
    return made


def known_method(
    owner: KnownCall, node: ast.Call, args: list[StaticValue], kwargs: dict[str, StaticValue], module: Module
) -> StaticValue:
    """A method of a known object: ``ImageSpec(...).with_packages(...)``.

    Raises:
        NotStatic: The object has no such method that is known.
    """
    assert isinstance(node.func, ast.Attribute)
    made = known_calls.call_method(owner, node.func.attr, args, kwargs)
    if made is None:
        what = owner.symbol.rpartition(".")[2]
        raise NotStatic(Place(module, node), f"`{node.func.attr}` of `{what}` is code that compiling never runs")
    return made
