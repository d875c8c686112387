"""The operations that static values allow, each with bounded work and size.

Pure functions over plain Python values; knows no syntax tree beyond the operator classes.
"""

from __future__ import annotations

import ast
import operator
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dagwright_compiler.frontend.known_values import EnumValue, name_of_class, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_BITS = 13_000
"""Longest integer: about 4000 digits, just below what Python itself prints."""
MOST_ITEMS = 200_000
MOST_TEXT = 1_000_000

FUNCTIONS = frozenset(
    {
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "divmod",
        "enumerate",
        "float",
        "frozenset",
        "int",
        "len",
        "list",
        "max",
        "min",
        "range",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
    }
)
"""Builtin functions that are computed."""
ITERATING = frozenset(
    {"all", "any", "dict", "enumerate", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple", "zip"}
)
"""Those that take items one by one, from a generator too."""
SPEC_NUMBER = re.compile(r"\d{5,}")
"""A width or precision in a format that would make a text of many characters."""
_PLAIN = (int, float, str, bool, bytes, type(None), datetime, timedelta)


class OperationError(Exception):
    """The operation fails for these values, as it would when run."""


class BudgetError(Exception):
    """The result would be too large."""


_ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
    ast.BitOr: ("|", operator.or_),
    ast.BitAnd: ("&", operator.and_),
    ast.BitXor: ("^", operator.xor),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.In: ("in", lambda left, right: left in right),
    ast.NotIn: ("not in", lambda left, right: left not in right),
    ast.Is: ("is", lambda left, right: left is right),
    ast.IsNot: ("is not", lambda left, right: left is not right),
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}


def binary(op: ast.operator, left: Any, right: Any) -> Any:
    """Arithmetic on two values.

    Raises:
        OperationError: It fails, or is not defined here.
        BudgetError: The result would be too large.
    """
    found = _ARITHMETIC.get(type(op))
    if found is None or (type(op) is ast.Mod and isinstance(left, str | bytes)):
        what = "`%` formatting" if found else "`@`"
        raise OperationError(
            f"{what} is not computed while compiling; use an f-string" if found else f"{what} is not computed while compiling"
        )
    symbol, function = found
    _check_growth(symbol, left, right)
    return checked(lambda: function(left, right), f"`{symbol}`")


def unary(op: ast.unaryop, value: Any) -> Any:
    """``-``, ``+``, ``~`` or ``not`` on a value.

    Raises:
        OperationError: It fails.
    """
    return checked(lambda: _UNARY[type(op)](value), "the operator")


def compare(op: ast.cmpop, left: Any, right: Any) -> bool:
    """One comparison.

    Raises:
        OperationError: The values cannot be compared.
    """
    symbol, function = _COMPARISONS[type(op)]
    if symbol not in ("is", "is not") and not (is_comparable(left) and is_comparable(right)):
        raise OperationError(f"`{symbol}` of values whose class may define its own is not computed while compiling")
    if symbol in ("is", "is not") and not any(value is None or isinstance(value, bool) for value in (left, right)):
        raise OperationError("`is` is computed for None, True and False only; compare with `==`")
    return bool(checked(lambda: function(left, right), f"`{symbol}`"))


def is_comparable(value: Any) -> bool:
    """Whether ``==`` and ``<`` of a value, parts included, are Python's own; so they are for members of plain enums."""
    pending, count = [value], 0
    while pending:
        part = pending.pop()
        count += 1
        if count > MOST_ITEMS:
            raise BudgetError(f"the value has more than {MOST_ITEMS} parts when it is written out")
        if isinstance(part, list | tuple | set | frozenset):
            pending.extend(part)
        elif isinstance(part, dict):
            pending.extend(part)
            pending.extend(part.values())
        elif not isinstance(part, _PLAIN) and not (isinstance(part, EnumValue) and part.is_plain):
            return False
    return True


def truth(value: Any) -> bool:
    """Truth of a plain value.

    Raises:
        OperationError: Its class may define its own truth.
    """
    if isinstance(value, (*_PLAIN, list, tuple, dict, set, frozenset)):
        return bool(value)
    raise OperationError(f"the truth of `{name_of_class(value)}` is not computed while compiling")


def iterate(value: Any) -> Iterable[Any]:
    """Elements of a list, tuple, dict, text or range.

    Raises:
        OperationError: It has no elements, or no order.
    """
    if isinstance(value, list | tuple | dict | str):
        return value
    if isinstance(value, set | frozenset):
        raise OperationError("a set has no order in which its items could be taken")
    raise OperationError(f"a value of type `{name_of_class(value)}` has no items that could be taken while compiling")


def item(owner: Any, key: Any) -> Any:
    """``owner[key]`` of a list, tuple, dict or text.

    Raises:
        OperationError: There is no such item.
    """
    if not isinstance(owner, list | tuple | dict | str):
        raise OperationError(f"a value of type `{name_of_class(owner)}` has no items")
    return checked(lambda: owner[key], "the index")


def cut(owner: Any, lower: Any, upper: Any, step: Any) -> Any:
    """``owner[lower:upper:step]`` of a list, tuple or text.

    Raises:
        OperationError: It cannot be sliced so.
    """
    if not isinstance(owner, list | tuple | str):
        raise OperationError(f"a value of type `{name_of_class(owner)}` cannot be sliced")
    return checked(lambda: owner[slice(lower, upper, step)], "the slice")


def check_key(value: Any) -> Any:
    """The value, if it can be a key of a dict.

    Raises:
        OperationError: It cannot.
    """
    try:
        hash(value)
    except TypeError:
        raise OperationError(f"a value of type `{name_of_class(value)}` cannot be hashed") from None
    return value


