"""``map_task``: one call of a task per element of a list."""

from __future__ import annotations

from dagwright.authoring.calls import in_attempt
from dagwright.authoring.coroutines import finished
from dagwright.authoring.type_parameters import Element, Generic, Result, Result_co

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, overload

    from dagwright.authoring.results import Mapped


class MapTask(Generic[Element, Result_co]):
    """A task to be called with lists: once per element, the results in the order of the elements.

    In a workflow the compiler reads the call. In plain Python, and inside an attempt, the task is called element by element.
    """

    __slots__ = ("__wrapped__", "_fixed")

    def __init__(self, target: Callable[..., Result_co], fixed: dict[str, Any]) -> None:
        self.__wrapped__ = target
        self._fixed = fixed

    def __call__(self, *lists: list[Element], **named: list[Element]) -> Mapped[Result_co]:
        """Call the task once per element.

        Raises:
            TypeError: An argument is no list, or the lists differ in length.
        """
        owner = f"map_task({getattr(self.__wrapped__, '__name__', 'task')})()"
        fixed = {**self._fixed, **{name: value for name, value in named.items() if name in self._fixed}}  # as flytekit has it
        named = {name: column for name, column in named.items() if name not in self._fixed}
        columns: list[Any] = [*lists, *named.values()]
        for column in columns:
            if not isinstance(column, list):
                raise TypeError(f"{owner} takes lists, not {type(column).__name__}")
        if len({len(column) for column in columns}) != 1:
            raise TypeError(f"{owner} takes lists of one length" if columns else f"{owner} takes a list")
        results: Any = []
        for row in zip(*columns):
            by_name = dict(zip(named, row[len(lists) :]))
            results.append(finished(self.__wrapped__(*row[: len(lists)], **fixed, **by_name)))
        mapped: Mapped[Result_co] = results
        return mapped


if TYPE_CHECKING:

    @overload
    def map_task(target: Callable[[Element], Result], /, *, concurrency: int = ...) -> MapTask[Element, Result]: ...
    @overload
    def map_task(target: Callable[..., Result], /, *, concurrency: int = ...) -> MapTask[Any, Result]: ...


def map_task(target: Any, /, **keywords: Any) -> Any:
    """Make a task take lists: ``map_task(resize)(image=images)`` gives the list of results.

    Args:
        target: A task, or a ``functools.partial`` of one with keywords.
        **keywords: ``concurrency``: how many elements run at a time; absent or 0 is no limit.

    Returns:
        What to call with the list.

    Raises:
        TypeError: A keyword is unknown or not supported yet, or ``target`` is no task.
    """
    if keywords and not in_attempt():
        from dagwright.authoring.keywords import MAP, MAP_UNSUPPORTED, check_keywords

        check_keywords("map_task", keywords, MAP, MAP_UNSUPPORTED)
    fixed: dict[str, Any] = {}
    while hasattr(target, "func") and hasattr(target, "keywords"):  # a functools.partial, told without importing functools
        if target.args:
            raise TypeError("map_task() takes a partial with keywords only")
        fixed = {**target.keywords, **fixed}
        target = target.func
    if not hasattr(target, "__wrapped__"):
        raise TypeError(f"map_task() takes a task, not {type(target).__name__}")
    return MapTask(target, fixed)
