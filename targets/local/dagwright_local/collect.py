"""The outputs of a run that succeeded, as JSON for people: read from pins, decoded, written to a file.

Runs in a forked process, because decoding imports the user's classes and the store must not be touched before a fork.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from dagwright.cache import PinDamaged
from dagwright.contract.types import parse
from dagwright.execution import context, user_code
from dagwright.execution.bindings import Bindings
from dagwright.execution.faults import Fault, UserFailure
from dagwright.execution.given import Wire
from dagwright.execution.pod import pickle_policy
from dagwright.files.access import StoreAccess
from dagwright.store import StoreError, open_store
from dagwright.values import Codec, ValueMismatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.execution.plan_view import ProgramView

_WIDTH = 88


def collect(program: ProgramView, setup: Mapping[str, Any], path: str) -> int:
    """Write the outputs of a run; give an exit code. ``setup`` is the server's: store, run, code, inputs."""
    try:
        context.claim_process(context.Attempt("outputs"))
        user_code.prepare(setup["code"])
        data = _outputs(program, setup)
    except (Fault, StoreError, PinDamaged, ValueMismatch) as error:
        return _complain(f"the outputs cannot be read: {error}")
    except UserFailure as failure:
        return _complain(f"the outputs cannot be read: {type(failure.error).__name__}: {failure.error}")
    # What UTF-8 cannot hold are lone surrogates, of which the handler makes JSON's own escapes.
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
        file.write(laid_out(data))
    return 0


def laid_out(data: Any, indent: str = "") -> str:
    """Write JSON for people: on one line what fits on one, else an item a line."""
    line = json.dumps(data, ensure_ascii=False)
    if not data or not isinstance(data, (list, dict)) or len(indent) + len(line) <= _WIDTH:
        return line
    inner = f"{indent}  "
    if isinstance(data, list):
        items = [laid_out(item, inner) for item in data]
        first, last = "[]"
    else:
        items = [f"{json.dumps(key, ensure_ascii=False)}: {laid_out(item, inner)}" for key, item in data.items()]
        first, last = "{}"
    return f"{first}\n{inner}" + f",\n{inner}".join(items) + f"\n{indent}{last}"


def _outputs(program: ProgramView, setup: Mapping[str, Any]) -> Any:
    """Give the outputs in the form in which the function returns them: one value, an array, an object, or null."""
    store = open_store(setup["store"])
    codec = Codec(
        program.classes,
        load_class=user_code.load,
        pickle=pickle_policy(setup["pickle"]),
        warn=_warned_already,
        files=StoreAccess(store),
    )
    bindings = Bindings(program, run=setup["run"], store=store, codec=codec, texts=setup["inputs"])
    values = {}
    for output in program.outputs:
        given = bindings.value(output["binding"])
        value = codec.decode(given.data, given.type, given.fetch) if isinstance(given, Wire) else given.value
        declared = parse(output["type"])
        values[output["name"]] = codec.to_user(codec.normalise(value, declared), declared)
    if program.returns == "namedtuple":
        return values
    if program.returns == "tuple":
        return list(values.values())
    return next(iter(values.values()), None)


def _warned_already(text: str) -> None:
    """The attempts that wrote and read these values have said it."""


def _complain(text: str) -> int:
    os.write(2, f"dagwright: {' '.join(text.split())}\n".encode("utf-8", "backslashreplace"))
    return 1
