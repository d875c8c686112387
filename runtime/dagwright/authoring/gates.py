"""``approve``, ``wait_for_input`` and ``sleep``: places in the body of a workflow where a run waits.

The compiler reads their calls. Nothing of a workflow's body ever runs, so whoever gets here has called one of them from somewhere else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import NoReturn, TypeVar

    from dagwright.authoring.results import Completion

    Item = TypeVar("Item")


def approve(upstream_item: Item, name: str, timeout: timedelta) -> Item:
    """Let a run wait until a person approves a result; it fails where they do not.

    Args:
        upstream_item: The result of a call. Whoever takes what this gives takes the result, once it is approved.
        name: What the person calls it: ``dagwright approve RUN NAME``. It is the name of the node.
        timeout: How long the run waits.

    Returns:
        ``upstream_item``.

    Raises:
        RuntimeError: It is called outside the body of a workflow.
    """
    del upstream_item, name, timeout
    _refuse("approve")


def wait_for_input(name: str, timeout: timedelta, expected_type: type[Item]) -> Item:
    """Let a run wait until a person gives a value.

    Args:
        name: What the person calls it: ``dagwright approve RUN NAME --set VALUE``. It is the name of the node.
        timeout: How long the run waits; then it fails.
        expected_type: Type of the value.

    Returns:
        The value.

    Raises:
        RuntimeError: It is called outside the body of a workflow.
    """
    del name, timeout, expected_type
    _refuse("wait_for_input")


def sleep(duration: timedelta) -> Completion:
    """Let a run wait; ``sleep(...) >> call`` lets a call wait with it.

    Args:
        duration: How long.

    Raises:
        RuntimeError: It is called outside the body of a workflow.
    """
    del duration
    _refuse("sleep")


def _refuse(name: str) -> NoReturn:
    instead = "; inside a task, call time.sleep()" if name == "sleep" else ""
    raise RuntimeError(f"{name}() stands in the body of a workflow, which is read and never run{instead}")
