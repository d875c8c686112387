"""Maps that may lose elements: how many they may lose, what is kept of each that failed for good, and when it is too many.

An element that fails for good leaves a note in the store; whoever reads the list gives None in its place. An element that has a result
is not lost, whatever an earlier round of attempts noted.
"""

from __future__ import annotations

from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import failed_key
from dagwright.contract.success import may_fail
from dagwright.execution.faults import in_one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Mapping, Sequence

    from dagwright.execution.elements import Elements
    from dagwright.execution.given import Given
    from dagwright.execution.plan_view import NodeView
    from dagwright.store.verbs import Store

_MOST_SHOWN = 3
_LONGEST_INPUT = 60
_LONGEST_ERROR = 300


class Loss:
    """An element without a result: why, and what it was given, both short enough for a line."""

    __slots__ = ("error", "index", "inputs")

    def __init__(self, index: int, error: str, inputs: str = "") -> None:
        self.index = index
        self.error = error
        self.inputs = inputs


def may_lose(node: NodeView, count: int) -> int:
    """Tell how many of a map's ``count`` elements may fail."""
    return may_fail(count, node.min_success_ratio, node.min_successes)


def keep(store: Store, run: str, node: str, loss: Loss) -> None:
    """Note that an element failed for good.

    Raises:
        StoreError: The store failed.
    """
    data = {"v": 1, "index": loss.index, "error": loss.error, "inputs": loss.inputs}
    store.put(failed_key(run, node, loss.index), dumps(data).encode("ascii"))


def is_noted(store: Store, run: str, node: str, index: int) -> bool:
    """Tell whether an element failed for good.

    Raises:
        StoreError: The store failed.
    """
    from dagwright.store import NotFound

    try:
        store.get(failed_key(run, node, index))
    except NotFound:
        return False
    return True


def losses(store: Store, run: str, node: str, elements: Elements) -> list[Loss]:
    """Read the notes of elements that have no result, in the order of the list.

    Raises:
        StoreError: The store failed.
    """
    found = []
    for key in store.list(failed_key(run, node)):
        name = key.rpartition("/")[2].partition(".")[0]
        index = int(name) if name.isascii() and name.isdigit() else elements.count
        if index < elements.count and not elements.holds(index):
            found.append(_read_note(store.get(key), index))
    return found


def _read_note(document: bytes, index: int) -> Loss:
    """Read what was noted of an element. That there is a note says that it failed, whatever became of the words."""
    try:
        note = loads(document)
        error, inputs = note["error"], note["inputs"]
    except (ValueError, TypeError, KeyError):
        error = inputs = None
    if not isinstance(error, str) or not isinstance(inputs, str):
        return Loss(index, "what was noted of its failure is damaged")
    return Loss(index, in_one_line(error), in_one_line(inputs))


def note_unheard(
    store: Store,
    run: str,
    node: str,
    elements: Elements,
    noted: Sequence[Loss],
    *,
    among: Iterable[int] | None = None,
    why: Callable[[int], str] | None = None,
) -> list[Loss]:
    """Note the elements that have neither result nor note: their processes died with their supervisors, or the system failed. Give all losses.

    Args:
        store: Where results and notes are.
        run: Key of the run.
        node: Id of the map.
        elements: Access to its results.
        noted: The losses that are noted.
        among: Which elements are looked at; all of them where this is absent.
        why: Says of an element what its attempts left word of; empty where they left none.

    Raises:
        StoreError: The store failed.
    """
    found = {loss.index: loss for loss in noted}
    for index in range(elements.count) if among is None else among:
        if index not in found and not elements.holds(index):
            error = why(index) if why is not None else ""
            found[index] = Loss(index, error or "it was killed before it could say why: out of memory, or a lost node")
            keep(store, run, node, found[index])
    return [found[index] for index in sorted(found)]


def last_words(store: Store, run: str, node: str, index: int) -> str:
    """Give what the last attempt of an element with a pod of its own said of its failure; empty where none left a record.

    Raises:
        StoreError: The store failed.
    """
    from dagwright.execution.records import read_records

    messages = [str(record.get("message", "")) for record in read_records(store, run, node, index)]
    return short_error("", messages[-1]) if messages else ""


def too_many(node: NodeView, count: int, lost: Sequence[Loss]) -> str:
    """Say that a map lost more elements than it may, with the first of them; empty where it did not."""
    most = may_lose(node, count)
    if len(lost) <= most:
        return ""
    asked = (
        f"min_successes={node.min_successes}"
        if node.min_successes is not None
        else f"min_success_ratio={node.min_success_ratio:g}"
    )
    allowed = "none may" if not most else f"at most {most} may"
    head = f"{len(lost)} of the {count} elements of {node.id} failed, and {allowed} ({asked})"
    more = len(lost) - _MOST_SHOWN
    return "; ".join([head, *map(describe, lost[:_MOST_SHOWN]), *([f"and {more} more"] if more > 0 else [])])


def describe(loss: Loss) -> str:
    """One lost element in a line: its index, what it was given, and why."""
    return f"[{loss.index}]{f' {loss.inputs}' if loss.inputs else ''}: {loss.error}"


def short_error(exc_type: str, message: str) -> str:
    """An error for a line."""
    text = " ".join(message.split())
    name = exc_type.rpartition(".")[2]
    whole = f"{name}: {text}" if name and text else name or text
    return whole if len(whole) <= _LONGEST_ERROR else f"{whole[:_LONGEST_ERROR]}..."


def short_inputs(names: Iterable[str], given: Mapping[str, Given]) -> str:
    """What an element is given of each list, as far as a line has room."""
    return ", ".join(f"{name}={_short(given[name])}" for name in names if name in given)


def _short(given: Given) -> str:
    from dagwright.execution.given import Wire

    text = " ".join((_json(given.data) if isinstance(given, Wire) else _repr(given.value)).split())
    return text if len(text) <= _LONGEST_INPUT else f"{text[:_LONGEST_INPUT]}..."


def _json(data: Any) -> str:
    try:
        return dumps(_head(data, [_LONGEST_INPUT]))
    except ValueError:  # a number of thousands of digits
        return "..."


def _head(data: Any, left: list[int]) -> Any:
    """Give so much of JSON data that its text is either all of it or too long for a line; ``left`` counts what may still be looked at."""
    left[0] -= 1
    if isinstance(data, str):
        return data[: _LONGEST_INPUT + 1]
    if left[0] < 0:
        return None
    if isinstance(data, list):
        return [_head(item, left) for item in data[: _LONGEST_INPUT + 1]]
    if isinstance(data, dict):
        return {key: _head(data[key], left) for key, _ in zip(data, range(_LONGEST_INPUT + 1))}
    return data


def _repr(value: Any) -> str:
    head = value[: _LONGEST_INPUT + 1] if type(value) in (str, bytes, list, tuple) else value
    try:
        return repr(head)
    except Exception:  # noqa: BLE001  # the user's own, and this is about another failure
        return f"a {type(value).__name__}"
