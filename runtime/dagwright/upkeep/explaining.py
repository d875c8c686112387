"""Why a call finds no result: the entry of the cache that comes nearest, and every part of the key in which it differs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Sequence

    from dagwright.upkeep.entries import Entry

NAME = "name"
PROJECT = "project"
DOMAIN = "domain"
VERSION = "version"
SIGNATURE = "signature"
INPUT = "input"

ABSENT = "absent"
"""In the place of a digest or a type: that side has none."""


class Wanted:
    """What a call's key is made of: ``made`` as the provenance of a result has it; ``inputs`` is false where none were given."""

    __slots__ = ("domain", "has_inputs", "made", "outputs", "project")

    def __init__(
        self, *, project: str, domain: str, made: Mapping[str, Any], outputs: Sequence[tuple[str, str]], has_inputs: bool = True
    ) -> None:
        self.project = project
        self.domain = domain
        self.made = made
        self.outputs = outputs
        self.has_inputs = has_inputs


class Difference:
    """One part of the key that differs: ``part`` is a word of above, ``name`` an input's; ``here`` and ``there`` as text."""

    __slots__ = ("here", "name", "part", "there")

    def __init__(self, part: str, here: str, there: str, *, name: str = "") -> None:
        self.part = part
        self.name = name
        self.here = here
        self.there = there


def nearest(wanted: Wanted, entries: Iterable[Entry]) -> tuple[Entry, list[Difference]] | None:
    """Find the entry with the fewest parts that differ, the newest of equals; ``None`` where none is of the task, under any module."""
    best: tuple[tuple[int, ...], Entry, list[Difference]] | None = None
    for entry in entries:
        if entry.result is None or _function(entry.task) != _function(wanted.made["task"]):
            continue
        found = differences(wanted, entry)
        rank = _rank(found)
        if best is None or rank <= best[0]:
            best = rank, entry, found
    return None if best is None else best[1:]


def differences(wanted: Wanted, entry: Entry) -> list[Difference]:
    """Every part of the key in which an entry differs from a call."""
    made = wanted.made
    plain = (
        (NAME, made["task"], entry.task),
        (PROJECT, wanted.project, entry.project),
        (DOMAIN, wanted.domain, entry.domain),
        (VERSION, made["cache_version"], entry.version),
    )
    found = [Difference(part, here, there) for part, here, there in plain if here != there]
    if made["signature"] != entry.made.get("signature"):
        found += _interfaces(wanted, entry)
    if wanted.has_inputs:
        # The digest of an input holds its type: where that differs, it is said already.
        told = {difference.name for difference in found}
        inputs = _inputs(made["inputs"], entry.texts("inputs"))
        found += [difference for difference in inputs if f"input {difference.name}" not in told]
    return found


def _interfaces(wanted: Wanted, entry: Entry) -> list[Difference]:
    """What differs in the names and types of inputs and outputs."""
    assert entry.result is not None
    here: dict[str, str] = {f"input {name}": declared for name, declared in wanted.made["types"].items()}
    here.update({f"output {name}": declared for name, declared in wanted.outputs})
    there: dict[str, str] = {f"input {name}": declared for name, declared in entry.texts("types").items()}
    there.update({f"output {output.name}": output.type for output in entry.result.outputs})
    found = [
        Difference(SIGNATURE, here.get(what, ABSENT), there.get(what, ABSENT), name=what)
        for what in dict.fromkeys((*here, *there))
        if here.get(what) != there.get(what)
    ]
    if not found and list(here) != list(there):
        found = [Difference(SIGNATURE, ", ".join(here), ", ".join(there), name="order")]
    return found or [Difference(SIGNATURE, wanted.made["signature"], str(entry.made.get("signature")), name="classes")]


def _inputs(here: Mapping[str, str], there: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(INPUT, here.get(name, ABSENT), there.get(name, ABSENT), name=name)
        for name in dict.fromkeys((*here, *there))
        if here.get(name) != there.get(name)
    ]


def _rank(found: Sequence[Difference]) -> tuple[int, ...]:
    """Fewer and smaller differences first: another task is further away than another version, and that than another input."""
    parts = [difference.part for difference in found]
    return (*(int(part in parts) for part in (NAME, PROJECT, DOMAIN, SIGNATURE, VERSION)), parts.count(INPUT))


def _function(task: str) -> str:
    return task.rpartition(".")[2]
