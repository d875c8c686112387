"""Names of flytekit that can be imported but do not work yet."""

from __future__ import annotations

from dagwright.contract.flytekit_names import BASES, REFUSED, tail_of, use_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class NotSupportedError(Exception):
    """A part of flytekit was used that dagwright does not support yet."""


class Unsupported:
    """A name that raises one sentence when it is used.

    Mentioning it is no use: it may be imported, assigned, read through its attributes and stand in annotations. A class may make
    objects as well, which refuse in turn (``contract.flytekit_names``).
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def _refuse(self) -> NoReturn:
        raise NotSupportedError(f"dagwright does not support {self._name} yet")

    def __getattr__(self, name: str) -> Unsupported:
        if name.startswith("__"):
            raise AttributeError(name)
        return Unsupported(f"{self._name}.{name}")

    def __call__(self, *_arguments: object, **_keywords: object) -> Unsupported:
        """Give what stands for the object that is asked for.

        Raises:
            NotSupportedError: It is no class, and no function that can be left out.
        """
        if use_of(self._name) == REFUSED:
            self._refuse()
        return Unsupported(f"{self._name}(...)")

    def __mro_entries__(self, _bases: tuple[object, ...]) -> tuple[type, ...]:
        if tail_of(self._name) not in BASES:
            self._refuse()
        return (Base,)

    def __exit__(self, *_raised: object) -> None:
        """Never reached: entering refuses."""

    async def __aexit__(self, *_raised: object) -> None:
        """Never reached: entering refuses."""

    def __instancecheck__(self, value: object) -> bool:
        """Tell what calling this gave; nothing else can be of what does not exist."""
        return isinstance(value, Unsupported) and repr(value) == repr(Unsupported(f"{self._name}(...)"))

    def __getitem__(self, _parameters: object) -> Unsupported:
        return self  # FlyteFile["csv"] in an annotation

    def __or__(self, _other: object) -> Unsupported:
        return self  # FlyteFile | None in an annotation

    def __ror__(self, _other: object) -> Unsupported:
        return self

    def __repr__(self) -> str:
        return f"<{self._name}: not supported by dagwright yet>"


def _refusing(value: Unsupported, *_others: object) -> NoReturn:
    value._refuse()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # stands for a method


for _operation in (
    *("enter", "aenter", "bool", "iter", "aiter", "next", "await", "len", "contains", "setitem", "delitem", "reversed"),
    *("int", "float", "index", "fspath", "bytes", "neg", "abs", "lt", "le", "gt", "ge", "and", "rand"),
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "mod", "rshift", "rrshift", "lshift"),
):
    setattr(Unsupported, f"__{_operation}__", _refusing)


class Base:
    """In the place of a base class whose subclasses are never asked for anything."""

    def __init__(self, *_arguments: object, **_keywords: object) -> None:
        """Take what the real one takes."""
