from __future__ import annotations

import pytest
from frontend_sources import clean

from dagwright.contract.types import parse
from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.ir.program import Binding, Program
from dagwright_compiler.passes.context import Context
from dagwright_compiler.passes.inline import inline
from dagwright_compiler.passes.reach import reach

HEAD = """\
from dataclasses import dataclass
from typing import Any, List, Optional, Union
from dagwright import map_task, task, workflow
@dataclass
class Box:
    size: int
@task
def one() -> int: ...
@task
def many() -> List[int]: ...
@task
def anything(x: Any) -> Any: ...
@task
def real(x: float) -> float: ...
@task
def either(x: Union[int, float]) -> str: ...
"""


def _flat(source: str) -> Program:
    front = clean(HEAD + source)
    library = front.elaborated.library
    program = Program(classes=library.classes, tasks=library.tasks, workflow=front.workflow())
    context = Context(library, front.elaborated.spans, Collector())
    return reach(inline(program, context), context)


def _through(binding: Binding) -> list[str]:
    return [declared.text for declared in binding.through]


def _bound(source: str, node: str) -> Binding:
    return next(dict(found.bindings)["x"] for found in _flat(source).workflow.nodes if found.id == node)


def _sub(declared: str, inside: str = "anything(x=v)") -> str:
    return f"@workflow\ndef sub(v: {declared}) -> None:\n    {inside}\n"


@pytest.mark.parametrize(
    ("declared", "argument", "through"),
    [
        ("float", "one()", ["float"]),
        ("float", "2", []),
        ("float", "anything(x=1)", ["float"]),
        ("int", "one()", []),
        ("Any", "one()", []),
        ("Optional[int]", "one()", []),
        ("Optional[float]", "one()", ["union[float, none]"]),
        ("List[int]", "many()", []),
        ("List[Any]", "many()", []),
        ("List[float]", "many()", ["list[float]"]),
    ],
)
def test_a_value_takes_the_type_of_the_input_that_it_crosses(declared: str, argument: str, through: list[str]) -> None:
    source = f"{_sub(declared)}@workflow\ndef main() -> None:\n    sub(v={argument})\n"
    assert _through(_bound(source, "sub-anything")) == through


def test_a_task_that_declares_the_same_type_needs_no_word_of_it() -> None:
    source = f"{_sub('float', 'real(x=v)')}@workflow\ndef main() -> None:\n    sub(v=one())\n"
    assert _through(_bound(source, "sub-real")) == []
    source = f"{_sub('List[float]', 'map_task(real)(x=v)')}@workflow\ndef main() -> None:\n    sub(v=many())\n"
    assert _through(_bound(source, "sub-real")) == []


def test_the_types_of_nested_calls_are_taken_in_turn() -> None:
    inner = "@workflow\ndef inner(v: Union[int, float]) -> None:\n    anything(x=v)\n"
    source = f"{inner}{_sub('float', 'inner(v=v)')}@workflow\ndef main(n: int) -> None:\n    sub(v=n)\n"
    assert _through(_bound(source, "sub-inner-anything")) == ["float"]
    inner = "@workflow\ndef inner(v: float) -> None:\n    anything(x=v)\n"
    source = f"{inner}{_sub('Any', 'inner(v=v)')}@workflow\ndef main() -> None:\n    sub(v=3)\n"
    assert _through(_bound(source, "sub-inner-anything")) == ["float"]


def test_a_value_takes_the_type_of_the_output_that_it_crosses() -> None:
    sub = "@workflow\ndef sub() -> float:\n    return one()\n"
    assert _through(_bound(f"{sub}@workflow\ndef main() -> None:\n    either(x=sub())\n", "either")) == ["float"]
    (output,) = _flat(f"{sub}@workflow\ndef main() -> float:\n    return sub()\n").workflow.outputs
    assert _through(output.binding) == []
    (output,) = _flat(f"{sub}@workflow\ndef main() -> Any:\n    return sub()\n").workflow.outputs
    assert _through(output.binding) == ["float"]


def test_classes_that_only_a_crossing_names_are_kept() -> None:
    source = f"{_sub('Box')}@workflow\ndef main() -> None:\n    sub(v=anything(x=1))\n"
    program = _flat(source)
    assert list(program.classes) == ["flow.Box"]
    assert dict(program.workflow.nodes[1].bindings)["x"].through == (parse("class[flow.Box]"),)
