"""What a call of a task or workflow means where it stands.

Inside an attempt user code is plain Python: a task is its function. Anywhere else the call compiles its file and executes the
program, which is the compiler's business: it is imported on the first call only.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType
    from typing import Any

    from dagwright.execution.context import Attempt


_COMPILES_FROM = (3, 11)
_COMPILER = ("dagwright_local", "dagwright_local.call", "msgspec")
"""What is missing where only the runtime is: ``msgspec`` is the first thing that the compiler imports of others."""


class CallFailed(Exception):  # noqa: N818  # carries an error, is none of its own
    """A call came to nothing: ``error`` is what the caller gets, its traceback without frames of ours."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def in_attempt() -> bool:
    """Tell whether an attempt runs here. Its module is loaded by attempts alone, so its absence is an answer."""
    context = sys.modules.get("dagwright.execution.context")
    return context is not None and bool(context.in_attempt())


def running_attempt() -> Attempt | None:
    """Give the attempt that runs here; see ``in_attempt``."""
    context = sys.modules.get("dagwright.execution.context")
    found: Attempt | None = None if context is None else context.current()
    return found


def execute(module: str, qualname: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
    """Compile the file of a declared function and execute it on this machine.

    Raises:
        CallFailed: A task failed, or the program was refused. Whoever the user called raises its error, so that one frame of ours
            stands between the user's.
        RuntimeError: Only the runtime is installed here, as in a container.
    """
    return _executor(f"{module}.{qualname}").call(module, qualname, arguments, dict(keywords))


def _executor(called: str) -> Any:
    """Import the compiler's part; the wheel installs on older Pythons too, for its runtime, and would not even parse there."""
    if sys.version_info >= _COMPILES_FROM:
        try:
            from importlib import import_module

            return import_module("dagwright_local.call")
        except ModuleNotFoundError as error:
            if error.name not in _COMPILER:
                raise
    raise RuntimeError(
        f"cannot call {called}: only dagwright's runtime is installed here; "
        "calling tasks and workflows needs `pip install dagwright` on Python 3.11 or newer"
    )


def at_module_level() -> bool:
    """Tell whether the caller's caller runs because a module is being imported, not because a task is being executed."""
    # inspect.currentframe without importing inspect
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return True
        if frame.f_globals.get("__name__", "").startswith("dagwright.execution"):
            return False
        frame = frame.f_back
    return False
