"""``HashMethod``: how a value counts in cache keys."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class HashMethod:
    """Stands in the annotation of a task's output: ``-> Annotated[pd.DataFrame, HashMethod(rows_of)]``.

    The function takes the value and gives the text that the keys of cached consumers hold in its place.
    """

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[Any], str]) -> None:
        self._function = function

    def calculate(self, obj: Any) -> str:
        """Give the text for a value."""
        return self._function(obj)
