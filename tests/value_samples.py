"""Classes, types and values for tests of the codec: hypothesis strategies over the whole type grammar."""

from __future__ import annotations

import enum
import functools
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypedDict, TypeVar

import numpy as np
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from dagwright.contract.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    DECIMAL,
    DIRECTORY,
    FILE,
    FLOAT,
    INT,
    NDARRAY,
    NONE,
    PATH,
    STR,
    TIME,
    TIMEDELTA,
    UNKNOWN,
    UUID,
    Type,
    class_named,
    dict_of,
    frozenset_of,
    list_of,
    literal_of,
    opaque,
    parse,
    set_of,
    tuple_of,
    union_of,
    vartuple_of,
)
from dagwright.files.contents import Elsewhere
from dagwright.files.directory import Directory
from dagwright.files.file import File

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.contract.schema import ClassDef


T = TypeVar("T")


class Colour(enum.Enum):
    RED = "red"
    GREEN = 2
    VERT = 2  # noqa: PIE796 - an alias


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Point:
    x: float
    y: float = 0.0


@dataclass(frozen=True)
class Frozen:
    name: str
    derived: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "derived", len(self.name) + 100)


class Slotted:
    """As ``dataclass(slots=True)`` makes it on Python 3.10 and newer."""

    __slots__ = ("items",)

    def __init__(self, items: dict[int, list[float]]) -> None:
        self.items = items


Slotted.__dataclass_fields__ = dataclass(type("S", (), {"__annotations__": {"items": dict}})).__dataclass_fields__


@dataclass
class Tree:
    value: int | None
    children: list[Tree] = field(default_factory=list)


@dataclass
class Base:
    a: int


@dataclass
class Derived(Base):
    b: Colour


class Pair(NamedTuple):
    left: int
    right: str | None = None


@dataclass
class Box(Generic[T]):
    item: T
    tags: frozenset[str] = frozenset()


class Model(BaseModel):
    size: int
    path: str | None = Field(None, alias="thePath")
    ratios: list[float] = []


class Row(TypedDict):
    name: str
    value: float
    marks: list[int]  # may be absent, as the table of classes says


LITERAL = literal_of('"a", 1, true, "]"')


def _fields(**types: str) -> list[Any]:
    return [{"name": name, "type": text} for name, text in types.items()]


def _definition(kind: str, cls: type, fields: list[Any] = [], members: list[str] = []) -> ClassDef:  # noqa: B006
    return {"kind": kind, "module": __name__, "qualname": cls.__qualname__, "fields": fields, "members": members}  # type: ignore[typeddict-item]


def name_of(cls: type) -> str:
    return f"{__name__}.{cls.__qualname__}"


CLASSES: dict[str, ClassDef] = {
    name_of(Colour): _definition("enum", Colour, members=["RED", "GREEN"]),
    name_of(Level): _definition("enum", Level, members=["LOW", "HIGH"]),
    name_of(Point): _definition("dataclass", Point, _fields(x="float", y="float")),
    name_of(Frozen): _definition("dataclass", Frozen, _fields(name="str", derived="int")),
    name_of(Slotted): _definition("dataclass", Slotted, _fields(items="dict[int, list[float]]")),
    name_of(Tree): _definition("dataclass", Tree, _fields(value="union[int, none]", children=f"list[class[{name_of(Tree)}]]")),
    name_of(Base): _definition("dataclass", Base, _fields(a="int")),
    name_of(Derived): _definition("dataclass", Derived, _fields(a="int", b=f"class[{name_of(Colour)}]")),
    name_of(Pair): _definition("namedtuple", Pair, _fields(left="int", right="union[str, none]")),
    name_of(Row): _definition("typeddict", Row, _fields(name="str", value="float", marks="list[int]")),
    name_of(Model): _definition("pydantic", Model, _fields(size="int", path="union[str, none]", ratios="list[float]")),
    **{
        f"{name_of(Box)}[{item}]": _definition("dataclass", Box, _fields(item=item, tags="frozenset[str]"))
        for item in ("int", "float", "str")
    },
}
CLASSES[name_of(Row)]["fields"][2].update(optional=True)
CLASSES[name_of(Point)]["fields"][1].update(has_default=True, default=0.0)
CLASSES[name_of(Tree)]["fields"][1].update(deferred=True)
CLASSES[name_of(Pair)]["fields"][1].update(has_default=True, default=None)
CLASSES[name_of(Model)]["fields"][1].update(has_default=True, default=None)
CLASSES[name_of(Model)]["fields"][2].update(has_default=True, default=[])

