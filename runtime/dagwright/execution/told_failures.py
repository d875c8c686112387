"""What a failed run says of its failures: the error documents of what failed and has no value, and the text about them that handlers are told."""

from __future__ import annotations

from dagwright.contract.exits import CANCELLED, FINAL
from dagwright.contract.jsontext import loads
from dagwright.contract.names import RUNS, quote_part
from dagwright.execution.closing import headline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    from dagwright.execution.plan_view import ProgramView
    from dagwright.store.verbs import Store

    Told = Dict[str, Any]

_MOST_NAMED = 5
_MOST_READ = 100


def described(failures: list[dict[str, Any]]) -> Told:
    """Say what failed, from the error documents of failures in the order of the source."""
    first, *others = failures
    names = list(dict.fromkeys(str(error["node"]) for error in others if error["node"] != first["node"]))
    return {"message": headline(first) + also_failed(names), "failed_node_id": str(first["node"])}


def also_failed(names: list[str]) -> str:
    """Name further calls that failed, behind the text about the first."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f" (failed as well: {', '.join(names[:_MOST_NAMED])}{more})" if names else ""


class Failures:
    """The error documents of what failed in a run and has no value, in the order of the source."""

    __slots__ = ("_last", "_places", "_program", "_store", "done")

    def __init__(self, store: Store, run: str, program: ProgramView) -> None:
        prefix = f"{RUNS}/{quote_part(run)}/"
        self._store = store
        self._program = program
        self._last: dict[str, str] = {}
        self.done: set[str] = set()
        """Folders of what has a value."""
        for key in store.list(prefix[:-1]):
            folder, _, name = key.rpartition("/")
            if name.startswith("error-"):
                self._last[folder] = max(key, self._last.get(folder, ""))
            elif name in ("out.json", "stripe.json"):
                self.done.add(folder)
        order = {quote_part(node): (number, node) for number, node in enumerate(program.node_ids)}
        places = ((folder, folder[len(prefix) :].split("/")) for folder in self._last if folder not in self.done)
        self._places = sorted(
            (*order[place[0]], int(place[-1]) if len(place) > 1 else 0, folder) for folder, place in places if place[0] in order
        )

    def of_run(self) -> list[dict[str, Any]]:
        """Give those of what failed for good; where nothing did, of what was interrupted."""
        errors = self._of(self._places)
        return [error for error in errors if error["code"] in FINAL] or errors

    def of_nodes(self, nodes: frozenset[str], *, also_interrupted: bool) -> list[dict[str, Any]]:
        """Give those of some nodes that failed for good, or ``also_interrupted``, where none did, of those that were."""
        errors = self._of([place for place in self._places if place[1] in nodes])
        return [error for error in errors if error["code"] in FINAL] or (errors if also_interrupted else [])

    def of_node(self, node: str) -> bool:
        """Tell whether something of a node has an error document, and no value."""
        return any(place[1] == node for place in self._places)

    def _of(self, places: list[tuple[int, str, int, str]]) -> list[dict[str, Any]]:
        errors = [error for *_, folder in places[:_MOST_READ] if (error := _read(self._store, self._last[folder])) is not None]
        # Elements that a map may lose are no failures of the run; that it lost too many is one.
        return [
            error
            for error in errors
            if error["code"] != CANCELLED and (error.get("index") is None or not self._program.node(error["node"]).has_holes)
        ]


def _read(store: Store, key: str) -> dict[str, Any] | None:
    try:
        error = loads(store.get(key))
        return error if {"code", "node", "message", "exc_type"} <= error.keys() else None
    except (ValueError, AttributeError):
        return None
