"""Names of flytekit that can be imported but do not work yet."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class NotSupportedError(Exception):
    """A part of flytekit was used that dagwright does not support yet."""


class Unsupported:
    """A name that raises one sentence when it is used.

    Mentioning it is no use: it may be imported, assigned, read through its attributes and stand in annotations.
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

    def __call__(self, *_arguments: object, **_keywords: object) -> NoReturn:
        """Refuse a call.

        Raises:
            NotSupportedError: Always.
        """
        self._refuse()

    def __mro_entries__(self, _bases: tuple[object, ...]) -> NoReturn:
        self._refuse()

    def __enter__(self) -> NoReturn:
        self._refuse()

    def __exit__(self, *_raised: object) -> None:
        """Never reached: entering refuses."""

    def __bool__(self) -> NoReturn:  # noqa: PLE0304  # the truth of what does not exist
        self._refuse()

    def __iter__(self) -> NoReturn:
        self._refuse()

    def __getitem__(self, _parameters: object) -> Unsupported:
        return self  # FlyteFile["csv"] in an annotation

    def __or__(self, _other: object) -> Unsupported:
        return self  # FlyteFile | None in an annotation

    def __ror__(self, _other: object) -> Unsupported:
        return self

    def __repr__(self) -> str:
        return f"<{self._name}: not supported by dagwright yet>"


class Configuration(Unsupported):
    """A class of a plugin: objects of it may be made, as a decorator's ``task_config``, whose meaning is the compiler's business."""

    __slots__ = ()

    def __call__(self, *_arguments: object, **_keywords: object) -> Unsupported:  # type: ignore[override]  # makes what refuses
        """Make an object; using it refuses."""
        return Unsupported(f"{self._name}(...)")

    def __getattr__(self, name: str) -> Unsupported:
        if name.startswith("__"):
            raise AttributeError(name)
        return Configuration(f"{self._name}.{name}")
