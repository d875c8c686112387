"""What a value of the wrong type raises."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SHOWN = 60
"""Characters of a scalar that a message repeats."""


class ValueMismatch(Exception):  # noqa: N818 - the user's value is wrong, and "error" says nothing more
    """A value that is not of its declared type.

    The text reads ``expected list[int], got str 'x' at [3].items``; ``expected`` is in Python's spelling. ``help`` says what
    to write instead, where one thing is likely.
    """

    def __init__(self, expected: str, got: str, *, help: str = "") -> None:  # noqa: A002 - diagnostics call it so, too
        super().__init__(expected, got)
        self.expected = expected
        self.got = got
        self.help = help
        self.path: tuple[str | int, ...] = ()
        """Steps from the value that was given to the part that is wrong: positions as numbers, others as they print."""

    def under(self, step: str | int) -> None:
        """Note that the part stands below ``step``; forms call it from the inside out."""
        self.path = (step, *self.path)

    def under_key(self, key: object) -> None:
        """Turn the outermost step, which counted a dict's pairs, into the key that stands there."""
        self.path = (f"[{shown(key)}]", *self.path[1:])

    def __str__(self) -> str:
        where = "".join(f"[{step}]" if isinstance(step, int) else step for step in self.path)
        text = f"expected {self.expected}, got {self.got}"
        if where:
            text += f" at {where.lstrip()}"
        return f"{text} ({self.help})" if self.help else text


class PickleDenied(ValueMismatch):
    """A value that only pickle can carry, where the settings deny that."""


def described(value: Any) -> str:
    """Say what came: its type, and the value itself where it is a short scalar; objects of users are never printed."""
    kind = type(value)
    if value is None:
        return "None"
    if kind in (int, float, bool, str, bytes):
        return f"{kind.__name__} {shown(value)}"
    if kind.__module__ == "numpy":
        return f"{type_name(kind)} of shape {value.shape}" if getattr(value, "shape", ()) else f"{type_name(kind)} {value}"
    if kind in (list, tuple, dict, set, frozenset):
        return f"{kind.__name__} of {len(value)} item{'' if len(value) == 1 else 's'}"
    if kind.__module__ in ("datetime", "decimal", "fractions", "uuid"):
        return f"{type_name(kind)} {value}"
    return f"the class {value.__qualname__} itself" if isinstance(value, type) else type_name(kind)


def shown(value: object) -> str:
    """``repr``, cut to a length that a message bears."""
    try:
        text = repr(value)
    except ValueError:  # an int of more digits than Python prints
        return "of very many digits"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def type_name(kind: type) -> str:
    """Qualified name of a type; builtins without their module."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
