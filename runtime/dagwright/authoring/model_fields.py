"""What pydantic, of either version, asks of a class of ours that stands as the type of a field."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class ModelField:
    """A class whose objects are fields of pydantic models: an object stays as it is, a path or URL makes one."""

    __slots__ = ()

    @classmethod
    def _taken(cls) -> type:
        """The class whose objects are taken as they are."""
        return cls

    def _as_text(self) -> str:
        """What stands for it in the JSON of a model."""
        return str(self)

    @classmethod
    def _of_field(cls, value: Any) -> Any:
        """Give the object that was meant; ``ValueError`` is what models expect from a validator."""
        if isinstance(value, cls._taken()):
            return value
        path = value.get("path") if type(value) is dict else value  # as flytekit writes one
        if not isinstance(path, (str, os.PathLike)):
            raise ValueError(f"not a path, a URL or a {cls.__name__}: {type(value).__name__}")
        make: Any = cls
        return make(path)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Version 2."""
        del source, handler
        from pydantic_core import core_schema

        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls._of_field, core_schema.str_schema()),
            python_schema=core_schema.no_info_plain_validator_function(cls._of_field),
            serialization=core_schema.plain_serializer_function_ser_schema(cls._as_text, when_used="json"),
        )

    @classmethod
    def __get_validators__(cls) -> Iterator[Any]:
        """Version 1."""
        yield cls._of_field
