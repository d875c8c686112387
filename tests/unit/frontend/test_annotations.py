from __future__ import annotations

import pytest
from frontend_sources import assert_marked, clean, front

HEAD = """\
from __future__ import annotations
import collections.abc
import datetime as dt
import enum
import typing
import typing as ty
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Dict, List, NamedTuple, NewType, Optional, Tuple, TypeVar, Union
import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
import torch.nn as nn
from torch import Tensor
from dagwright import task
from other import Shape, Rows as Table
T = TypeVar("T")
Rows = List[Dict[str, float]]
UserId = NewType("UserId", int)
class Plain: ...
class Outer:
    @dataclass
    class Inner:
        x: int
class Color(enum.Enum):
    RED = 1
"""
OTHER = "from dataclasses import dataclass\nRows = list[int]\n@dataclass\nclass Shape:\n    sides: int\n    next: 'Shape | None' = None\n"


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int", "int"),
        ("'float'", "float"),
        ("bytes", "bytes"),
        ("datetime", "datetime"),
        ("dt.datetime", "datetime"),
        ("timedelta", "timedelta"),
        ("List[int]", "list[int]"),
        ("list[list[str]]", "list[list[str]]"),
        ("typing.Dict[str, ty.List[bool]]", "dict[str, list[bool]]"),
        ("list", "list[unknown]"),
        ("dict", "dict[unknown, unknown]"),
        ("Tuple[int, str]", "tuple[int, str]"),
        ("tuple[()]", "tuple[]"),
        ("Optional[int]", "union[int, none]"),
        ("int | None", "union[int, none]"),
        ("None | int | str | int", "union[int, str, none]"),
        ("Union[int, Union[str, None]]", "union[int, str, none]"),
        ("'List[\"Shape\"]'", "list[class[other.Shape]]"),
        ("Shape", "class[other.Shape]"),
        ("Outer.Inner", "class[flow.Outer.Inner]"),
        ("Color", "class[flow.Color]"),
        ("Plain", "opaque[flow.Plain]"),
        ("np.ndarray", "ndarray"),
        ("npt.NDArray[np.float64]", "ndarray"),
        ("nn.Module", "opaque[torch.nn.Module]"),
        ("torch.Tensor", "tensor"),
        ("Dict[str, Tensor]", "dict[str, tensor]"),
        ("pd.DataFrame", "table[pandas.DataFrame]"),
        ("dt.date", "date"),
        ("dt.time", "time"),
        ("Any", "unknown"),
        ("object", "unknown"),
        ("T", "unknown"),
        ("UserId", "int"),
        ("Rows", "list[dict[str, float]]"),
        ("Table", "list[int]"),
        ("Annotated[int, 'seconds']", "int"),
        ("Optional[type(None)]", "none"),
        ("set", "set[unknown]"),
        ("typing.Set[str]", "set[str]"),
        ("typing.MutableSet[str]", "set[str]"),
        ("frozenset[int]", "frozenset[int]"),
        ("typing.FrozenSet[int]", "frozenset[int]"),
        ("typing.AbstractSet[int]", "union[set[int], frozenset[int]]"),
        ("collections.abc.Set[int]", "union[set[int], frozenset[int]]"),
        ("tuple", "vartuple[unknown]"),
        ("Tuple", "vartuple[unknown]"),
        ("tuple[int, ...]", "vartuple[int]"),
        ("typing.Sequence[int]", "union[list[int], vartuple[int]]"),
        ("collections.abc.Iterable[str]", "union[list[str], vartuple[str], set[str], frozenset[str]]"),
        ("typing.Mapping[str, int]", "dict[str, int]"),
        ("collections.abc.MutableMapping[str, int]", "dict[str, int]"),
        ("typing.Mapping", "dict[unknown, unknown]"),
    ],
)
def test_reads_types(annotation: str, expected: str) -> None:
    source = f"{HEAD}@task\ndef t(x: {annotation}) -> None: ...\n"
    result = clean({"flow.py": source, "other.py": OTHER}, ["flow.py"])
    assert result.task("flow.t").inputs[0].type.text == expected


def test_classes_that_types_name_are_in_the_library() -> None:
    source = f"{HEAD}@task\ndef t(x: Shape) -> Color: ...\n"
    classes = clean({"flow.py": source, "other.py": OTHER}, ["flow.py"]).elaborated.library.classes
    assert sorted(classes) == ["flow.Color", "other.Shape"]
    assert [(field.name, field.type.text, field.has_default) for field in classes["other.Shape"].fields] == [
        ("sides", "int", False),
        ("next", "union[class[other.Shape], none]", True),
    ]


