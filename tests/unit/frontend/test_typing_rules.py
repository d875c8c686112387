from __future__ import annotations

import pytest
from frontend_sources import assert_marked

from dagwright.contract.types import parse
from dagwright_compiler.frontend.typing_rules import TypingRules, spell

ANCESTORS = {
    "m.Animal": (frozenset({"m.Animal"}), True),
    "m.Dog": (frozenset({"m.Dog", "m.Animal"}), True),
    "m.Cat": (frozenset({"m.Cat", "m.Animal"}), True),
    "m.Net": (frozenset({"m.Net"}), False),
    "m.Mode": (frozenset({"m.Mode", "str"}), True),
    "m.Pair": (frozenset({"m.Pair", "tuple"}), True),
    "m.Level": (frozenset({"m.Level", "int"}), True),
    "m.Row": (frozenset({"m.Row", "dict"}), True),
    "m.Loose": (frozenset({"m.Loose", "dict"}), True),
    "m.Point": (frozenset({"m.Point", "tuple"}), True),
}
FIELDS = {
    "m.Row": {"name": parse("str"), "size": parse("int")},
    "m.Loose": {"size": parse("int")},
    "m.Point": {"x": parse("int"), "y": parse("str")},
}
NEEDED = {**FIELDS, "m.Loose": {}}
RULES = TypingRules(ANCESTORS.get, FIELDS.get, NEEDED.get)


@pytest.mark.parametrize(
    ("source", "target", "verdict"),
    [
        ("int", "int", "yes"),
        ("int", "float", "yes"),
        ("float", "int", "no"),
        ("bool", "int", "no"),
        ("bool", "float", "no"),
        ("int", "bool", "no"),
        ("int", "str", "no"),
        ("str", "bytes", "no"),
        ("none", "int", "no"),
        ("datetime", "timedelta", "no"),
        ("int", "union[int, none]", "yes"),
        ("int", "union[float, none]", "yes"),
        ("none", "union[int, none]", "yes"),
        ("str", "union[int, none]", "no"),
        ("union[int, none]", "int", "no"),
        ("union[int, none]", "union[float, none]", "yes"),
        ("union[int, str]", "union[str, int, none]", "yes"),
        ("union[int, str]", "int", "no"),
        ("list[int]", "list[float]", "yes"),
        ("list[float]", "list[int]", "no"),
        ("list[unknown]", "list[int]", "unknown"),
        ("list[int]", "int", "no"),
        ("list[int]", "tuple[int]", "no"),
        ("dict[str, int]", "dict[str, float]", "yes"),
        ("dict[int, int]", "dict[str, int]", "no"),
        ("tuple[int, str]", "tuple[float, str]", "yes"),
        ("tuple[int]", "tuple[int, int]", "no"),
        ("tuple[int, int]", "vartuple[float]", "yes"),
        ("tuple[]", "vartuple[str]", "yes"),
        ("tuple[int, str]", "vartuple[int]", "no"),
        ("vartuple[int]", "tuple[int, int]", "unknown"),
        ("vartuple[int]", "tuple[int, str]", "no"),
        ("vartuple[int]", "vartuple[float]", "yes"),
        ("vartuple[int]", "list[int]", "no"),
        ("set[int]", "set[float]", "yes"),
        ("set[int]", "frozenset[int]", "no"),
        ("set[int]", "list[int]", "no"),
        ("list[int]", "union[list[int], vartuple[int]]", "yes"),
        ("tuple[int, int]", "union[list[int], vartuple[int]]", "yes"),
        ("class[m.Pair]", "vartuple[int]", "unknown"),
        ("unknown", "str", "unknown"),
        ("str", "unknown", "unknown"),
        ("class[m.Dog]", "class[m.Animal]", "no"),
        ("class[m.Animal]", "class[m.Dog]", "no"),
        ("class[m.Dog]", "class[m.Cat]", "no"),
        ("class[m.Dog]", "int", "no"),
        ("int", "class[m.Dog]", "no"),
        ("class[m.Mode]", "str", "yes"),
        ("class[m.Pair]", "tuple[int, int]", "unknown"),
        ("opaque[m.Net]", "opaque[torch.nn.Module]", "unknown"),
        ("opaque[m.Dog]", "opaque[torch.nn.Module]", "no"),
        ("opaque[x.A]", "opaque[x.B]", "unknown"),
        ("opaque[torch.nn.Module]", "table[pandas.DataFrame]", "no"),
        ("table[pandas.DataFrame]", "table[polars.DataFrame]", "yes"),
        ("table[pandas.DataFrame]", "table", "yes"),
        ("table", "table[pyarrow.Table]", "yes"),
        ("table", "class[m.Dog]", "no"),
        ("table", "opaque[x.A]", "unknown"),
        ("opaque[x.A]", "table", "unknown"),
        ("list[table]", "table", "no"),
        ("opaque[numpy.float64]", "float", "unknown"),
        ("int", "opaque[x.Number]", "unknown"),
        ("int", "table[pandas.DataFrame]", "no"),
        ("ndarray", "list[float]", "no"),
        ("ndarray", "table[pandas.DataFrame]", "no"),
        ("tensor", "ndarray", "no"),
        ("tensor", "list[float]", "no"),
        ("tensor", "opaque[torch.nn.Module]", "no"),
        ("tensor", "opaque[torch.nn.Parameter]", "unknown"),
        ("opaque[torch.nn.Parameter]", "tensor", "unknown"),
        ("dict[str, tensor]", "dict[str, tensor]", "yes"),
        ("list[class[m.Dog]]", "list[class[m.Animal]]", "no"),
        ("class[m.Level]", "float", "yes"),
        ("class[m.Level]", "bool", "no"),
        ("class[m.Pair]", "tuple[]", "unknown"),
        ("class[m.Point]", "tuple[int, str]", "unknown"),
        ("class[m.Point]", "tuple[int, int]", "no"),
        ("class[m.Point]", "tuple[int, str, str]", "no"),
        ("class[m.Point]", "vartuple[int]", "no"),
        ("class[m.Row]", "dict[str, union[int, str]]", "unknown"),
        ("class[m.Row]", "dict[str, int]", "no"),
        ("class[m.Row]", "dict[int, union[int, str]]", "no"),
        ("dict[str, union[int, str]]", "class[m.Row]", "unknown"),
        ("dict[str, union[int, none]]", "class[m.Row]", "no"),
        ("dict[str, unknown]", "class[m.Row]", "unknown"),
        ("dict[str, int]", "class[m.Row]", "no"),
        ("dict[int, unknown]", "class[m.Row]", "no"),
        ("dict[str, str]", "class[m.Loose]", "unknown"),
        ("class[m.Loose]", "dict[int, str]", "unknown"),
        ("file[csv]", "class[m.Dog]", "no"),
        ("file[csv]", "class[m.Row]", "no"),
        ("file", "class[m.Dog]", "no"),
        ("class[m.Dog]", "file[csv]", "no"),
        ("file[csv]", "opaque[torch.nn.Module]", "no"),
        ("file[csv]", "opaque[x.A]", "unknown"),
        ("table[pandas.DataFrame]", "opaque[m.Dog]", "no"),
    ],
)
def test_assignability(source: str, target: str, verdict: str) -> None:
    assert RULES.assignable(parse(source), parse(target)) == verdict


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("union[int, none]", "int | None"),
        ("list[dict[str, class[pkg.mod.Outer.Inner]]]", "list[dict[str, Inner]]"),
        ("tuple[]", "tuple[()]"),
        ("ndarray", "numpy.ndarray"),
        ("list[tensor]", "list[torch.Tensor]"),
        ("unknown", "Any"),
        ("opaque[torch.nn.Module]", "torch.nn.Module"),
    ],
)
def test_types_are_spelt_as_people_write_them(text: str, spelling: str) -> None:
    assert spell(parse(text)) == spelling


