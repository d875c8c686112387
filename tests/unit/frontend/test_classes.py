from __future__ import annotations

import pytest
from frontend_sources import clean, front

from dagwright_compiler.ir.program import LiteralBinding

HEAD = """\
from dataclasses import KW_ONLY, InitVar, dataclass, field
from enum import Enum, IntEnum
from typing import Any, ClassVar, NamedTuple, Optional
from dagwright import task, workflow
@task
def anything(x: Any) -> None: ...
"""


def _source(classes: str, annotation: str, value: str) -> str:
    task = f"@task\ndef take(x: {annotation}) -> None: ...\n"
    return f"{HEAD}{classes}{task}@workflow\ndef main() -> None:\n    take(x={value})\n"


def _wire(classes: str, annotation: str, value: str) -> object:
    """The wire form of a static value that a workflow passes."""
    ((_, binding),) = clean(_source(classes, annotation, value)).workflow().nodes[0].bindings
    assert isinstance(binding, LiteralBinding)
    return binding.value


NESTED = """\
class Kind(Enum):
    X = 1
@dataclass
class Job:
    class Kind(Enum):
        A = 1
    kind: Kind = Kind.A
    other: "Optional[int]" = None
"""


def test_names_of_a_class_body_hide_those_of_the_module() -> None:
    assert _wire(NESTED, "Job", "Job()") == {"kind": "A", "other": None}
    assert (
        clean(_source(NESTED, "Job", "Job()")).elaborated.library.classes["flow.Job"].fields[0].type.text
        == "class[flow.Job.Kind]"
    )
    hidden = "SIZE = 1\n@dataclass\nclass Job:\n    SIZE: ClassVar[int] = 2\n    size: int = SIZE\n"
    assert _wire(hidden, "Job", "Job()") == {}
    assert _wire(hidden, "Job", "Job(3)") == {"size": 3}
    hidden = "A = 10\nclass E(Enum):\n    A = 1\n    B = A + 1\n"
    assert front(_source(hidden, "int", "E.B.value")).codes == ["DW410"]
    assert _wire(hidden, "E", "E.B") == "B"


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ("    x: int = 1\n    def __init__(self): self.x = 2\n", "Job()"),
        ("    _: KW_ONLY\n    x: int = 1\n", "Job(5)"),
        ("    x: int = field(default=1, kw_only=True)\n", "Job(5)"),
        ("    x: int = field(default=1, init=False)\n", "Job(5)"),
        ("    x: InitVar[int] = 1\n", "Job(5)"),
    ],
)
@pytest.mark.parametrize("base", ["", "Base"])
def test_a_call_that_python_reads_otherwise_is_not_computed(fields: str, value: str, base: str) -> None:
    classes = f"@dataclass\nclass {base or 'Job'}:\n{fields}    y: int = 2\n"
    if base:
        classes += f"@dataclass\nclass Job({base}):\n    z: int = 3\n"
    assert front(_source(classes, "Job", value)).codes == ["DW410"]


def test_defaults_that_only_a_class_knows_are_left_to_it() -> None:
    classes = """\
import torch
def compute(): return 1
@dataclass
class Inner:
    kind: str = torch.distributed.Backend.GLOO
@dataclass
class Job:
    inner: Inner = field(default_factory=Inner)
    seed: int = compute()
    size: int = 1
JOB = Job(size=2)
"""
    for value, fields in (
        ("JOB", {"size": 2}),
        ("Job(seed=3)", {"seed": 3, "size": 1}),
        ("Job(Inner('x'))", {"inner": {"kind": "x"}, "size": 1}),
    ):
        ((_, binding),) = clean(_source(classes, "Job", value)).workflow().nodes[0].bindings
        assert isinstance(binding, LiteralBinding)
        assert (binding.value, [crossed.text for crossed in binding.through]) == (fields, ["class[flow.Job]"])
    ((_, binding),) = clean(_source(classes, "Job", "Job(Inner('x'), 1)")).workflow().nodes[0].bindings
    assert not binding.through
    flow = "@task\ndef take(x: Job = JOB) -> None: ...\n@workflow\ndef main(x: Job = JOB) -> None:\n    take(x=x)\n"
    result = clean(f"{HEAD}{classes}{flow}")
    assert result.task("flow.take").inputs[0].deferred
    assert (result.workflow().inputs[0].default, result.workflow().inputs[0].deferred) == ({"size": 2}, True)


def test_instances_and_members_keep_their_class_where_any_value_goes() -> None:
    assert _wire(NESTED, "Any", "[Job(), Kind.X]") == [
        {"$u": "class[flow.Job]", "v": {"kind": "A", "other": None}},
        {"$u": "class[flow.Kind]", "v": "X"},
    ]


def test_keyword_only_fields_take_names() -> None:
    classes = "@dataclass(kw_only=True)\nclass Job:\n    x: int = 1\n    y: int = 2\n"
    assert _wire(classes, "Job", "Job(y=5)") == {"x": 1, "y": 5}
    assert front(_source(classes, "Job", "Job(5)")).codes == ["DW410"]


