"""Arrays and tensors as people write and read them: nested lists of JSON."""

from __future__ import annotations

from dagwright.contract.literals import float_from_wire, float_to_wire
from dagwright.values.mismatch import ValueMismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    from dagwright.values.form import Json

_MOST_ITEMS = 1000
"""Numbers that are shown; of more, the shape is."""


def shown(nested: Callable[[], Any], dtype: object, shape: Sequence[int], spelling: str) -> Json:
    """Nested lists of numbers, or what an array is where that would be a wall of them.

    Args:
        nested: Gives the items in nested lists, as ``tolist`` does.
        dtype: What the items are.
        shape: Of the array.
        spelling: The type as Python spells it.
    """
    count = 1
    for size in shape:
        count *= size
    if count > _MOST_ITEMS:
        return f"<{spelling}: {dtype} {' x '.join(map(str, shape))}>"
    return _shown(nested())


def _shown(item: Any) -> Json:
    if isinstance(item, (list, tuple)):
        return [_shown(part) for part in item]
    if type(item) is float:
        return float_to_wire(item)
    return item if item is None or type(item) in (bool, int, str) else str(item)  # complex numbers, dates, bytes


def given(data: Json, spelling: str) -> Any:
    """What a person wrote, with ``"nan"`` and ``"inf"`` as numbers where they stand among numbers.

    Raises:
        ValueMismatch: Other texts stand among numbers: a library would make texts of all.
    """
    kinds = set(_kinds(data))
    if str not in kinds or len(kinds) == 1:
        return data
    try:
        return _numbers(data)
    except ValueError:
        raise ValueMismatch(spelling, "lists of both texts and numbers") from None


def _kinds(data: Json) -> Any:
    if type(data) is list:
        for part in data:
            yield from _kinds(part)
    else:
        yield type(data)


def _numbers(data: Json) -> Any:
    if type(data) is list:
        return [_numbers(part) for part in data]
    return float_from_wire(data) if type(data) is str else data
