"""The decorator ``task``."""

from __future__ import annotations

from dagwright.authoring.calls import CallFailed, execute, in_attempt
from dagwright.authoring.declared import ASYNC, Declared
from dagwright.authoring.type_parameters import Inputs, Result, Result_co

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import timedelta
    from typing import Any, Literal, Protocol, overload

    from dagwright.accelerators import GPUAccelerator
    from dagwright.authoring.caching import Cache
    from dagwright.authoring.image_spec import ImageSpec
    from dagwright.authoring.pod_template import PodTemplate
    from dagwright.authoring.resources import Resources
    from dagwright.authoring.results import Completion
    from dagwright.authoring.secret import Secret

    class TaskDecorator(Protocol):
        """What ``task(...)`` with keywords gives."""

        @overload
        def __call__(self, function: Callable[Inputs, Coroutine[Any, Any, None]], /) -> Task[Inputs, Completion]: ...
        @overload
        def __call__(self, function: Callable[Inputs, Coroutine[Any, Any, Result]], /) -> Task[Inputs, Result]: ...
        @overload
        def __call__(self, function: Callable[Inputs, None], /) -> Task[Inputs, Completion]: ...
        @overload
        def __call__(self, function: Callable[Inputs, Result], /) -> Task[Inputs, Result]: ...


class Task(Declared[Inputs, Result_co]):
    """A function that runs in a container of its own, with caching, retries and a timeout as declared."""

    def __call__(self, *arguments: Inputs.args, **keywords: Inputs.kwargs) -> Result_co:
        """Run the task: in an attempt as the plain function, elsewhere as a program of one node.

        A task that is an async function gives what such a function gives: something to await.
        """
        if in_attempt():
            from dagwright.authoring.checking import call_checked

            result: Result_co = call_checked(self.__wrapped__, arguments, keywords)
            return result
        if self.__wrapped__.__code__.co_flags & ASYNC:
            later: Any = _execute_later(self.__module__, self.__qualname__, arguments, keywords)
            promised: Result_co = later
            return promised
        try:
            executed: Result_co = execute(self.__module__, self.__qualname__, arguments, keywords)
        except CallFailed as failed:
            error = failed.error
        else:
            return executed
        raise error


async def _execute_later(module: str, qualname: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    """Run a task in a thread, so that the caller's event loop goes on meanwhile."""
    import asyncio

    try:
        return await asyncio.to_thread(execute, module, qualname, arguments, keywords)
    except CallFailed as failed:
        error = failed.error
    raise error


if TYPE_CHECKING:

    @overload
    def task(function: Callable[Inputs, Coroutine[Any, Any, None]], /) -> Task[Inputs, Completion]: ...
    @overload
    def task(function: Callable[Inputs, Coroutine[Any, Any, Result]], /) -> Task[Inputs, Result]: ...
    @overload
    def task(function: Callable[Inputs, None], /) -> Task[Inputs, Completion]: ...
    @overload
    def task(function: Callable[Inputs, Result], /) -> Task[Inputs, Result]: ...
    @overload
    def task(
        *,
        cache: bool | Cache | Literal["auto"] = ...,
        cache_version: str = ...,
        cache_serialize: bool = ...,
        cache_ignore_input_vars: tuple[str, ...] = ...,
        retries: int = ...,
        timeout: int | timedelta | None = ...,
        interruptible: bool | None = ...,
        requests: Resources | None = ...,
        limits: Resources | None = ...,
        resources: Resources | None = ...,
        container_image: str | ImageSpec | None = ...,
        environment: Mapping[str, str] | None = ...,
        secret_requests: Sequence[Secret] | None = ...,
        pod_template: PodTemplate | None = ...,
        pod_template_name: str | None = ...,
        accelerator: GPUAccelerator | None = ...,
        shared_memory: bool | str | None = ...,
        task_config: Any = ...,
        enable_deck: bool | None = ...,
        disable_deck: bool | None = ...,
        deck_fields: Any = ...,
        labels: Mapping[str, str] | None = ...,
        annotations: Mapping[str, str] | None = ...,
        deprecated: str = ...,
        docs: Any = ...,
        execution_mode: Any = ...,
        pickle_untyped: Literal[False] = ...,
    ) -> TaskDecorator: ...


def task(function: Any = None, /, **keywords: Any) -> Any:
    """Declare a function as a task; usable bare and with keywords.

    Args:
        function: The function, where the decorator is bare.
        **keywords: ``cache`` (``True``, ``"auto"`` or ``Cache``), ``cache_version``, ``cache_serialize``, ``cache_ignore_input_vars``, ``retries`` (0 to
            10, for recoverable errors and timeouts), ``timeout`` (seconds or ``timedelta``), ``interruptible``, ``requests`` and ``limits``
            (``Resources``), ``resources``, ``container_image``, ``environment``, ``secret_requests``, ``pod_template``, ``pod_template_name``,
            ``accelerator``, ``shared_memory``, ``task_config``, ``enable_deck``, ``disable_deck``, ``labels``, ``annotations``. The compiler reads
            them from the source. ``deprecated``, ``docs``, ``deck_fields`` and ``execution_mode`` are flytekit's and say nothing of how a task runs.

    Returns:
        The task, with the function's name and signature.

    Raises:
        TypeError: A keyword is unknown or not supported yet, or this is no function.
    """
    if keywords and not in_attempt():  # the compiler has judged what an attempt imports
        from dagwright.authoring.keywords import TASK, TASK_UNSUPPORTED, check_keywords

        check_keywords("task", keywords, TASK, TASK_UNSUPPORTED)
    return _declare if function is None else _declare(function)


def _declare(function: Callable[..., Any]) -> Task[..., Any]:
    return Task("task", function)