def test_members_of_an_enum_made_by_a_call_are_values() -> None:
    assert _wire('Color = Enum("Color", "RED BLUE")\n', "Color", "Color.RED") == "RED"
    assert front(_source('Color = Enum("Color", "RED BLUE")\n', "Color", "Color.GREEN")).codes == ["DW410"]


@pytest.mark.parametrize(
    "members",
    [
        "class E(str, Enum):\n    A = 1\n",
        "class E(float, Enum):\n    A = 1\n",
        "class E(Enum):\n    def __new__(cls, value):\n        made = object.__new__(cls)\n        made._value_ = 7\n        return made\n    A = 1\n",
    ],
)
def test_a_value_that_the_enum_makes_anew_is_not_known(members: str) -> None:
    assert front(_source(members, "Any", "E.A.value")).codes == ["DW410"]
    assert _wire(members, "E", "E.A") == "A"


@pytest.mark.parametrize(
    "expression", ["E.A == 'a'", "E.A in ['a']", "{'a': 1}.get(E.A)", "[E.A].count('a')", "P(1) == (1,)", "max(N.A, N.B)"]
)
def test_comparisons_that_a_class_may_define_are_not_computed(expression: str) -> None:
    classes = "class E(str, Enum):\n    A = 'a'\nclass N(IntEnum):\n    A = 1\n    B = 2\nclass P(NamedTuple):\n    x: int\n"
    assert front(_source(classes, "Any", expression)).codes == ["DW410"]


def test_members_of_plain_enums_equal_themselves() -> None:
    classes = "class E(Enum):\n    A = 'a'\n    B = 'b'\n"
    assert _wire(classes, "Any", "[E.A == E.A, E.A == E.B, E.A == 'a', E.A in (E.B, E.A), {E.A: 1}.get(E.A)]") == [
        True,
        False,
        False,
        True,
        1,
    ]


def test_named_tuples_are_returned_with_their_defaults() -> None:
    classes = "class Out(NamedTuple):\n    a: Optional[int]\n    b: Optional[int] = 5\n@task\ndef one() -> int: ...\n"
    for value, first in (("Out(1)", 1), ("Out(a=None)", None), ("Out(b=5, a=1)", 1)):
        outputs = clean(f"{HEAD}{classes}@workflow\ndef main() -> Out:\n    return {value}\n").workflow().outputs
        assert [output.binding.value for output in outputs if isinstance(output.binding, LiteralBinding)] == [first, 5]
    outputs = clean(f"{HEAD}{classes}@workflow\ndef main() -> Out:\n    return Out(one())\n").workflow().outputs
    assert isinstance(outputs[1].binding, LiteralBinding)
    assert outputs[1].binding.value == 5


def test_an_instance_of_another_class_is_no_named_tuple() -> None:
    classes = "class Out(NamedTuple):\n    a: Optional[int]\n@dataclass\nclass Other:\n    b: int\n"
    assert front(f"{HEAD}{classes}@workflow\ndef main() -> Out:\n    return Other(1)\n").codes == ["DW307"]


def test_the_value_of_a_member_is_told_from_the_member() -> None:
    classes = "class Color(Enum):\n    RED = 'red'\n    LOW = 1\n"
    for value, member in (("'red'", "RED"), ("1", "LOW")):
        found = front(_source(classes, "Color", value)).only
        assert found.code.id == "DW305"
        assert found.message.endswith(f"which is the value of `Color.{member}`")
        assert found.help == f"write `Color.{member}`"
    assert front(_source(classes, "Color", "'blue'")).only.message.endswith("expected `Color`, found `str` ('blue')")


@pytest.mark.parametrize(
    ("base", "kind"),
    [
        ("class Base(abc.ABC):\n    REGISTRY = {}\n    @abc.abstractmethod\n    def run(self): ...\n", "class"),
        ("class Base(metaclass=abc.ABCMeta):\n    '''Methods.'''\n    def to_json(self): ...\n", "class"),
        ("class Top: pass\nclass Base(Top):\n    @property\n    def size(self): ...\n", "class"),
        ("class Base:\n    def __init__(self): self.hidden = 1\n", "opaque"),
        ("class Base:\n    __slots__ = ('hidden',)\n", "opaque"),
        ("class Base:\n    hidden: int\n", "opaque"),
        ("class Top:\n    def __init__(self): self.hidden = 1\nclass Base(Top): pass\n", "opaque"),
        ("class Base(metaclass=Registering): pass\n", "opaque"),
        ("@registered\nclass Base: pass\n", "opaque"),
        ("class Base(dict): pass\n", "opaque"),
    ],
)
def test_a_base_that_adds_methods_alone_hides_no_field(base: str, kind: str) -> None:
    head = f"import abc\nfrom lib import Registering, registered\n{HEAD}"
    for form, fields in (
        ("@dataclass\nclass Job(Base):\n", ["x"]),
        ("@dataclass\nclass Own:\n    y: int = 0\n@dataclass\nclass Job(Base, Own):\n", ["y", "x"]),
    ):
        result = clean(f"{head}{base}{form}    x: int = 1\n@task\ndef take(x: Job) -> None: ...\n")
        assert result.task("flow.take").inputs[0].type.text == f"{kind}[flow.Job]"
        if kind == "class":
            assert [field.name for field in result.elaborated.library.classes["flow.Job"].fields] == fields
