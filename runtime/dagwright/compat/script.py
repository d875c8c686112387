"""Runs a file as ``python FILE`` would, with the stand-ins in place."""

from __future__ import annotations

import os
import sys
from types import ModuleType

from dagwright.compat import install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType

_USAGE = "usage: python -m dagwright FILE [ARGUMENT ...]\n"


def main(arguments: list[str]) -> int:
    """Run a file as ``__main__``.

    Args:
        arguments: The file and its own arguments.

    Returns:
        The exit status: 1 where the file ends with an exception, 2 where it cannot be read. ``SystemExit`` passes through.
    """
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write(_USAGE)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    path = os.path.abspath(arguments[0])
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        sys.stderr.write(f"dagwright: cannot read {arguments[0]}: {error.strerror}\n")
        return 2
    install()
    sys.argv[:] = arguments
    _put_first(os.path.dirname(os.path.realpath(path)))
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        sys.excepthook(type(error), error.with_traceback(None), None)
        return 1
    return _execute(code, path)


def _put_first(folder: str) -> None:
    """Replace the working directory, which ``-m`` put there, by the file's folder."""
    if sys.path and sys.path[0] in ("", os.getcwd()):
        sys.path[0] = folder
    else:
        sys.path.insert(0, folder)


def _execute(code: CodeType, path: str) -> int:
    module = ModuleType("__main__")
    module.__file__ = path
    module.__dict__["__builtins__"] = __builtins__
    module.__dict__["__cached__"] = None
    ours = sys.modules["__main__"]  # kept: a module's names vanish with its last reference
    sys.modules["__main__"] = module
    try:
        exec(code, module.__dict__)  # noqa: S102  # the user asked to run this file
    except Exception as error:  # noqa: BLE001  # the edge of the process: reported as Python would
        trace: TracebackType | None = error.__traceback__
        user_part = trace.tb_next if trace is not None else None
        sys.excepthook(type(error), error.with_traceback(user_part), user_part)
        return 1
    finally:
        del ours
    return 0
