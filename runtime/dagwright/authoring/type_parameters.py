"""Type parameters of the decorators: real ones for type checkers, empty ones at run time.

``Generic`` and ``ParamSpec`` would cost the import of ``typing`` in every attempt, and Python 3.9 has no ``ParamSpec``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic

    from typing_extensions import ParamSpec, TypeVar

    Inputs = ParamSpec("Inputs")
    Element = TypeVar("Element")
    Result = TypeVar("Result")
    Result_co = TypeVar("Result_co", covariant=True)
    Format_co = TypeVar("Format_co", covariant=True, default=Any)  # plain `File` is a file of any format
else:
    Inputs = Element = Result = Result_co = Format_co = None

    class Generic:
        """Takes subscripts and ignores them."""

        __slots__ = ()

        def __class_getitem__(cls, parameters: object) -> type:
            return cls


__all__ = ["Element", "Format_co", "Generic", "Inputs", "Result", "Result_co"]
