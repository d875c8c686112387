"""Parts of promises: which there are, what type they have, and what is said of those that are not there."""

from __future__ import annotations

import pytest
from frontend_sources import assert_marked, body, clean

from dagwright_compiler.ir.program import InputBinding, OutputBinding

CLASSES = """
from dataclasses import dataclass

@dataclass
class Inner:
    name: str
    scores: List[float]

@dataclass
class Outer:
    inner: Inner
    table: Dict[int, Inner]
    pair: Tuple[int, str]
    maybe: Optional[Inner] = None

@task
def make(n: int) -> Outer:
    ...

@task
def makes(n: int) -> List[Pair]:
    ...

@task
def anything(n: int) -> Any:
    ...

"""


def _body(lines: str, signature: str = "def main(n: int, arg: Inner) -> None:") -> str:
    head, marker, rest = body(lines, signature).partition("@workflow\n")
    return head + CLASSES + marker + rest


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        ("text(s=make(n=n).inner.name)", ("inner", "name")),
        ("half(x=make(n=n).inner.scores[-1])", ("inner", "scores", -1)),
        ("text(s=make(n=n).table[7].name)", ("table", 7, "name")),
        ("number(x=make(n=n).pair[-2])", ("pair", 0)),
        ("text(s=makes(n=n)[0].label)", (0, "label")),
        ("text(s=makes(n=n)[0][1])", (0, "label")),
        ("number(x=anything(n=n)['k'][0])", ("k", 0)),
    ],
)
def test_a_path_leads_to_a_part_of_an_output(argument: str, path: tuple[int | str, ...]) -> None:
    *_, last = clean(_body(argument)).workflow().nodes
    (_, binding), *_ = last.bindings
    assert isinstance(binding, OutputBinding)
    assert binding.path == path


def test_a_part_of_an_input_and_of_a_named_output() -> None:
    made = clean(_body("text(s=arg.name, times=named(x=n).count)")).workflow()
    assert dict(made.nodes[-1].bindings) == {
        "s": InputBinding(name="arg", path=("name",)),
        "times": OutputBinding(node="named", output="count"),
    }


def test_a_tuple_within_a_value_can_be_unpacked() -> None:
    made = clean(_body("count, label = make(n=n).pair\ntext(s=label, times=count)")).workflow()
    assert dict(made.nodes[-1].bindings) == {
        "s": OutputBinding(node="make", output="o0", path=("pair", 1)),
        "times": OutputBinding(node="make", output="o0", path=("pair", 0)),
    }


def test_parts_that_are_not_there_stand_on_their_lines() -> None:
    assert_marked(
        _body(
            """
o = make(n=n)
xs = makes(n=n)
number(x=o.inner.name)  # E: DW304
text(s=o.iner)  # E: DW312
half(x=o.inner.scores['a'])  # E: DW312
half(x=o.inner.scores[n])  # E: DW408
total(xs=o.inner.scores[1:])
total(xs=o.inner.scores[::0])  # E: DW312
total(xs=o.inner.scores[n:])  # E: DW408
text(s=o.inner[1:])  # E: DW312
total(xs=o.inner.scores['a':])  # E: DW312
text(s=o.table['a'].name)  # E: DW312
number(x=o.pair[2])  # E: DW312
text(s=xs[0].missing)  # E: DW312
text(s=xs[0][2])  # E: DW312
text(s=xs.label)  # E: DW312
text(s=anything(n=n).key)  # E: DW312
text(s=o['inner'])  # E: DW312
text(s=o.maybe.name)  # E: DW312
text(s=n[0])  # E: DW312
number(x=o.inner.scores[1.5])  # E: DW312
"""
        )
    )


def test_a_part_of_what_may_be_none_says_what_to_declare() -> None:
    result = assert_marked(_body("text(s=make(n=n).maybe.name)  # E: DW312"))
    assert result.only.message == "`.maybe` of the result of `make` has no `.name`: `Inner | None` may be `None`"
    assert result.only.help == (
        "declare `Inner` where the value is made, or read it in the task that needs it: there it can be compared with `None`"
    )


def test_a_misspelt_field_names_the_right_one() -> None:
    result = assert_marked(_body("text(s=make(n=n).inner.nmae)  # E: DW312"))
    assert result.only.help == "did you mean `name`?"
    assert result.only.message.startswith("`.inner` of the result of `make` has no `.nmae`")
