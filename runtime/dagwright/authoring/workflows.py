"""The decorator ``workflow``."""

from __future__ import annotations

import sys

from dagwright.authoring.calls import CallFailed, at_module_level, execute, in_attempt
from dagwright.authoring.declared import ASYNC, Declared
from dagwright.authoring.type_parameters import Inputs, Result, Result_co

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, Protocol, overload

    from dagwright.authoring.placeholder import NotRun
    from dagwright.authoring.results import Completion

    class WorkflowDecorator(Protocol):
        """What ``workflow()`` gives."""

        @overload
        def __call__(self, function: Callable[Inputs, None], /) -> Workflow[Inputs, Completion]: ...
        @overload
        def __call__(self, function: Callable[Inputs, Result], /) -> Workflow[Inputs, Result]: ...


_announced: set[str] = set()
"""Workflows whose call was reported: once a process is enough."""


class Workflow(Declared[Inputs, Result_co]):
    """A function whose body the compiler reads as a graph of tasks. Python never runs the body."""

    def __call__(self, *arguments: Inputs.args, **keywords: Inputs.kwargs) -> Result_co:
        """Execute the workflow on this machine; while a module is imported for an attempt, do nothing and say so.

        Raises:
            RuntimeError: A task's body calls the workflow.
        """
        if not in_attempt():
            try:
                executed: Result_co = execute(self.__module__, self.__qualname__, arguments, keywords)
            except CallFailed as failed:
                error = failed.error
            else:
                return executed
            raise error
        name = f"{self.__module__}.{self.__qualname__}"
        if not at_module_level():
            raise RuntimeError(
                f"workflow {name} is called inside a task: a task's body is plain Python; call the workflow from a workflow"
            )
        placeholder: Any = _not_run(name, self.__wrapped__)
        inert: Result_co = placeholder
        return inert


if TYPE_CHECKING:

    @overload
    def workflow(function: Callable[Inputs, None], /) -> Workflow[Inputs, Completion]: ...
    @overload
    def workflow(function: Callable[Inputs, Result], /) -> Workflow[Inputs, Result]: ...
    @overload
    def workflow(
        *,
        interruptible: bool = ...,
        failure_policy: Any = ...,
        on_failure: Any = ...,
        docs: Any = ...,
        pickle_untyped: Literal[False] = ...,
    ) -> WorkflowDecorator: ...


def workflow(function: Any = None, /, **keywords: Any) -> Any:
    """Declare a function as a workflow: its calls of tasks, workflows and maps become a graph.

    Args:
        function: The function, where the decorator is bare.
        **keywords: ``interruptible``, for the tasks that say nothing about it. ``on_failure``, a task or workflow that runs once
            this one has failed, on the same inputs. ``failure_policy`` and ``docs`` are flytekit's.

    Returns:
        The workflow, with the function's name and signature.

    Raises:
        TypeError: A keyword is unknown or not supported yet, or this is no function.
    """
    if keywords and not in_attempt():
        from dagwright.authoring.keywords import WORKFLOW, WORKFLOW_UNSUPPORTED, check_keywords

        check_keywords("workflow", keywords, WORKFLOW, WORKFLOW_UNSUPPORTED)
    return _declare if function is None else _declare(function)


def _declare(function: Callable[..., Any]) -> Workflow[..., Any]:
    declared = Workflow("workflow", function)
    if declared.__wrapped__.__code__.co_flags & ASYNC:
        raise TypeError("@workflow does not take async functions: its body is read, never run")
    return declared


def _not_run(name: str, function: Callable[..., Any]) -> NotRun:
    from dagwright.authoring.placeholder import NotRun, count_of_results

    if name not in _announced:
        _announced.add(name)
        sys.stderr.write(f"dagwright: {name} is called where its module is imported: not run in a task's container\n")
    return NotRun(name, count_of_results(function))
