"""From the static value of a keyword to checked parts: texts, lists of texts, tables, and arguments of known constructors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import abbreviated, did_you_mean
from dagwright_compiler.frontend.findings import name_of_argument
from dagwright_compiler.frontend.known_calls import PARAMETERS
from dagwright_compiler.frontend.known_values import EnumValue, KnownCall
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.source import Span


class WrongOption(Exception):  # noqa: N818 - a finding on its way
    """A value has the wrong form."""

    def __init__(self, message: str, help_: str = "", place: Place | Span | None = None, code: Code = codes.WRONG_OPTION) -> None:
        super().__init__(message)
        self.message, self.help, self.place, self.code = message, help_, place, code
        self.also: tuple[WrongOption, ...] = ()
        """What else is wrong with the same value."""


def plain(value: StaticValue) -> StaticValue:
    """A value in which members of enums that are texts or numbers as well stand as these."""
    if isinstance(value, EnumValue):
        return value.value if value.mixin and value.known else value
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    if isinstance(value, dict):
        return {plain(name): plain(part) for name, part in value.items()}
    if isinstance(value, KnownCall):
        return KnownCall(value.symbol, {name: plain(part) for name, part in value.arguments.items()}, value.places)
    return value


class Arguments:
    """Arguments of a call of a known constructor, read one by one; absent and ``None`` are one.

    Raises:
        WrongOption: The constructor has no parameter of a name that is given.
    """

    def __init__(self, call: KnownCall) -> None:
        self._call = call
        known = PARAMETERS[call.symbol]
        wrong = [self._unknown(name, known) for name in call.arguments if name not in known]
        if wrong:
            wrong[0].also = tuple(wrong[1:])
            raise wrong[0]

    def _unknown(self, name: str, known: Sequence[str]) -> WrongOption:
        help_ = did_you_mean(name, known) or abbreviated(name, known) or f"its keywords are {', '.join(known)}"
        at = name_of_argument(self.place(name))
        return WrongOption(f"`{self._call.symbol}` has no keyword `{name}`", help_, at, codes.UNKNOWN_OPTION)

    def place(self, name: str) -> Place | None:
        """Where an argument stands."""
        return self._call.places.get(name)

    def get(self, name: str) -> StaticValue:
        """The argument as it is."""
        return self._call.arguments.get(name)

    def text(self, name: str) -> str | None:
        """An argument that is text.

        Raises:
            WrongOption: It is something else.
        """
        value = self.get(name)
        if value is None or isinstance(value, str):
            return value
        help_ = f'write `"{value}"`' if isinstance(value, int | float) else ""
        raise WrongOption(f"`{name}` of `{self._call.symbol}` takes text, found {describe(value)}", help_, self.place(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """An argument that is a list of texts, or one text.

        Raises:
            WrongOption: It is something else.
        """
        value = self.get(name)
        items = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            message = f"`{name}` of `{self._call.symbol}` takes a list of texts, found {describe(value)}"
            raise WrongOption(message, "", self.place(name))
        return tuple(items)

    def table(self, name: str) -> tuple[tuple[str, str], ...]:
        """An argument that is a dict of texts.

        Raises:
            WrongOption: It is something else.
        """
        value = self.get(name)
        if value is None:
            return ()
        if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
            message = f"`{name}` of `{self._call.symbol}` takes a dict of texts, found {describe(value)}"
            raise WrongOption(message, "", self.place(name))
        return tuple(value.items())