@pytest.mark.parametrize(
    ("annotation", "outputs", "returns"),
    [
        ("int", [("o0", "int")], "single"),
        ("None", [], "none"),
        ("'None'", [], "none"),
        ("Tuple[int, str]", [("o0", "int"), ("o1", "str")], "tuple"),
        ("(int, int)", [("o0", "int"), ("o1", "int")], "tuple"),
        ("Optional[Tuple[int, str]]", [("o0", "union[tuple[int, str], none]")], "single"),
        ("Pair", [("left", "int"), ("right", "str")], "namedtuple"),
        ("'Pair'", [("left", "int"), ("right", "str")], "namedtuple"),
        ("Made", [("a", "int"), ("b", "float")], "namedtuple"),
        ("Short", [("p", "unknown"), ("q", "unknown")], "namedtuple"),
        ("NamedTuple('Out', a=int, b=str)", [("a", "int"), ("b", "str")], "namedtuple"),
        ("NamedTuple('Out', [('a', int)])", [("a", "int")], "namedtuple"),
    ],
)
def test_reads_outputs(annotation: str, outputs: list[tuple[str, str]], returns: str) -> None:
    source = (
        f"{HEAD}from collections import namedtuple\nclass Pair(NamedTuple):\n    left: int\n    right: str = 'x'\n"
        f"Made = NamedTuple('Made', [('a', int), ('b', float)])\nShort = namedtuple('Short', 'p q')\n"
        f"@task\ndef t() -> {annotation}: ...\n"
    )
    task = clean({"flow.py": source, "other.py": OTHER}, ["flow.py"]).task("flow.t")
    assert ([(field.name, field.type.text) for field in task.outputs], task.returns) == (outputs, returns)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("FlyteFile", "file"),
        ("flytekit.FlyteFile", "file"),
        ("flytekit.types.file.FlyteFile", "file"),
        ("dagwright.File", "file"),
        ("os.PathLike", "file"),
        ("os.PathLike[str]", "file"),
        ('FlyteFile["csv"]', "file[csv]"),
        ('FlyteFile[" .csv"]', "file[csv]"),
        ("FlyteFile[None]", "file"),
        ('FlyteFile[""]', "file"),
        ('FlyteFile[TypeVar("csv")]', "file[csv]"),
        ("FlyteFile[csv]", "file[csv]"),
        ("FlyteFile[FORMAT]", "file[csv]"),
        ('FlyteFile[Literal["csv"]]', "file[csv]"),
        ('FlyteFile[Annotated[str, FileExt("tar.gz")]]', "file[tar.gz]"),
        ("FlyteFile[TAR]", "file[tar.gz]"),
        ('"FlyteFile[csv]"', "file[csv]"),
        ("JPEGImageFile", "file[jpeg]"),
        ("flytekit.types.file.HDF5EncodedFile", "file[hdf5]"),
        ("Renamed", "file[png]"),
        ("FlyteDirectory", "directory"),
        ('FlyteDirectory["tfrecords"]', "directory[tfrecords]"),
        ("TensorboardLogs", "directory[tensorboard]"),
        ("dagwright.Directory", "directory"),
        ("Annotated[FlyteDirectory, BatchSize(10)]", "directory"),
        ('Optional[FlyteFile["csv"]]', "union[file[csv], none]"),
        ('dict[str, list[FlyteFile["csv"]]]', "dict[str, list[file[csv]]]"),
        ("FlyteFile | None", "union[file, none]"),
    ],
)
def test_files_and_directories_are_read_in_every_spelling(annotation: str, text: str) -> None:
    head = """\
import os
import dagwright
import flytekit
from typing import Annotated, Literal, Optional, TypeVar
from flytekit import BatchSize, task
from flytekit.types.directory import FlyteDirectory, TensorboardLogs
from flytekit.types.file import FileExt, FlyteFile, JPEGImageFile, PNGImageFile
csv = TypeVar("csv")
FORMAT = "csv"
TAR = Annotated[str, FileExt("tar.gz")]
Renamed = PNGImageFile
"""
    assert clean(f"{head}@task\ndef t(x: {annotation}) -> None: ...\n").task("flow.t").inputs[0].type.text == text


def test_a_task_without_return_annotation_has_no_outputs() -> None:
    assert clean("from dagwright import task\n@task\ndef t(x: int):\n    print(x)\n").task("flow.t").returns == "none"


def test_types_that_cannot_travel_say_so() -> None:
    assert_marked(
        """\
from typing import Callable, Generator, Iterator, Literal, Sequence, TextIO, Tuple
from dagwright import task
from flytekit.types.file import FlyteFile
@task
def t(
    aa: FlyteFile[3],  # E: DW302
    ab: FlyteFile["a/b"],  # E: DW302
    a: set,
    b: Tuple[int, ...],
    c: Sequence[int],
    d: Literal["a", "b"],
    e: Callable,  # E: DW303
    f: FlyteFile[len],  # E: DW302
    g: 3,  # E: DW302
    h: Missing,  # E: DW201
    i: "list[",  # E: DW302
    j: dict[str],  # E: DW302
    k,  # E: DW301
    l: task,  # E: DW302
    m: tuple,
    n: Iterator[int],  # E: DW303
    o: Generator[int, None, None],  # E: DW303
    p: TextIO,  # E: DW303
    q: list[int, str],  # E: DW302
) -> None: ...
@task
def u(*args: int, **kwargs: int) -> None: ...  # E: DW310 DW310
@task
def v(x: int, /) -> None: ...  # E: DW310
"""
    )


