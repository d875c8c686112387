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
    from dagwright.authoring.task_metadata import TaskMetadata


class MapTask(Generic[Element, Result_co]):
    """A task to be called with lists: once per element, the results in the order of the elements.

    In a workflow the compiler reads the call. In plain Python, and inside an attempt, the task is called element by element.
    """

    __slots__ = ("__wrapped__", "_fixed", "_leading", "_most_lost")

    def __init__(
        self,
        target: Callable[..., Result_co],
        fixed: dict[str, Any],
        most_lost: Callable[[int], int] | None = None,
        *,
        leading: tuple[Any, ...] = (),
    ) -> None:
        """Take the task and what is the same for all elements.

        Args:
            target: The task.
            fixed: What is bound by name.
            most_lost: Tells how many of so many elements may fail, if any may.
            leading: What is bound by position.
        """
        self.__wrapped__ = target
        self._fixed = fixed
        self._leading = leading
        self._most_lost = most_lost

    def __call__(self, *lists: list[Element], **named: list[Element]) -> Mapped[Result_co]:
        """Call the task once per element; one that may fail, and does, gives None.

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
        spare = 0 if self._most_lost is None or not columns else self._most_lost(len(columns[0]))
        for row in zip(*columns):
            by_name = dict(zip(named, row[len(lists) :]))
            try:
                results.append(finished(self.__wrapped__(*self._leading, *row[: len(lists)], **fixed, **by_name)))
            except Exception:
                spare -= 1
                if spare < 0:
                    raise
                results.append(None)
        mapped: Mapped[Result_co] = results
        return mapped


if TYPE_CHECKING:

    @overload
    def map_task(
        target: Callable[[Element], Result],
        /,
        *,
        concurrency: int | None = ...,
        metadata: TaskMetadata | None = ...,
        run_all_sub_nodes: bool = ...,
    ) -> MapTask[Element, Result]: ...
    @overload
    def map_task(
        target: Callable[..., Result],
        /,
        *,
        concurrency: int | None = ...,
        metadata: TaskMetadata | None = ...,
        run_all_sub_nodes: bool = ...,
    ) -> MapTask[Any, Result]: ...
    @overload
    def map_task(
        target: Callable[[Element], Result],
        /,
        *,
        min_success_ratio: float,
        concurrency: int | None = ...,
        metadata: TaskMetadata | None = ...,
        run_all_sub_nodes: bool = ...,
    ) -> MapTask[Element, Result | None]: ...
    @overload
    def map_task(
        target: Callable[[Element], Result],
        /,
        *,
        min_successes: int,
        concurrency: int | None = ...,
        metadata: TaskMetadata | None = ...,
        run_all_sub_nodes: bool = ...,
    ) -> MapTask[Element, Result | None]: ...
    @overload
    def map_task(
        target: Callable[..., Result],
        /,
        *,
        min_success_ratio: float = ...,
        min_successes: int = ...,
        concurrency: int | None = ...,
        metadata: TaskMetadata | None = ...,
        run_all_sub_nodes: bool = ...,
    ) -> MapTask[Any, Result | None]: ...


def map_task(target: Any = None, **keywords: Any) -> Any:
    """Make a task take lists: ``map_task(resize)(image=images)`` gives the list of results.

    Args:
        target: A task, or a ``functools.partial`` of one.
        **keywords: ``concurrency``: how many elements run at a time; absent or 0 is no limit. ``min_success_ratio`` (from 0 to 1) or
            ``min_successes``: how many elements must succeed; the places of those that fail hold None. ``metadata``
            (``TaskMetadata``): how the task runs here. ``run_all_sub_nodes``: taken for flytekit's sake; elements never wait for the
            success of others. ``task_function``: an older name of ``target``.

    Returns:
        What to call with the list.

    Raises:
        TypeError: A keyword is unknown or not supported yet, or ``target`` is no task.
    """
    function: Any = keywords.pop("task_function", None) if target is None else target
    if keywords and not in_attempt():
        from dagwright.authoring.keywords import MAP, MAP_UNSUPPORTED, check_keywords

        check_keywords("map_task", keywords, MAP, MAP_UNSUPPORTED)
    fixed: dict[str, Any] = {}
    leading: tuple[Any, ...] = ()
    while hasattr(function, "func") and hasattr(function, "keywords"):  # a functools.partial, told without importing functools
        fixed = {**function.keywords, **fixed}
        leading = (*function.args, *leading)
        function = function.func
    if not hasattr(function, "__wrapped__"):
        raise TypeError(f"map_task() takes a task, not {type(function).__name__}")
    return MapTask(function, fixed, _most_lost(keywords.get("min_success_ratio"), keywords.get("min_successes")), leading=leading)


def _most_lost(ratio: float | None, successes: int | None) -> Callable[[int], int] | None:
    if successes is None and (ratio is None or ratio == 1):
        return None
    from dagwright.contract.success import may_fail

    return lambda count: may_fail(count, 1 if ratio is None else ratio, successes)
