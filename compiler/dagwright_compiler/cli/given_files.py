"""Files that a person gives as inputs of a workflow: paths of their own machine, which no task sees, become blobs of the store.

Works on the texts of the inputs and the program's types; no class of the user's is imported. Clients call it before a run starts.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dagwright.contract.files import is_url
from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.types import FILE, parse
from dagwright.execution.input_text import InputMismatch
from dagwright.execution.plan_view import FieldView
from dagwright.files.access import MachineAccess
from dagwright.files.contents import copy_file
from dagwright.values import Codec, ValueMismatch
from dagwright.values.blobs import BlobFile
from dagwright.values.frame_libraries import suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type
    from dagwright.execution.plan_view import ProgramView
    from dagwright.files.contents import Access, Wanted
    from dagwright.store.verbs import Store
    from dagwright.values.form import Blobs

LOCATED = ("file", "directory")
_BY_PATH = (*LOCATED, "table")
"""Kinds of which a text is the path or the URL."""


class Asked(Protocol):
    """What values are asked for: a program, by its inputs, or its gates."""

    @property
    def inputs(self) -> Mapping[str, FieldView]:
        """Names and types."""
        ...

    @property
    def classes(self) -> Mapping[str, ClassDef]:
        """What the types name."""
        ...


class AskedAtGates(NamedTuple):
    """What gates ask for, by their ids, as ``Asked``."""

    inputs: Mapping[str, FieldView]
    classes: Mapping[str, ClassDef]


def asked_at(program: ProgramView, gates: Iterable[str]) -> AskedAtGates:
    """Tell what values some gates ask for."""
    types = {gate: program.node(gate).task.outputs[0].type.text for gate in gates}
    fields = {gate: FieldView({"name": gate, "type": declared}) for gate, declared in types.items()}
    return AskedAtGates(MappingProxyType(fields), program.classes)


def given_files(program: Asked, texts: Mapping[str, str]) -> tuple[dict[str, str], Blobs]:
    """Replace the paths in inputs by what they stand for.

    Args:
        program: Says which values hold files, and where.
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


class GivenAccess:
    """What another access can do, and the bytes of given files, which no store may have yet."""

    __slots__ = ("_blobs", "_others")

    def __init__(self, blobs: Blobs, others: Access) -> None:
        self._blobs = blobs
        self._others = others

    def settle(self, path: str) -> str:
        """As the other does."""
        return self._others.settle(path)

    def read(self, sha256: str, size: int) -> bytes:
        """As the other does: it is asked for parts of directories, and those that are given are not opened here."""
        return self._others.read(sha256, size)

    def fetch(self, sha256: str, size: int, path: str) -> None:
        """Write the bytes of a blob to a new file."""
        given = self._blobs.get(sha256)
        if isinstance(given, BlobFile) and given.path:
            copy_file(given.path, path)
        else:
            self._others.fetch(sha256, size, path)

    def fetch_each(self, wanted: list[Wanted]) -> None:
        """As the other does."""
        self._others.fetch_each(wanted)

    def locate(self, path: str) -> str:
        """As the other does."""
        return self._others.locate(path)

    def url_of(self, sha256: str) -> str:
        """As the other does."""
        return self._others.url_of(sha256)


def holds_files(declared: Type, classes: Mapping[str, ClassDef], seen: set[str]) -> bool:
    """Whether a value of the type can hold a file."""
    if declared.kind == "class" and declared.name in classes and declared.name not in seen:
        seen.add(declared.name)
        return any(holds_files(parse(field["type"]), classes, seen) for field in classes[declared.name].get("fields", ()))
    return declared.kind in _BY_PATH or any(holds_files(part, classes, seen) for part in declared.args)


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
        if kind == "table":
            return self._of_table(data, declared)
        if kind == "union":
            return self._of_union(data, declared)
        if isinstance(data, list):
            return self._of_list(data, declared)
        if isinstance(data, dict):
            return self._of_dict(data, declared)
        return data

    def _of_table(self, data: Any, declared: Type) -> Any:
        """The file in the place of its path: the task reads it, by its suffix."""
        if not isinstance(data, str) or (is_url(data) and not declared.name):
            return data
        spelling = self._codec.form(declared).spelling
        try:
            suffix_of(data)
            return data if is_url(data) else self.replaced(data, FILE)
        except ValueError as error:
            raise ValueMismatch(spelling, str(error)) from None
        except ValueMismatch as wrong:
            wrong.expected = spelling
            raise

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
            if isinstance(data, str) == (member.kind in _BY_PATH):
                try:
                    found = self.replaced(data, member)
                except ValueMismatch as wrong:
                    mismatch = wrong
                else:
                    return {"$u": member.text, "v": found} if member.kind in _BY_PATH else found
        if mismatch is not None:
            raise mismatch
        return data


def _is_pair(data: Any) -> bool:
    return isinstance(data, list) and len(data) == 2
