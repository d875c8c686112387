"""The models of Kubernetes' Python client, as far as pod templates mention them, where the client is not installed.

The compiler has read the template; in an attempt the models only have to be made. Anything else of the client is absent.
"""

from __future__ import annotations

from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = ("kubernetes", "kubernetes.client", "kubernetes.client.models")
"""Modules that hold nothing but models here."""


class Model:
    """An object of the API that keeps its fields."""

    def __init__(self, *_positional: Any, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({fields})"


class Models(ModuleType):
    """A module whose names ``V1...`` are models."""

    def __getattr__(self, name: str) -> object:
        if not name.startswith("V1"):
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r}: kubernetes is not installed here, only its models V1... stand in"
            )
        found = type(name, (Model,), {"__module__": self.__name__})
        setattr(self, name, found)
        return found
