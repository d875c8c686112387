"""The type grammar: one small immutable class, its text form and the parser of that text.

Text (what plans, signatures and messages hold)::

    int float bool str bytes none datetime date time timedelta decimal uuid path unknown ndarray tensor
    list[T]  set[T]  frozenset[T]  dict[K, V]  tuple[A, B]  vartuple[T]  union[A, B]
    file  file[csv]  directory  directory[csv]  literal["a", 1]  class[pkg.mod.Name]  opaque[pkg.mod.Name]
    table  table[pandas.DataFrame]

``class`` names a class whose definition stands in the program's table of classes, with its type arguments where it is generic
(``class[pkg.mod.Box[int]]``); ``opaque`` names a class that the compiler knows by name only (its values are pickled).
``vartuple`` is a tuple of any length, ``tuple[T, ...]`` in Python.
``file`` and ``directory`` may name the format of what they hold; ``literal`` holds the allowed values as JSON. ``union`` is flat,
without duplicates, ``none`` last. ``table`` names the class of its frames; without one, the reader chooses it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in ``typing``, whose import alone costs an attempt 4 ms
if TYPE_CHECKING:
    from typing import Iterable


class Type:
    """One type: a kind, type arguments, and a name: of a ``class`` or ``opaque``, a format, or the values of a ``literal``.

    Two types are equal when their texts are. Instances are immutable by convention and safe to share.
    """

    __slots__ = ("args", "kind", "name", "text")

    def __init__(self, kind: str, args: tuple[Type, ...] = (), name: str = "") -> None:
        self.kind = kind
        self.args = args
        self.name = name
        if name:
            self.text = f"{kind}[{name}]"
        elif args or kind == "tuple":
            self.text = f"{kind}[{', '.join(arg.text for arg in args)}]"
        else:
            self.text = kind

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Type({self.text})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


INT = Type("int")
FLOAT = Type("float")
BOOL = Type("bool")
STR = Type("str")
BYTES = Type("bytes")
NONE = Type("none")
DATETIME = Type("datetime")
DATE = Type("date")
TIME = Type("time")
TIMEDELTA = Type("timedelta")
DECIMAL = Type("decimal")
UUID = Type("uuid")
PATH = Type("path")
UNKNOWN = Type("unknown")
NDARRAY = Type("ndarray")
TENSOR = Type("tensor")
FILE = Type("file")
DIRECTORY = Type("directory")
TABLE = Type("table")
_BARE = {
    declared.kind: declared
    for declared in (
        *(INT, FLOAT, BOOL, STR, BYTES, NONE, DATETIME, DATE, TIME, TIMEDELTA, DECIMAL, UUID, PATH),
        *(UNKNOWN, NDARRAY, TENSOR, FILE, DIRECTORY, TABLE),
    )
}
_NAMED = ("class", "opaque", "file", "directory", "table", "literal")
"""Kinds whose brackets hold a name, not types."""
_TEXTS = ("str", "decimal", "uuid", "path", "none")
"""Kinds that stand as texts in JSON, and None, which stands beside them in an Optional."""
_OF_TYPES = ("list", "set", "frozenset", "dict", "tuple", "vartuple", "union")


def is_bare_text(declared: Type, data: object) -> bool:
    """Tell whether a text given for an input, which JSON reads as ``data``, is meant as it stands: ``0.10`` where a Decimal is declared."""
    if isinstance(data, str) or declared.kind == "none":
        return False
    members = declared.args if declared.kind == "union" else (declared,)
    return all(member.kind in _TEXTS for member in members) and not (data is None and NONE in members)


def list_of(element: Type) -> Type:
    """Type of a list."""
    return Type("list", (element,))


def dict_of(key: Type, value: Type) -> Type:
    """Type of a dict."""
    return Type("dict", (key, value))


def tuple_of(*items: Type) -> Type:
    """Type of a tuple of fixed length."""
    return Type("tuple", items)


def vartuple_of(item: Type) -> Type:
    """Type of a tuple of any length, whose items are of one type."""
    return Type("vartuple", (item,))


def class_named(name: str) -> Type:
    """Type of a class whose definition stands in the table of classes."""
    return Type("class", (), name)


def opaque(name: str) -> Type:
    """Type of a class known by its qualified name only."""
    return Type("opaque", (), name)


def set_of(element: Type) -> Type:
    """Type of a set."""
    return Type("set", (element,))


def frozenset_of(element: Type) -> Type:
    """Type of a frozen set."""
    return Type("frozenset", (element,))


def table_of(frames: str) -> Type:
    """Type of a table that arrives as a frame of the class of that qualified name."""
    return Type("table", (), frames)


def literal_of(values: str) -> Type:
    """Type of the values that a JSON array's text without its brackets lists: ``"a", 1``."""
    return Type("literal", (), values)


def union_of(items: Iterable[Type]) -> Type:
    """Join types: nested unions are flattened, duplicates dropped, ``none`` put last; one type stays itself."""
    flat: dict[str, Type] = {}
    for item in items:
        for part in item.args if item.kind == "union" else (item,):
            flat[part.text] = part
    none = flat.pop("none", None)
    members = [*flat.values(), *([none] if none else [])]
    return members[0] if len(members) == 1 else Type("union", tuple(members))


def origin_of(name: str) -> str:
    """Name of a class without its type arguments."""
    return name.partition("[")[0]


def arguments_of(name: str) -> tuple[Type, ...]:
    """Type arguments in the name of a generic class: ``pkg.mod.Pair[int, str]``."""
    _, bracket, rest = name.partition("[")
    return parse(f"tuple{bracket}{rest}").args if bracket else ()


def parse(text: str) -> Type:
    """Read the text form of a type.

    Raises:
        ValueError: The text is not of the grammar.
    """
    bare = _BARE.get(text)
    if bare is not None:
        return bare
    found, end = _parse(text, 0)
    if end != len(text):
        raise ValueError(f"not a type: {text!r}")
    return found


def _parse(text: str, start: int) -> tuple[Type, int]:
    end = start
    while end < len(text) and text[end] not in "[],":
        end += 1
    kind = text[start:end].strip()
    if kind in _BARE and text[end : end + 1] != "[":
        return _BARE[kind], end
    if end >= len(text) or text[end] != "[":
        raise ValueError(f"not a type: {text!r}")
    if kind in _NAMED:
        close = _closing(text, end)
        return Type(kind, (), text[end + 1 : close]), close + 1
    if kind not in _OF_TYPES:
        raise ValueError(f"not a type: {text!r}")
    args: list[Type] = []
    end += 1
    while end < len(text) and text[end] != "]":
        arg, end = _parse(text, end)
        args.append(arg)
        if end < len(text) and text[end] == ",":
            end += 2 if text[end + 1 : end + 2] == " " else 1
    if end >= len(text):
        raise ValueError(f"not a type: {text!r}")
    return Type(kind, tuple(args)), end + 1


def _closing(text: str, start: int) -> int:
    """Where the bracket at ``start`` is closed; brackets within JSON texts do not count."""
    depth, quoted, at = 0, False, start
    while at < len(text):
        char = text[at]
        if quoted:
            if char == "\\":
                at += 1
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ValueError(f"not a type: {text!r}")