_HASHABLE = [
    INT,
    FLOAT,
    BOOL,
    STR,
    BYTES,
    DATETIME,
    TIMEDELTA,
    DATE,
    DECIMAL,
    LITERAL,
    class_named(name_of(Colour)),
    tuple_of(INT, STR),
    union_of([INT, STR]),
]
_FILES = [FILE, parse("file[csv]"), parse("file[png]"), DIRECTORY, parse("directory[parquet]")]
PICKLED = opaque("fractions.Fraction")
_TEXTS = [DATE, TIME, DECIMAL, UUID, PATH, LITERAL]
_SCALARS = [INT, FLOAT, BOOL, STR, BYTES, NONE, DATETIME, TIMEDELTA, *_TEXTS, *_FILES, *(class_named(name) for name in CLASSES)]


@functools.cache  # hypothesis looks through every strategy that it meets for the first time, which takes longer than an example
def types(*, plain: bool = False) -> st.SearchStrategy[Type]:
    """Types of the grammar; ``plain`` leaves out those whose values JSON for people does not tell apart."""

    hashable = [STR] if plain else _HASHABLE

    def extend(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
        return st.one_of(
            inner.map(list_of),
            inner.map(vartuple_of),
            st.builds(lambda of, item: of(item), st.sampled_from([set_of, frozenset_of]), st.sampled_from(hashable)),
            st.lists(inner, max_size=3).map(lambda items: tuple_of(*items)),
            st.builds(dict_of, st.sampled_from(hashable), inner),
            inner.map(lambda some: union_of([some, NONE])),
            *([] if plain else [st.lists(inner, min_size=1, max_size=3).map(union_of)]),
        )

    scalars = [scalar for scalar in _SCALARS if not plain or scalar is not NONE]
    return st.recursive(st.sampled_from(scalars if plain else [*scalars, UNKNOWN, NDARRAY, PICKLED]), extend, max_leaves=5)


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=5) | st.sampled_from(
    ["nan", "$u", "$d", "\ud83d\ude00", "😀", "\ud83d"]
)
_FLOATS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf])
_INTS = st.integers() | st.sampled_from([0, 1, 2**53 + 1, 1 << 9000, -(1 << 9000)])
_ARRAYS = st.builds(
    lambda items, dtype, shape, turned: np.resize(np.array(items), shape).astype(dtype).T[:: -1 if turned else 1],
    st.lists(st.integers(0, 3), min_size=1, max_size=4),
    st.sampled_from(["int8", "<i4", ">i4", "float64", "float32", "bool", "U1", "S2", "complex64"]),
    st.sampled_from([(1,), (0,), (2, 2), (1, 4), (4, 1), (2, 1, 2)]),
    st.booleans(),
)
_INSTANTS = st.datetimes(timezones=st.just(UTC))
_BY_KIND: dict[str, st.SearchStrategy[Any]] = {
    "int": _INTS,
    "float": _FLOATS,
    "bool": st.booleans(),
    "str": ANY_TEXT,
    "bytes": st.binary(max_size=4),
    "none": st.none(),
    "datetime": _INSTANTS,
    "timedelta": st.timedeltas(),
    "date": st.dates(),
    "time": st.times()
    | st.builds(time, tzinfo=st.integers(-86_000, 86_000).map(lambda seconds: timezone(timedelta(seconds=seconds)))),
    "decimal": st.decimals(allow_nan=False),
    "uuid": st.uuids(),
    "path": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5).map(Path),
    "literal": st.sampled_from(["a", 1, True, "]"]),
    "ndarray": _ARRAYS,
    "opaque": st.fractions(),
}
_UNKNOWN = st.recursive(
    st.one_of(*_BY_KIND.values(), st.builds(Point, st.floats(), st.floats()), st.sampled_from(list(Colour))),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_INTS | ANY_TEXT, inner, max_size=3)
        | st.tuples(inner, inner)
        | st.lists(inner, max_size=2).map(tuple)
        | st.sets(_INTS | ANY_TEXT, max_size=3)
        | st.frozensets(st.booleans() | st.dates(), max_size=3)
    ),
    max_leaves=5,
)


