"""A Python call of a workflow or a task: its file is compiled and the program executed in this process.

The compiled program is kept and used again until a file that it was made from changes.
"""

from __future__ import annotations

import os
import sys
from collections import namedtuple
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dagwright.authoring.calls import CallFailed
from dagwright.cache import PinDamaged
from dagwright.contract.modes import cache_mode
from dagwright.contract.names import ENV_CACHE, SCHEMA
from dagwright.execution.failures import with_user_frames
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.plan_view import PlanView
from dagwright.store import StoreError, open_store
from dagwright.values import Codec, ValueMismatch
from dagwright_compiler.config import Settings, load_settings
from dagwright_compiler.driver.programs import load_program
from dagwright_compiler.ir.codec import to_data
from dagwright_local.failures import handle
from dagwright_local.handlers import Left
from dagwright_local.in_process import InProcess
from dagwright_local.kept_files import KeptFiles
from dagwright_local.live_modules import LiveModules
from dagwright_local.local_store import hide_local_store
from dagwright_local.refusal import CompileError, refused
from dagwright_local.remarks import remark_on_plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dagwright.contract.schema import Program
    from dagwright.store.verbs import Store
    from dagwright_compiler.driver.programs import Loaded

_compiled: dict[tuple[str, str, str, tuple[str | None, ...]], CompiledCall] = {}
"""Programs of this process by file, definition, calling module and environment: a memo, checked against the files at each use."""
_VARIABLES = ("DAGWRIGHT_STORE", "DAGWRIGHT_PROJECT", "DAGWRIGHT_DOMAIN")


def call(module: str, qualname: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """Execute a task or workflow with Python values.

    Args:
        module: Name of the module that defines it, as this process calls it.
        qualname: Its name there.
        arguments: Positional arguments.
        keywords: Keyword arguments.

    Returns:
        What the function is declared to return.

    Raises:
        CallFailed: It carries whatever a task raised when its retries were spent, with the user's frames alone; a ``CompileError``
            where the program is refused, a ``TypeError`` where the arguments do not fit, a ``StoreError``, or what a damaged store brings.
    """
    try:
        return _callable(module, qualname).run(arguments, keywords)
    except UserFailure as failure:
        error = with_user_frames(failure.error)
    except Fault as fault:
        error = RuntimeError(fault.text)
    except (CompileError, StoreError, PinDamaged) as refusal:
        error = refusal.with_traceback(None)
        error.__cause__ = None  # the text says it
    raise CallFailed(error)


def _callable(module: str, qualname: str) -> CompiledCall:
    path = _file_of(module, qualname)
    key = (path, qualname, module, tuple(map(os.environ.get, _VARIABLES)))
    found = _compiled.get(key)
    if found is None or not found.is_current():
        settings = load_settings(Path(path))
        loaded = load_program(Path(path), qualname, settings)
        if loaded.program is None:
            raise refused(loaded.reading)
        remark_on_plugins(loaded.program)
        found = _compiled[key] = CompiledCall(loaded, settings, module, qualname)
    return found


def _file_of(module: str, qualname: str) -> str:
    file = getattr(sys.modules.get(module), "__file__", None)
    if not isinstance(file, str):
        text = f"{module}.{qualname} was not defined in a file: dagwright reads the source; put it into a module"
        raise CallFailed(RuntimeError(text))
    return os.path.realpath(file)


class CompiledCall:
    """A compiled definition, ready to be called."""

    def __init__(self, loaded: Loaded, settings: Settings, module: str, qualname: str) -> None:
        assert loaded.program is not None
        modules = loaded.reading.elaborated.modules.values()
        self._files = {read.location: _stamp(read.location) for read in modules}
        data = cast("Program", to_data(loaded.program))
        plan = PlanView({"schema": SCHEMA, "program": data, "units": {}})
        self._program = plan.program
        self._live = LiveModules({read.name: read.location for read in modules}, module)
        store: Callable[[], Store] = cache(lambda: _open_local(settings))
        self._codec = Codec(
            self._program.classes,
            load_class=self._live.load,
            pickle=settings.pickle,
            aliases=self._live.other_names(),
            files=KeptFiles(store),
        )
        self._name = qualname
        self._result = loaded.program.workflow.name
        self._executor = InProcess(self._program, self._codec, self._live, store)
        self._handlers = [(handler.call, InProcess(handler.program, self._codec, self._live, store)) for handler in plan.handlers]

    def is_current(self) -> bool:
        """Tell whether every file that the program was made from is as it was."""
        return all(_stamp(location) == stamp for location, stamp in self._files.items())

    def run(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        """Bind the arguments, execute, and give the outputs in the declared form."""
        inputs = self._bind(arguments, keywords)
        mode = _cache_mode()
        left = Left(self._program)
        try:
            outputs = self._executor.run(inputs, cache=mode, left=left)
        except (UserFailure, Fault, StoreError, PinDamaged) as failure:
            for call, handler in self._handlers:
                handle(failure, left, handler, call, inputs, cache=mode)
            raise
        returns = self._program.returns
        if returns == "none":
            return None
        values = tuple(outputs.values())
        if returns == "single":
            return values[0]
        return values if returns == "tuple" else self._named(outputs)

    def _bind(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        fields = self._program.inputs
        if len(arguments) > len(fields):
            raise _misfit(f"{self._name}() takes {len(fields)} arguments, {len(arguments)} were given")
        given = dict(zip(fields, arguments, strict=False))
        for name, value in keywords.items():
            if name not in fields:
                raise _misfit(f"{self._name}() has no input {name!r}; its inputs are {', '.join(fields) or 'none'}")
            if name in given:
                raise _misfit(f"{self._name}() got two values for input {name!r}")
            given[name] = value
        bound = {}
        for name, field in fields.items():
            if name in given:
                try:
                    bound[name] = self._codec.normalise(given[name], field.type)
                except ValueMismatch as mismatch:
                    raise _misfit(f"{self._name}(): input {name!r}: {mismatch}") from None
            elif field.has_default:
                bound[name] = self._codec.decode(field.default, field.type, _no_blob)
            elif not field.deferred:
                raise _misfit(f"{self._name}() misses input {name!r}")
        return bound

    def _named(self, outputs: dict[str, Any]) -> Any:
        """Give a named tuple: of the annotation's own class where that can be told, else of one made here."""
        from typing import get_type_hints

        module, _, function = self._result.rpartition(".")
        try:
            declared = get_type_hints(self._live.load(module, function).__wrapped__).get("return")
        except Exception:  # noqa: BLE001  # an annotation for type checkers only may raise anything
            declared = None
        if isinstance(declared, type) and getattr(declared, "_fields", None) == tuple(outputs):
            return declared(**outputs)
        return namedtuple(self._name, outputs)(**outputs)  # noqa: PYI024  # pyright: ignore[reportUntypedNamedTuple]  # its fields are known at run time only


def _cache_mode() -> str:
    try:
        return cache_mode(os.environ.get(ENV_CACHE))
    except ValueError as error:
        raise CallFailed(error) from None


def _misfit(text: str) -> CallFailed:
    return CallFailed(TypeError(text))


def _open_local(settings: Settings) -> Store:
    hide_local_store(settings)
    return open_store(settings.local_store)


def _stamp(location: str) -> tuple[int, int] | None:
    """Tell one state of a file from another, without reading it."""
    try:
        status = Path(location).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _no_blob(sha256: str) -> bytes:
    raise LookupError(f"a default refers to the blob {sha256}")
