"""Assignability: may a value of one type go where another is declared? Yes, no, or unknown; only *no* is an error.

Knows types by their text and the classes of the project by name; the same widening as the runtime: int to float and nothing
else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dagwright.contract.types import Type, arguments_of, origin_of
from dagwright_compiler.frontend.file_types import LOCATED, OF_US, WrittenType
from dagwright_compiler.frontend.names import CONCRETE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

YES = "yes"
NO = "no"
UNKNOWN = "unknown"

_SPELLINGS = {"decimal": "Decimal", "uuid": "UUID", "path": "Path", **OF_US}
_OF_LIBRARIES = {"ndarray": "numpy.ndarray", "tensor": "torch.Tensor"}
_TEXT = Type("str")
_CONTAINERS = frozenset({"list", "dict", "tuple", "vartuple", "set", "frozenset"})


class TypingRules:
    """The rules, given what is known of classes.

    Args:
        ancestors: Qualified names of a project class and all its bases, and whether all of them are known; ``None`` for
            a class that is not of the project.
        fields: Names and types of the fields of a project class; ``None`` where they are not known.
        needed: The same without keys that may be absent.
    """

    __slots__ = ("_ancestors", "_fields", "_memo", "_needed")

    def __init__(
        self,
        ancestors: Callable[[str], tuple[frozenset[str], bool] | None],
        fields: Callable[[str], Mapping[str, Type] | None] = lambda _: None,
        needed: Callable[[str], Mapping[str, Type] | None] = lambda _: None,
    ) -> None:
        self._ancestors = ancestors
        self._fields = fields
        self._needed = needed
        self._memo: dict[tuple[str, str], str] = {}

    def assignable(self, source: Type, target: Type) -> str:
        """Whether a value of type ``source`` fits where ``target`` is declared."""
        if source.text == target.text:
            return YES
        key = (source.text, target.text)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._decide(source, target)
        return found

    def _decide(self, source: Type, target: Type) -> str:
        if "unknown" in (source.kind, target.kind):
            return UNKNOWN
        if source.kind == "union":
            # A run may take any member: all must fit for yes, and one that cannot fit makes it a no.
            return _all(self.assignable(part, target) for part in source.args)
        if target.kind == "union":
            return _any(self.assignable(source, part) for part in target.args)
        if source.kind == "int" and target.kind == "float":
            return YES
        if "literal" in (source.kind, target.kind):
            return self._literal(source, target)
        if source.kind in ("class", "opaque") or target.kind in ("class", "opaque"):
            return self._named(source, target)
        if source.kind == target.kind and source.kind in LOCATED:
            return NO if source.name and target.name else YES  # a file of no declared format may be of any
        if source.kind == target.kind == "table":
            return YES  # every library reads the file that travels
        if "vartuple" in (source.kind, target.kind) and "tuple" in (source.kind, target.kind):
            return self._tuples(source, target)
        if source.kind != target.kind or source.kind not in _CONTAINERS:
            return NO
        if source.kind == "tuple" and len(source.args) != len(target.args):
            return NO
        return _all(self.assignable(left, right) for left, right in zip(source.args, target.args, strict=True))

    def _tuples(self, source: Type, target: Type) -> str:
        """One of the two tuples is of any length."""
        if target.kind == "vartuple":
            return _all(self.assignable(item, target.args[0]) for item in source.args)
        return NO if NO in {self.assignable(source.args[0], item) for item in target.args} else UNKNOWN

    def _literal(self, source: Type, target: Type) -> str:
        """At least one side allows some values of a type only."""
        if target.kind != "literal":
            return _all(self.assignable(Type(kind), target) for kind, _ in _values(source))
        allowed = _values(target)
        if source.kind == "literal":
            return YES if _values(source) <= allowed else NO
        # A run may give one of the values.
        return UNKNOWN if source.kind in {kind for kind, _ in allowed} or source.kind in ("class", "opaque") else NO

    def _named(self, source: Type, target: Type) -> str:
        """At least one side is a class known by name."""
        if source.kind == target.kind == "class" and origin_of(source.name) == origin_of(target.name):
            return self._generic(source, target)
        if source.name == target.name:
            return YES
        is_class = source.kind in ("class", "opaque")  # a format of files is a name, too
        left = self._ancestors(source.name) if is_class else None
        right = self._ancestors(target.name) if target.kind in ("class", "opaque") else None
        if left is not None:
            names, complete = left
            if target.kind == "class" and origin_of(target.name) in names:
                return NO  # read as its base, an instance would lose its own fields: the runtime refuses it
            if target.name in names or (target.kind not in _CONTAINERS and target.kind in names):
                return YES  # a subclass; also of `str` or `int`, as an enum of texts is
            if target.kind == "float" and "int" in names:
                return YES  # as a plain int widens
            if target.kind in names or (target.kind == "vartuple" and "tuple" in names):
                return self._held(source, target)
            if not complete:  # some base is unknown: it may be anything
                return UNKNOWN
            # All bases are the project's own: only a protocol outside it could still accept the value.
            return UNKNOWN if target.kind == "opaque" and right is None and target.name not in CONCRETE else NO
        if is_class:
            return self._external(source, target)
        if target.kind == "class":
            return self._keys(source, target) if source.kind == "dict" and right is not None and "dict" in right[0] else NO
        if right is not None:
            return NO if right[1] else UNKNOWN
        return NO if target.name in CONCRETE else UNKNOWN

    def _held(self, source: Type, target: Type) -> str:
        """A named tuple where a tuple is declared, or a typed dict where a dict is: no sooner than in a run is it sure that it fits."""
        if target.kind == "dict":
            held, key, item = self._needed(source.name) or {}, target.args[0], target.args[1]
            verdicts = {self.assignable(_TEXT, key), *(self.assignable(each, item) for each in held.values())} if held else set()
        else:
            fields = self._fields(source.name)
            verdicts = {self.assignable(Type("tuple", tuple(fields.values())), target)} if fields is not None else set()
        return NO if NO in verdicts else UNKNOWN

    def _keys(self, source: Type, target: Type) -> str:
        """A dict where a typed one is declared: it may hold exactly these keys, if some of what it may hold fits each."""
        held = self._needed(target.name) or {}
        fits = not held or (
            self._may_fit(source.args[0], _TEXT) and all(self._may_fit(source.args[1], each) for each in held.values())
        )
        return UNKNOWN if fits else NO

    def _may_fit(self, source: Type, target: Type) -> bool:
        """Whether any value of a type fits."""
        members = source.args if source.kind == "union" else (source,)
        return any(self.assignable(member, target) != NO for member in members)

    def _generic(self, source: Type, target: Type) -> str:
        """One class with two lists of type arguments: an instance crosses when its fields do."""
        left, right = self._fields(source.name), self._fields(target.name)
        if left is None or right is None:
            return UNKNOWN
        key, decided = (source.text, target.text), len(self._memo)
        self._memo[key] = YES  # a class that holds itself fits when everything else does
        found = _all(self.assignable(declared, right[name]) for name, declared in left.items() if name in right)
        if found != YES:
            for follower in list(self._memo)[decided:]:
                del self._memo[follower]
        return found

    @staticmethod
    def _external(source: Type, target: Type) -> str:
        """A class outside the project meets something else: sure only where the class is well known."""
        if source.name in CONCRETE:
            return NO if not target.name or target.name in CONCRETE or target.kind == "class" else UNKNOWN
        return UNKNOWN


def _values(declared: Type) -> frozenset[tuple[str, object]]:
    """Values of a ``literal``, each beside the kind of its type: ``True`` and ``1`` are two."""
    return frozenset((type(value).__name__, value) for value in json.loads(f"[{declared.name}]"))


def _all(results: Iterable[str]) -> str:
    found = set(results)
    return NO if NO in found else UNKNOWN if UNKNOWN in found else YES


def _any(results: Iterable[str]) -> str:
    found = set(results)
    return YES if YES in found else UNKNOWN if UNKNOWN in found else NO


def spell(declared: Type) -> str:
    """A type as people write it: ``list[int]``, ``int | None``, ``MapInput``."""
    kind = declared.kind
    if kind in ("opaque", "table"):
        return declared.name or "StructuredDataset"
    if kind == "class":
        arguments = ", ".join(map(spell, arguments_of(declared.name)))
        return origin_of(declared.name).rpartition(".")[2] + (f"[{arguments}]" if arguments else "")
    if isinstance(declared, WrittenType):
        return declared.written
    if kind in LOCATED and declared.name:
        return f'{_SPELLINGS[kind]}["{declared.name}"]'
    if kind in _SPELLINGS:
        return _SPELLINGS[kind]
    if kind == "literal":
        return f"Literal[{', '.join(map(repr, json.loads(f'[{declared.name}]')))}]"
    if kind == "none":
        return "None"
    if kind in _OF_LIBRARIES:
        return _OF_LIBRARIES[kind]
    if kind == "unknown":
        return "Any"
    if kind == "union":
        return " | ".join(spell(part) for part in declared.args)
    if kind == "vartuple":
        return f"tuple[{spell(declared.args[0])}, ...]"
    if declared.args:
        return f"{kind}[{', '.join(spell(part) for part in declared.args)}]"
    return "tuple[()]" if kind == "tuple" else kind