@functools.lru_cache(1024)
def values(declared: Type) -> st.SearchStrategy[Any]:
    """Values of a type, as a user would make them."""
    kind = declared.kind
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if kind == "unknown":
        return _UNKNOWN
    if kind in ("file", "directory"):
        return st.sampled_from(located(declared))
    if kind == "list":
        return st.lists(values(declared.args[0]), max_size=4)
    if kind == "vartuple":
        return st.lists(values(declared.args[0]), max_size=4).map(tuple)
    if kind == "set":
        return st.sets(values(declared.args[0]), max_size=4)
    if kind == "frozenset":
        return st.frozensets(values(declared.args[0]), max_size=4)
    if kind == "tuple":
        return st.tuples(*map(values, declared.args))
    if kind == "dict":
        return st.dictionaries(values(declared.args[0]), values(declared.args[1]), max_size=4)
    if kind == "union":
        return st.one_of(*map(values, declared.args))
    if declared.name.startswith(f"{name_of(Box)}["):
        return st.builds(Box, values(parse(CLASSES[declared.name]["fields"][0]["type"])), st.frozensets(ANY_TEXT, max_size=2))
    return _OF_CLASS[declared.name]()


def located(declared: Type) -> list[Any]:
    """Values of a type of files or directories: what a user returns for one."""
    plain: Any = Directory if declared.kind == "directory" else File
    cls = plain[declared.name] if declared.name else plain
    here = Path(__file__).parent / "schema" if plain is Directory else Path(__file__)
    return [
        cls("s3://bucket/a"),
        plain("https://example.com/a?b=1#c"),
        "gs://bucket/ä/",
        here,
        str(here),
        cls(here),
        cls("/etc/hosts", None, False),
    ]


def _frozen(name: str, derived: int) -> Frozen:
    made = Frozen(name)
    object.__setattr__(made, "derived", derived)  # its value is what it holds, not what __post_init__ would compute
    return made


_OF_CLASS: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    name_of(Colour): lambda: st.sampled_from(list(Colour)),
    name_of(Level): lambda: st.sampled_from(list(Level)),
    name_of(Point): lambda: st.builds(Point, _FLOATS, _FLOATS),
    name_of(Frozen): lambda: st.builds(_frozen, ANY_TEXT, _INTS),
    name_of(Slotted): lambda: st.builds(Slotted, values(parse("dict[int, list[float]]"))),
    name_of(Tree): lambda: st.recursive(
        st.builds(Tree, st.none() | _INTS), lambda inner: st.builds(Tree, _INTS, st.lists(inner, max_size=3)), max_leaves=4
    ),
    name_of(Base): lambda: st.builds(Base, _INTS),
    name_of(Derived): lambda: st.builds(Derived, _INTS, st.sampled_from(list(Colour))),
    name_of(Pair): lambda: st.builds(Pair, _INTS, st.none() | ANY_TEXT),
    name_of(Model): lambda: st.builds(Model, size=_INTS, thePath=st.none() | ANY_TEXT, ratios=st.lists(_FLOATS, max_size=3)),
    name_of(Row): lambda: st.fixed_dictionaries({"name": ANY_TEXT, "value": _FLOATS}, optional={"marks": st.lists(_INTS)}),
}


def identity(value: Any) -> Any:
    """A hashable stand-in that is equal for values that are the same: types count, NaN is itself, -0.0 is not 0.0."""
    kind = type(value)
    if kind is float:
        return ("float", "nan" if math.isnan(value) else value, math.copysign(1, value) if not math.isnan(value) else 0)
    if kind in (list, tuple) or isinstance(value, tuple):
        return (kind.__qualname__, tuple(map(identity, value)))
    if kind in (set, frozenset):
        return (kind.__qualname__, _bag(map(identity, value)))
    if kind is dict:
        return ("dict", _bag((identity(key), identity(item)) for key, item in value.items()))
    definition = CLASSES.get(name_of(kind), CLASSES[f"{name_of(Box)}[int]"] if kind is Box else None)
    if definition is not None and not isinstance(value, enum.Enum):
        return (kind.__qualname__, tuple(identity(getattr(value, spec["name"])) for spec in definition["fields"]))
    if kind in (Decimal, time):  # equal ones may be written in two ways, and arrive as they were written
        return (kind.__qualname__, str(value))
    if kind is np.ndarray:
        return ("ndarray", value.dtype.str, value.shape, value.tobytes())
    if kind in (datetime, timedelta, Fraction):
        return (kind.__qualname__, value)
    if isinstance(value, (File, Directory)):
        content = value.travelling()
        return (
            value.declared().text,
            content.url if isinstance(content, Elsewhere) else content.digest() if content else value.path,
        )
    return (kind.__qualname__, value.name if isinstance(value, enum.Enum) else value)


def _bag(items: Any) -> Any:
    """Items in any order; a dict may hold several NaN keys."""
    counted: dict[Any, int] = {}
    for item in items:
        counted[item] = counted.get(item, 0) + 1
    return frozenset(counted.items())