def test_every_kind_of_edge_is_checked() -> None:
    assert_marked(
        """\
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, List, Optional, Union
import numpy as np
import torch.nn as nn
from dagwright import map_task, task, workflow
@dataclass
class Base:
    x: float
@dataclass
class Child(Base):
    y: int = 1
class Color(Enum):
    RED = "r"
class Net(nn.Module): ...
class Mode(str, Enum):
    A = "a"
class Level(IntEnum):
    LOW = 1
@task
def i() -> int: ...
@task
def f() -> float: ...
@task
def opt() -> Optional[int]: ...
@task
def ints() -> List[int]: ...
@task
def child() -> Child: ...
@task
def base() -> Base: ...
@task
def net() -> Net: ...
@task
def arr() -> np.ndarray: ...
@task
def anything() -> Any: ...
@task
def take_int(v: int) -> None: ...
@task
def take_float(v: float) -> None: ...
@task
def take_opt(v: Optional[float]) -> None: ...
@task
def take_floats(v: List[float]) -> None: ...
@task
def take_base(v: Base) -> None: ...
@task
def take_child(v: Child) -> None: ...
@task
def take_module(v: nn.Module) -> None: ...
@task
def take_color(v: Color = Color.RED) -> None: ...
@task
def take_either(v: Union[int, str]) -> None: ...
@workflow
def main() -> None:
    take_float(v=i())
    take_int(v=f())  # E: DW304
    take_int(v=opt())  # E: DW304
    take_opt(v=opt())
    take_floats(v=ints())
    take_floats(v=i())  # E: DW304
    take_base(v=child())  # E: DW304
    take_child(v=base())  # E: DW304
    take_module(v=net())
    take_module(v=arr())  # E: DW304
    take_int(v=anything())
    take_color(v=Color.RED)
    take_color(v="r")  # E: DW305
    take_either(v=Mode.A)
    take_float(v=Level.LOW)
    take_either(v=Color.RED)  # E: DW305
    take_color(v=i())  # E: DW304
    take_either(v=1)
    take_either(v="a")
    take_either(v=1.5)  # E: DW305
    take_base(v=Base(1))
    take_base(v=Base("a"))  # E: DW305
    take_base(v=Base())  # E: DW401
    take_base(v=Base(z=1))  # E: DW402
    take_floats(v=[1, "a"])  # E: DW305
    map_task(take_base)(v=[Base(1), Base(x=2.5)])
    map_task(take_float)(v=ints())
    map_task(take_int)(v=arr())  # E: DW308
    map_task(take_int)(v=anything())
"""
    )