def check_text(value: str) -> str:
    """The text, if it is short enough.

    Raises:
        BudgetError: It is not.
    """
    if len(value) > MOST_TEXT:
        raise BudgetError(f"the text has more than {MOST_TEXT} characters")
    return value


def format_value(value: Any, spec: str, conversion: int) -> str:
    """One replacement field of an f-string.

    Raises:
        OperationError: The value has no stable text, or the format does not fit it.
        BudgetError: The format asks for a very long text.
    """
    if not isinstance(value, int | float | str | bool | type(None)):
        raise OperationError(f"the text of a `{name_of_class(value)}` is not computed while compiling")
    if SPEC_NUMBER.search(spec):
        raise BudgetError("the format asks for a very long text")
    if conversion in (ord("r"), ord("a")):
        value = checked(lambda: repr(value) if conversion == ord("r") else ascii(value), "the conversion")
    elif conversion == ord("s"):
        value = checked(lambda: str(value), "the conversion")
    return str(checked(lambda: format(value, spec), "the format"))


def unpack(target: ast.expr, value: Any) -> Iterator[tuple[str, Any]]:
    """Names of a loop's target with their values.

    Raises:
        OperationError: The shape does not fit.
    """
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        items = list(iterate(value))
        if len(items) != len(target.elts):
            raise OperationError(f"{len(items)} values are unpacked into {len(target.elts)} names")
        for part, inner in zip(target.elts, items, strict=True):
            yield from unpack(part, inner)
    else:
        raise OperationError("the target of the loop is not a plain name")


def call_function(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """One of ``FUNCTIONS``; lazy results become lists.

    Raises:
        OperationError: It fails for these arguments.
        BudgetError: The result would be too large.
    """
    if "key" in kwargs:
        raise OperationError(f"`{name}(key=...)` is not computed while compiling")
    for value in args:
        if isinstance(value, set | frozenset):
            if name not in ("set", "frozenset", "sorted", "len", "bool"):
                raise OperationError(f"`{name}` of a set, which has no order, is not computed while compiling")
            continue
        if name in ("list", "tuple", "sorted", "sum", "enumerate", "zip", "dict", "set", "frozenset") and not isinstance(
            value, list | tuple | dict | str | int | float
        ):
            raise OperationError(f"`{name}` of a `{name_of_class(value)}` is not computed while compiling")
        if name in ("str", "bool", "len", "int", "float") and not isinstance(value, (*_PLAIN, list, tuple, dict)):
            raise OperationError(f"`{name}` of a `{name_of_class(value)}` is not computed while compiling")
        if name == "str" and not isinstance(value, int | float | str | bool | type(None)):
            raise OperationError(f"the text of a `{name_of_class(value)}` is not computed while compiling")
    if name == "range":
        return _range(args)
    if name in ("int", "float") and args and isinstance(args[0], str) and len(args[0]) > 4000:
        raise BudgetError("the number has more than 4000 digits")
    if name in ("max", "min", "sorted") and not all(map(is_comparable, args)):
        raise OperationError(f"`{name}` of values whose class may define its own order is not computed while compiling")
    result = checked(lambda: _BUILTIN[name](*args, **kwargs), f"`{name}`")
    if name == "sum" and isinstance(result, float):
        raise OperationError("the sum of floats differs between versions of Python in its last digits")
    return list(result) if name in ("enumerate", "zip") else result


_BUILTIN: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "all": lambda items: all(map(truth, iterate(items))),
    "any": lambda items: any(map(truth, iterate(items))),
    "bool": bool,
    "dict": dict,
    "divmod": divmod,
    "enumerate": enumerate,
    "float": float,
    "frozenset": frozenset,
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "round": round,
    "set": set,
    "sorted": sorted,
    "str": str,
    "sum": sum,
    "tuple": tuple,
    "zip": zip,
}


def _range(args: list[Any]) -> list[int]:
    values = checked(lambda: range(*args), "`range`")
    if (values.stop - values.start) // values.step > MOST_ITEMS:
        raise BudgetError(f"the range has more than {MOST_ITEMS} numbers")
    return list(values)


def _check_growth(symbol: str, left: Any, right: Any) -> None:
    """Refuse what would take long or much before it is computed."""
    if symbol == "**" and isinstance(left, int) and isinstance(right, int) and abs(right) * left.bit_length() > MOST_BITS:
        raise BudgetError("the number has more than 4000 digits")
    if symbol == "<<" and isinstance(right, int) and right > MOST_BITS:
        raise BudgetError("the number has more than 4000 digits")
    if symbol == "*":
        for sized, count in ((left, right), (right, left)):
            if isinstance(sized, str | bytes | list | tuple) and isinstance(count, int) and len(sized) * count > MOST_ITEMS:
                raise BudgetError(f"the result has more than {MOST_ITEMS} items")


def checked(compute: Callable[[], Any], what: str) -> Any:
    """Compute, turning Python's own failures into ours and refusing results that grew too large."""
    try:
        value = compute()
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise OperationError(f"{what} fails: {said(error)}") from None
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise BudgetError("the number has more than 4000 digits")
    if isinstance(value, complex):
        raise OperationError(f"{what} gives a complex number, which cannot travel to a task")
    if isinstance(value, str | bytes) and len(value) > MOST_TEXT:
        raise BudgetError(f"the text has more than {MOST_TEXT} characters")
    if isinstance(value, list | tuple | dict | set | frozenset) and len(value) > MOST_ITEMS:
        raise BudgetError(f"the result has more than {MOST_ITEMS} items")
    return value
