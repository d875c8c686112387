"""For tests: mocks of tasks, ``task_mock`` and ``patch``, as ``flytekit.testing`` has them, and ``answers`` for workflows that wait for people.

A mock stands in the place of a task's function wherever Python calls the task: by itself, from a workflow, from a map, from another
task's body. What it returns is held to the task's types. The cache knows nothing of it: no stored result is served for it, and
none of its results is stored.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps

from dagwright.authoring.declared import ASYNC
from dagwright.authoring.tasks import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from inspect import Signature
    from typing import Any
    from unittest.mock import MagicMock

__all__ = ["answers", "patch", "task_mock"]

_MARK = "dagwright_mock"
"""Attribute of a function that stands for a mock."""


_answers: list[Mapping[str, Any]] = []
"""What the blocks say that are open, the innermost last."""


@contextmanager
def answers(given: Mapping[str, Any]) -> Generator[None]:
    """Answer the workflows that are called as long as the block lasts, where they wait.

    Args:
        given: By the name in ``approve`` or ``wait_for_input``: True or False for an approval, else the value; a ``sleep`` that stands here
            does not wait, whatever it is given.

    Example:
        >>> with answers({"review": True, "threshold": 0.5}):
        ...     release(version="1.2")
    """
    own = dict(given)
    _answers.append(own)
    try:
        yield
    finally:
        # By identity: values of users, arrays among them, need not be comparable.
        _answers[:] = [each for each in _answers if each is not own]


def given_answers() -> dict[str, Any]:
    """Give what the open blocks say; an inner one counts before those around it."""
    return {name: value for given in _answers for name, value in given.items()}


@contextmanager
def task_mock(t: Task[..., Any]) -> Generator[MagicMock]:
    """Put a mock in the place of a task's function for as long as the block lasts.

    Args:
        t: The task.

    Yields:
        The mock. It is called with the task's inputs by name, defaults included; say with ``return_value`` or ``side_effect`` what it gives.

    Raises:
        TypeError: ``t`` is no task.
    """
    from unittest.mock import MagicMock

    _check("task_mock", t)
    mock = MagicMock(name=t.__name__)
    function = t.__wrapped__
    t.__wrapped__ = _calling(mock, function)
    try:
        yield mock
    finally:
        t.__wrapped__ = function


def patch(target: Task[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a test function a mock of a task as its first argument, after ``self``; of several, the nearest decorator's comes first.

    Args:
        target: The task.

    Raises:
        TypeError: ``target`` is no task.
    """
    _check("patch", target)

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        from inspect import iscoroutinefunction, signature

        declared = signature(test)
        place = 1 if next(iter(declared.parameters), "") == "self" else 0

        @wraps(test)
        def run(*arguments: Any, **keywords: Any) -> Any:
            with task_mock(target) as mock:
                return test(*arguments[:place], mock, *arguments[place:], **keywords)

        @wraps(test)
        async def run_later(*arguments: Any, **keywords: Any) -> Any:
            with task_mock(target) as mock:
                return await test(*arguments[:place], mock, *arguments[place:], **keywords)

        patched: Callable[..., Any] = run_later if iscoroutinefunction(test) else run
        vars(patched)["__signature__"] = _without(declared, place)  # what a test runner goes by when it gives fixtures
        return patched

    return decorate


def is_mocked(found: object) -> bool:
    """Tell whether a mock stands in the place of a task's function."""
    return isinstance(found, Task) and hasattr(found.__wrapped__, _MARK)


def _check(called: str, target: object) -> None:
    if not isinstance(target, Task):
        raise TypeError(f"{called}() takes a task, not {target!r}: of a workflow, mock the tasks that it calls")


def _calling(mock: MagicMock, function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls a mock as its task would be called."""
    from inspect import isawaitable, signature

    takes = signature(function)

    def call(*arguments: Any, **keywords: Any) -> Any:
        bound = takes.bind(*arguments, **keywords)
        bound.apply_defaults()
        return mock(**bound.arguments)

    async def call_later(*arguments: Any, **keywords: Any) -> Any:
        given = call(*arguments, **keywords)
        return await given if isawaitable(given) else given

    stand_in = wraps(function)(call_later if function.__code__.co_flags & ASYNC else call)
    setattr(stand_in, _MARK, mock)
    return stand_in


def _without(declared: Signature, place: int) -> Signature:
    parameters = list(declared.parameters.values())
    return declared.replace(parameters=parameters[:place] + parameters[place + 1 :])
