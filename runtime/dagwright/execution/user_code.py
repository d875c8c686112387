"""The user's modules: imported from the code folders, with the flytekit stand-in in place, and the functions behind decorators."""

from __future__ import annotations

import sys

from dagwright.execution.faults import UserFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable


def prepare(folders: Iterable[str]) -> None:
    """Put the code folders first on ``sys.path`` and install the stand-in for flytekit."""
    from dagwright.compat import install

    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    install()


def load(module: str, qualname: str) -> Any:
    """Import what a dotted name in a module stands for: a task's object, a class.

    Raises:
        UserFailure: Importing raised, or the name is not there.
    """
    try:
        __import__(module)  # import_module would stand in the user's traceback
        found: Any = sys.modules[module]
        for part in qualname.split("."):
            found = getattr(found, part)
    except BaseException as error:
        raise UserFailure(error) from error
    return found


def function_of(found: Any) -> Callable[..., Any]:
    """Give what runs when a task runs: the function inside our decorator, with the user's own decorators below it kept.

    Anything else, such as what a test put in the task's place, runs as it is.
    """
    from dagwright.authoring.declared import Declared

    function: Callable[..., Any] = found.__wrapped__ if isinstance(found, Declared) else found
    return function


def default_of(function: Callable[..., Any], name: str) -> Any:
    """Give a parameter's default, as ``inspect`` would find it, which costs 15 ms."""
    declared: Any = function
    while hasattr(declared, "__wrapped__"):  # the user's own decorators
        declared = declared.__wrapped__
    by_name: dict[str, Any] = {}
    if hasattr(declared, "__code__"):
        named = declared.__code__.co_varnames[: declared.__code__.co_argcount]
        defaults = declared.__defaults__ or ()
        by_name = {**dict(zip(named[len(named) - len(defaults) :], defaults)), **(declared.__kwdefaults__ or {})}
    if name not in by_name:
        raise UserFailure(
            TypeError(
                f"{getattr(function, '__qualname__', function)} has no default for {name!r}: the code differs from what was compiled"
            )
        )
    return by_name[name]