@pytest.mark.parametrize(
    "body",
    [
        "@unknown_decorator\n@dataclass\nclass C:\n    x: int\n",
        "class C(nn.Module):\n    x: int\n",
        "class C(Base, metaclass=Meta):\n    x: int\n",
        "class P:\n    y: int\n@dataclass\nclass C(P):\n    x: int\n",
        "@dataclass\nclass P:\n    y: int\nclass C(P):\n    x: int\n",
    ],
)
def test_a_class_whose_fields_are_uncertain_is_opaque(body: str) -> None:
    source = f"from dataclasses import dataclass\nimport torch.nn as nn\nfrom lib import unknown_decorator, Base, Meta\nfrom dagwright import task\n{body}@task\ndef t(c: C) -> None: ...\n"
    assert clean(source).task("flow.t").inputs[0].type.text == "opaque[flow.C]"


def test_dataclasses_inherit_fields_across_modules_and_take_dataclass_json() -> None:
    sources = {
        "base.py": "from dataclasses import dataclass, field\n@dataclass\nclass Base:\n    a: int\n    b: list[str] = field(default_factory=list)\n",
        "flow.py": "from dataclasses import dataclass, field\nfrom typing import ClassVar\nfrom dataclasses_json import dataclass_json, DataClassJsonMixin\n"
        "from dagwright import task\nfrom base import Base\n"
        "@dataclass_json\n@dataclass(frozen=True)\nclass C(Base, DataClassJsonMixin):\n    kind: ClassVar[str] = 'c'\n    b: list[str] = field(default_factory=lambda: ['x'])\n"
        "    c: float = 1\n    d: float = compute()\n    def method(self): ...\n@task\ndef t(c: C) -> None: ...\n",
    }
    fields = clean(sources, ["flow.py"]).elaborated.library.classes["flow.C"].fields
    assert [(f.name, f.type.text, f.has_default, f.default, f.deferred) for f in fields] == [
        ("a", "int", False, None, False),
        ("b", "list[str]", True, ["x"], False),
        ("c", "float", True, 1.0, False),
        ("d", "float", False, None, True),
    ]


def test_enums_list_their_members() -> None:
    source = """\
from enum import Enum, IntEnum, auto
from dagwright import task
class Level(IntEnum):
    LOW = 1
    HIGH = 2
    TOP = 2
    _ignore_ = ["x"]
    def label(self): ...
class Mode(str, Enum):
    A = "a"
    B = "b"
Made = Enum("Made", "X Y")
class Auto(Enum):
    P = auto()
@task
def t(a: Level, b: Mode, c: Made, d: Auto = Auto.P) -> None: ...
"""
    classes = clean(source).elaborated.library.classes
    assert {name: definition.members for name, definition in classes.items()} == {
        "flow.Level": ("LOW", "HIGH", "TOP"),
        "flow.Mode": ("A", "B"),
        "flow.Made": ("X", "Y"),
        "flow.Auto": ("P",),
    }


def test_classes_that_inherit_from_each_other_are_no_endless_loop() -> None:
    front("from dagwright import task\nclass A(B): ...\nclass B(A): ...\n@task\ndef t(a: A) -> B: ...\n")


def test_a_long_chain_of_classes_is_read() -> None:
    classes = (
        "".join(f"@dataclass\nclass C{i}:\n    x: 'C{i + 1}'\n" for i in range(1500)) + "@dataclass\nclass C1500:\n    x: int\n"
    )
    source = f"from dataclasses import dataclass\nfrom dagwright import task\n{classes}@task\ndef t(c: C0) -> None: ...\n"
    assert len(clean(source).elaborated.library.classes) == 1501


@pytest.mark.parametrize(
    ("parameter", "default"),
    [
        ("x: float = 1", 1.0),
        ("x: Optional[int] = None", None),
        ("x: list[float] = [1, 2.5]", [1.0, 2.5]),
        ("x: int | str = 'a'", {"$u": "str", "v": "a"}),
    ],
)
def test_defaults_are_stored_in_the_declared_type(parameter: str, default: object) -> None:
    field = (
        clean(f"from typing import Optional\nfrom dagwright import task\n@task\ndef t({parameter}) -> None: ...\n")
        .task("flow.t")
        .inputs[0]
    )
    assert (field.has_default, field.default, type(field.default)) == (True, default, type(default))


@pytest.mark.parametrize(
    "parameter",
    ["x: int = 1.0", "x: int = True", "x: float = True", "x: str = None", "x: list[int] = (1,)", "x: list[int] = ['a']"],
)
def test_a_default_that_does_not_fit_is_found(parameter: str) -> None:
    assert front(f"from dagwright import task\n@task\ndef t({parameter}) -> None: ...\n").codes == ["DW306"]
