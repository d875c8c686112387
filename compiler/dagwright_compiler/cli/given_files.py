"""Files that a person gives as inputs of a workflow: paths of their own machine, which no task sees, become blobs of the store.

Works on the texts of the inputs and the program's types; no class of the user's is imported. Clients call it before a run starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.types import parse
from dagwright.execution.input_text import InputMismatch
from dagwright.files.access import MachineAccess
from dagwright.values import Codec, ValueMismatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type
    from dagwright.execution.plan_view import ProgramView
    from dagwright.store.verbs import Store
    from dagwright.values.form import Blobs

LOCATED = ("file", "directory")


def given_files(program: ProgramView, texts: Mapping[str, str]) -> tuple[dict[str, str], Blobs]:
    """Replace the paths in inputs by what they stand for.

    Args:
        program: Says which inputs hold files, and where.
        texts: What was given for the inputs.

    Returns:
        The texts as tasks read them, and the blobs that must be stored before the run starts.

    Raises:
        InputMismatch: There is no such file, or it cannot be read.
    """
    blobs: Blobs = {}
    kept = dict(texts)
    for name, text in texts.items():
        declared = program.inputs[name].type
        if not holds_files(declared, program.classes, set()):
            continue
        try:
            data = loads(text)
        except ValueError:
            data = text
        try:
            kept[name] = dumps(_Paths(program.classes, blobs).replaced(data, declared))
        except ValueMismatch as mismatch:
            raise InputMismatch(f"input {name!r}: {mismatch}") from None
        except OSError as error:
            raise InputMismatch(f"input {name!r}: {error}") from None
    return kept, blobs


def store_files(blobs: Blobs, store: Store) -> None:
    """Store the blobs of given files.

    Raises:
        StoreError: The store failed, or a file was changed meanwhile.
    """
    from dagwright.cache.blobs import publish_blobs

    publish_blobs(store, blobs)


def holds_files(declared: Type, classes: Mapping[str, ClassDef], seen: set[str]) -> bool:
    """Whether a value of the type can hold a file."""
    if declared.kind == "class" and declared.name in classes and declared.name not in seen:
        seen.add(declared.name)
        return any(holds_files(parse(field["type"]), classes, seen) for field in classes[declared.name].get("fields", ()))
    return declared.kind in LOCATED or any(holds_files(part, classes, seen) for part in declared.args)


class _Paths:
    """Walks the JSON of one input by its type. What is of another form than declared stays as it is: the codec will say so."""

    def __init__(self, classes: Mapping[str, ClassDef], blobs: Blobs) -> None:
        self._classes = classes
        self._blobs = blobs
        self._codec = Codec(classes, files=MachineAccess())

    def replaced(self, data: Any, declared: Type) -> Any:
        """The data with the wire form in the place of every path."""
        kind = declared.kind
        if kind in LOCATED:
            return self._codec.encode(self._codec.from_user(data, declared), declared, self._blobs)
        if kind == "union":
            return self._of_union(data, declared)
        if isinstance(data, list):
            return self._of_list(data, declared)
        if isinstance(data, dict):
            return self._of_dict(data, declared)
        return data

    def _of_list(self, data: list[Any], declared: Type) -> list[Any]:
        if declared.kind == "dict":
            item = declared.args[1]
            return [[pair[0], self.replaced(pair[1], item)] if _is_pair(pair) else pair for pair in data]
        if declared.kind == "tuple":
            return [self.replaced(part, item) for part, item in zip(data, declared.args, strict=False)] + data[
                len(declared.args) :
            ]
        return [self.replaced(part, declared.args[0]) for part in data] if len(declared.args) == 1 else data

    def _of_dict(self, data: dict[str, Any], declared: Type) -> dict[str, Any]:
        if declared.kind == "dict":
            return {key: self.replaced(part, declared.args[1]) for key, part in data.items()}
        if declared.kind == "class" and declared.name in self._classes:
            types = {field["name"]: parse(field["type"]) for field in self._classes[declared.name].get("fields", ())}
            return {name: self.replaced(part, types[name]) if name in types else part for name, part in data.items()}
        return data

    def _of_union(self, data: Any, declared: Type) -> Any:
        """The member that is tagged, else the only one that can be meant: a text is a path only where no text is declared."""
        if isinstance(data, dict) and set(data) == {"$u", "v"}:
            return {"$u": data["$u"], "v": self.replaced(data["v"], parse(data["$u"]))}
        members = [member for member in declared.args if member.kind != "none"]
        if data is None or (isinstance(data, str) and any(member.kind == "str" for member in members)):
            return data
        if len(members) == 1:
            return self.replaced(data, members[0])
        mismatch: ValueMismatch | None = None
        for member in members:
            if isinstance(data, str) == (member.kind in LOCATED):
                try:
                    found = self.replaced(data, member)
                except ValueMismatch as wrong:
                    mismatch = wrong
                else:
                    return {"$u": member.text, "v": found} if member.kind in LOCATED else found
        if mismatch is not None:
            raise mismatch
        return data


def _is_pair(data: Any) -> bool:
    return isinstance(data, list) and len(data) == 2
