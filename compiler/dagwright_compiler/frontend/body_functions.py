"""Builtin functions that a body calls on values that it has: loops over several lists, orders, choices. They take functions of the project too."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import static_operations as operations
from dagwright_compiler.frontend.displays import refuse_key, set_of
from dagwright_compiler.frontend.entities import ClassEntity, External
from dagwright_compiler.frontend.iteration import VIEWS, elements, turns
from dagwright_compiler.frontend.known_values import Instance, Symbolic, name_of_class, said
from dagwright_compiler.frontend.operator_expressions import truth
from dagwright_compiler.frontend.promises import BROKEN, Broken, Named, Static, Value, describe_source, unwrapped, wrapped
from dagwright_compiler.frontend.settled_values import symbolic_in
from dagwright_compiler.frontend.static_operations import OperationError
from dagwright_compiler.frontend.unreadable_expressions import UNCALLED, refuse_operation

if TYPE_CHECKING:
    import ast

    from dagwright_compiler.frontend.expressions import Expressions
    from dagwright_compiler.frontend.frames import Frame
    from dagwright_compiler.frontend.known_values import StaticValue

Apply = Callable[[Value, list[Value]], Value]
"""Calls a function with values by position."""
_TYPES: dict[str, type] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "bytes": bytes,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "frozenset": frozenset,
}


class BodyCall:
    """One call of a builtin function: its arguments, and what reads functions that it calls."""

    __slots__ = ("apply", "args", "expressions", "frame", "kwargs", "name", "node")

    def __init__(
        self,
        expressions: Expressions,
        node: ast.Call,
        name: str,
        given: tuple[list[StaticValue], dict[str, StaticValue]],
        apply: Apply,
    ) -> None:
        self.expressions = expressions
        self.frame: Frame = expressions.frame
        self.node = node
        self.name = name
        self.args, self.kwargs = given
        self.apply = apply

    def over(self, value: StaticValue) -> Iterator[StaticValue] | None:
        """What the function goes over, one by one; ``None`` after a finding."""
        found = elements(self.frame, wrapped(value), self.node, f"`{self.name}`", self.node)
        return None if found is None else turns(self.frame, found, self.node, f"`{self.name}`")

    def lists(self, values: list[StaticValue]) -> list[Any] | None:
        """What several arguments hold, looked at while the result is gone over."""
        found = [elements(self.frame, wrapped(value), self.node, f"`{self.name}`", self.node) for value in values]
        return None if any(each is None for each in found) else found

    def fail(self, reason: str) -> Broken:
        """Report a call that Python itself refuses."""
        return self.frame.report(codes.NOT_STATIC, f"`{self.name}` {reason}", self.node)


def call(made: BodyCall) -> Value:
    """What a builtin function gives."""
    handler = BUILTINS.get(made.name)
    if handler is not None:
        return handler(made)
    for value in (*made.args, *made.kwargs.values()):
        inside = symbolic_in(value)
        if inside is not None and made.name != "len":
            return refuse(made, wrapped(inside))
    args = [list(value) if isinstance(value, (Iterator, *VIEWS)) else value for value in made.args]
    return made.expressions.compute(made.node, lambda: operations.call_function(made.name, args, made.kwargs))


def iterator(made: BodyCall) -> Value:
    """What one of ``ITERATORS`` gives: elements that are asked for one by one, as they are in Python."""
    args: list[Any] = []
    for value in made.args:
        if value is None or isinstance(value, int) or made.name == "itertools.repeat":
            args.append(value)
            continue
        found = elements(made.frame, wrapped(value), made.node, f"`{made.name}`", made.node)
        if found is None:
            return BROKEN
        args.append(found)
    try:
        return Static(ITERATORS[made.name](*args, **made.kwargs))
    except (TypeError, ValueError) as error:
        return made.fail(f"fails: {said(error)}")


def refuse(made: BodyCall, value: Value) -> Broken:
    """Report a function that needs the value of a result."""
    if isinstance(value, Broken):
        return value
    if isinstance(value, UNCALLED):
        return refuse_operation(made.frame, made.node, value, what=f"`{made.name}`")
    message = f"`{made.name}` needs the value of {describe_source(value)}, which exists only when the workflow runs"
    help_ = f"call `{made.name}` inside a task"
    if made.name == "range":
        help_ = "return the numbers from a task as `list[int]`, and run a task for each: `map_task(f)(x=numbers)`"
    return made.frame.report(codes.PROMISE_OPERATION, message, made.node, help_=help_)


def _enumerate(made: BodyCall) -> Value:
    start = made.kwargs.get("start", made.args[1] if len(made.args) > 1 else 0)
    found = made.lists(made.args[:1])
    if found is None:
        return BROKEN
    if len(found) != 1 or type(start) is not int or set(made.kwargs) - {"start"}:
        return made.fail("takes what it counts, and the number that it begins with")
    return Static(enumerate(found[0], start))


def _zip(made: BodyCall) -> Value:
    found = made.lists(made.args)
    strict = made.kwargs.get("strict", False)
    if found is None:
        return BROKEN
    if set(made.kwargs) - {"strict"} or not isinstance(strict, bool):
        return made.fail("takes what it goes over, and `strict`")
    lengths = {len(each) for each in found if hasattr(each, "__len__")}
    if strict and len(lengths) > 1:
        return made.fail(f"goes over values of different lengths: {', '.join(map(str, sorted(lengths)))}")
    return Static(zip(*found, strict=strict))


def _reversed(made: BodyCall) -> Value:
    if len(made.args) == 1 and isinstance(made.args[0], list | tuple | dict | str):
        return Static(reversed(made.args[0]))
    return _with_one(made) or made.fail("takes one list, tuple, dict or text")


def _iter(made: BodyCall) -> Value:
    found = made.lists(made.args)
    if found is None:
        return BROKEN
    return Static(iter(found[0])) if len(found) == 1 and not made.kwargs else made.fail("takes one value")


def _next(made: BodyCall) -> Value:
    if not made.args or len(made.args) > 2 or not isinstance(made.args[0], Iterator):
        return _with_one(made) or made.fail("takes an iterator, and what it gives after the last element")
    for value in made.args[0]:
        return wrapped(value)
    return wrapped(made.args[1]) if len(made.args) == 2 else made.fail("finds no element")


def _map(made: BodyCall) -> Value:
    found = made.lists(made.args[1:])
    if found is None:
        return BROKEN
    if not found or made.kwargs:
        return made.fail("takes a function and what it goes over")
    function = wrapped(made.args[0])
    return Static(unwrapped(made.apply(function, list(map(wrapped, items)))) for items in zip(*found, strict=False))


def _filter(made: BodyCall) -> Value:
    found = made.lists(made.args[1:])
    if found is None:
        return BROKEN
    if len(found) != 1 or made.kwargs:
        return made.fail("takes a function and what it goes over")
    return Static(_kept(made, wrapped(made.args[0]), found[0]))


def _kept(made: BodyCall, function: Value, values: Any) -> Iterator[StaticValue]:
    for value in values:
        is_none = isinstance(function, Static) and function.value is None
        held = wrapped(value) if is_none else made.apply(function, [wrapped(value)])
        if truth(made.expressions, made.frame, held, made.node):
            yield value


def _any(made: BodyCall) -> Value:
    return _decided(made, stops_at=True)


def _all(made: BodyCall) -> Value:
    return _decided(made, stops_at=False)


def _decided(made: BodyCall, *, stops_at: bool) -> Value:
    if len(made.args) != 1 or made.kwargs:
        return made.fail("takes one value")
    found = made.over(made.args[0])
    for value in found or ():
        held = truth(made.expressions, made.frame, wrapped(value), made.node)
        if held is None:
            return BROKEN
        if held is stops_at:
            return Static(stops_at)
    return BROKEN if found is None else Static(not stops_at)


def _list(made: BodyCall) -> Value:
    if len(made.args) > 1 or made.kwargs:
        return made.fail("takes one value")
    found = made.over(made.args[0]) if made.args else iter(())
    if found is None:
        return BROKEN
    items = list(found)
    if made.name == "list":
        return made.expressions.compute(made.node, lambda: items)
    if made.name == "tuple":
        return made.expressions.compute(made.node, lambda: tuple(items))
    distinct = set_of(made.expressions, made.frame, items, made.node)
    return Static(frozenset(distinct.value)) if isinstance(distinct, Static) and made.name == "frozenset" else distinct


def _set(made: BodyCall) -> Value:
    if len(made.args) == 1 and isinstance(made.args[0], set | frozenset) and not made.kwargs:
        return Static((set if made.name == "set" else frozenset)(made.args[0]))
    return _list(made)


def _dict(made: BodyCall) -> Value:
    if len(made.args) > 1:
        return made.fail("takes one value and keywords")
    given = made.args[0] if made.args else {}
    found = iter(given.items()) if isinstance(given, dict) else made.over(given)
    if found is None:
        return BROKEN
    pairs: list[Any] = list(found)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        return made.fail("takes pairs of keys and values")
    for key, _ in pairs:
        if isinstance(key, Symbolic):
            return refuse_key(made.frame, wrapped(key), made.node, "the keys of a dict")
    return made.expressions.compute(
        made.node, lambda: {**{operations.check_key(key): value for key, value in pairs}, **made.kwargs}
    )


def _sum(made: BodyCall) -> Value:
    found = made.over(made.args[0]) if made.args else None
    if found is None:
        return BROKEN if made.args else made.fail("takes what it adds")
    items = list(found)
    symbol = next((item for item in (*items, *made.args[1:], *made.kwargs.values()) if isinstance(item, Symbolic)), None)
    if symbol is not None:
        return refuse(made, wrapped(symbol))
    return made.expressions.compute(made.node, lambda: operations.call_function("sum", [items, *made.args[1:]], made.kwargs))


def _sorted(made: BodyCall) -> Value:
    values, keys = _keyed(made, made.args[0] if len(made.args) == 1 else None, {"key", "reverse"})
    if values is None:
        return BROKEN
    reverse = bool(made.kwargs.get("reverse", False))

    if not all(map(operations.is_comparable, keys)):
        return _unordered(made, keys)
    return made.expressions.compute(
        made.node, lambda: [values[at] for at in _ordered(list(range(len(keys))), keys, reverse=reverse)]
    )


def _extreme(made: BodyCall) -> Value:
    several = made.args if len(made.args) > 1 else made.args[0] if made.args else None
    values, keys = _keyed(made, several, {"key", "default"})
    if values is None:
        return BROKEN
    if not values and "default" in made.kwargs:
        return wrapped(made.kwargs["default"])
    if not all(map(operations.is_comparable, keys)):
        return _unordered(made, keys)
    choose = max if made.name == "max" else min

    def chosen() -> StaticValue:
        try:
            return values[choose(range(len(keys)), key=keys.__getitem__)]
        except (TypeError, ValueError) as error:
            raise OperationError(f"`{made.name}` fails: {said(error)}") from None

    return made.expressions.compute(made.node, chosen)


def _ordered(positions: list[int], keys: list[StaticValue], *, reverse: bool) -> list[int]:
    try:
        return sorted(positions, key=keys.__getitem__, reverse=reverse)
    except TypeError as error:
        raise OperationError(f"`sorted` fails: {said(error)}") from None


def _unordered(made: BodyCall, keys: list[StaticValue]) -> Broken:
    for key in keys:
        inside = symbolic_in(key)
        if inside is not None:
            return refuse(made, wrapped(inside))
    return made.fail("of values whose class may define its own order is not computed while compiling")


def _keyed(
    made: BodyCall, values: StaticValue, names: set[str]
) -> tuple[list[StaticValue], list[StaticValue]] | tuple[None, list[StaticValue]]:
    """Values with what they are ordered by; nothing after a finding."""
    if values is None or set(made.kwargs) - names:
        made.fail(f"takes what it looks at, and {' and '.join(f'`{name}`' for name in sorted(names))}")
        return None, []
    found = sorted(values, key=repr) if isinstance(values, set | frozenset) else values
    turned = made.over(found)
    if turned is None:
        return None, []
    items = list(turned)
    function = made.kwargs.get("key")
    keys = items if function is None else [unwrapped(made.apply(wrapped(function), [wrapped(item)])) for item in items]
    if any(isinstance(key, Broken) for key in keys):
        return None, []
    return items, keys


def _isinstance(made: BodyCall) -> Value:
    if len(made.args) != 2 or made.kwargs:
        return made.fail("takes a value and a type")
    value, wanted = made.args
    if isinstance(value, Symbolic):
        return refuse(made, wrapped(value))
    found = [_is_of(value, each) for each in (wanted if isinstance(wanted, tuple) else (wanted,))]
    if any(found):
        return Static(True)
    return (
        made.fail("is computed for builtin types and for classes of instances that are written here")
        if None in found
        else Static(False)
    )


def _is_of(value: StaticValue, wanted: StaticValue) -> bool | None:
    """Whether a value is of a type; ``None`` where that is not known."""
    entity = wanted.entity if isinstance(wanted, Named) else None
    if isinstance(entity, External) and entity.qualified.startswith("builtins."):
        kind = _TYPES.get(entity.qualified.removeprefix("builtins."))
        return None if kind is None else isinstance(value, kind)
    if isinstance(entity, ClassEntity):
        if not isinstance(value, Instance):
            return False if type(value) in (*_TYPES.values(), type(None)) else None
        return True if value.owner == entity.qualified else None
    return None


def _with_one(made: BodyCall) -> Broken | None:
    """The finding about a result where a value is needed, if that is what is wrong."""
    return refuse(made, wrapped(made.args[0])) if made.args and isinstance(made.args[0], Symbolic) else None


def _len(made: BodyCall) -> Value:
    if len(made.args) != 1 or made.kwargs:
        return made.fail("takes one value")
    value = made.args[0]
    if isinstance(value, Named) and isinstance(value.entity, ClassEntity):
        members = made.frame.services.evaluator.members(value.entity)
        value = value if members is None else members
    if isinstance(value, (list, tuple, dict, set, frozenset, str, bytes, *VIEWS)):
        return Static(len(value))
    return _with_one(made) or made.fail(f"of a value of type `{name_of_class(value)}` is not known")


def _bool(made: BodyCall) -> Value:
    if len(made.args) > 1 or made.kwargs:
        return made.fail("takes one value")
    if not made.args:
        return Static(False)
    refused = _with_one(made)
    if refused is not None:
        return refused
    return made.expressions.compute(made.node, lambda: operations.truth(made.args[0]))


ITERATORS: dict[str, Callable[..., Iterator[Any]]] = {
    "itertools.chain": itertools.chain,
    "itertools.chain.from_iterable": itertools.chain.from_iterable,
    "itertools.combinations": itertools.combinations,
    "itertools.combinations_with_replacement": itertools.combinations_with_replacement,
    "itertools.count": itertools.count,
    "itertools.cycle": itertools.cycle,
    "itertools.islice": itertools.islice,
    "itertools.pairwise": itertools.pairwise,
    "itertools.permutations": itertools.permutations,
    "itertools.product": itertools.product,
    "itertools.repeat": itertools.repeat,
    "itertools.zip_longest": itertools.zip_longest,
}
"""Functions of ``itertools`` that move elements about, by qualified name."""
BUILTINS: dict[str, Callable[[BodyCall], Value]] = {
    "all": _all,
    "any": _any,
    "bool": _bool,
    "dict": _dict,
    "enumerate": _enumerate,
    "filter": _filter,
    "frozenset": _set,
    "isinstance": _isinstance,
    "iter": _iter,
    "len": _len,
    "list": _list,
    "map": _map,
    "max": _extreme,
    "min": _extreme,
    "next": _next,
    "reversed": _reversed,
    "set": _set,
    "sorted": _sorted,
    "sum": _sum,
    "tuple": _list,
    "zip": _zip,
}
"""By name; the other functions that are computed need their values whole."""
