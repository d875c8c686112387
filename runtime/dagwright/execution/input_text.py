"""The text of a workflow's input, as a person or an orchestrator wrote it: JSON, or bare text where a str is declared."""

from __future__ import annotations

from dagwright.contract.jsontext import loads
from dagwright.contract.types import is_bare_text
from dagwright.execution.faults import UserFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.execution.plan_view import FieldView
    from dagwright.values import Codec


class InputMismatch(ValueError):  # noqa: N818  # as ValueMismatch
    """The text is no value of the input's type; the message names the input."""


class UncheckedInput(InputMismatch):
    """What would read the text is not installed here: where the task runs it may be."""


def parse_input(codec: Codec, field: FieldView, text: str) -> Any:
    """Read a text as a value of the declared type.

    A ``str`` input takes its text bare, and quoted where it is a JSON string; so do ``Decimal``, ``UUID`` and ``Path``, whose digits are no
    number of JSON's. Other inputs that cannot be JSON (``2024-01-31`` for a datetime, a name for an enum) may be written bare too.

    Raises:
        InputMismatch: It is none.
        UncheckedInput: Nobody here can tell.
    """
    from dagwright.values import ValueMismatch

    try:
        data = loads(text)
    except ValueError:
        data = text
    if is_bare_text(field.type, data):
        data = text
    try:
        return codec.from_user(data, field.type)
    except ValueMismatch as mismatch:
        from dagwright.values.libraries import LibraryAbsent

        wrong = UncheckedInput if isinstance(mismatch, LibraryAbsent) else InputMismatch
        raise wrong(f"input {field.name!r}: {mismatch}") from None


def read_input(codec: Codec, field: FieldView, text: str) -> Any:
    """Read a text in an attempt, where a wrong one is the user's failure.

    Raises:
        UserFailure: The text is no value of the input's type.
    """
    try:
        return parse_input(codec, field, text)
    except InputMismatch as mismatch:
        raise UserFailure(TypeError(str(mismatch))) from None
