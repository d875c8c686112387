from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from handmade import call, graph, library, literal, program, task, workflow
from msgspec.structs import replace

from dagwright.contract.types import INT, UNKNOWN, class_named, list_of
from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.ir.program import Cache, ClassDef, Field, Policy, Program, Workflow
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.passes.context import Context
from dagwright_compiler.passes.lint_duplicates import lint_duplicates
from dagwright_compiler.passes.lint_unused import lint_unused
from dagwright_compiler.passes.pipeline import run_passes
from dagwright_compiler.passes.reach import reach
from dagwright_compiler.passes.validate_names import validate_names
from dagwright_compiler.source import Span

if TYPE_CHECKING:
    from dagwright_compiler.passes.pipeline import Pass

QUIET = task("flow.quiet", outputs=0)
CACHED = task("flow.cached", cached=True)


def messages(step: Pass, entry: Workflow, *others: Workflow) -> list[str]:
    made = program(entry, *others, tasks=(QUIET, CACHED))
    context = Context(library(entry, *others, tasks=(QUIET, CACHED)), SpanTable(), Collector())
    assert step(made, context) is made
    return [found.message for found in context.diagnostics.sorted()]


def test_an_unused_result_is_a_warning() -> None:
    assert messages(lint_unused, workflow("flow.main", call("a"), call("b"), outputs=("b",))) == [
        "the result of `t` is never used"
    ]


def test_a_task_without_outputs_is_called_for_its_effect() -> None:
    assert messages(lint_unused, workflow("flow.main", call("a", task="flow.quiet"))) == []


def test_a_call_that_others_wait_for_is_used() -> None:
    assert messages(lint_unused, workflow("flow.main", call("a"), call("b", after=("a",)), outputs=("b",))) == []


def test_a_call_that_waits_for_another_is_there_for_its_effect() -> None:
    assert messages(lint_unused, workflow("flow.main", call("a"), call("b", after=("a",)), outputs=("a",))) == []


def test_an_unused_call_of_a_workflow_is_a_warning_only_with_outputs() -> None:
    loud = workflow("flow.loud", call("t"), outputs=("t",))
    quiet = workflow("flow.silent", call("t", task="flow.quiet"))
    entry = workflow("flow.main", graph("a", "flow.loud"), graph("b", "flow.silent"))
    assert messages(lint_unused, entry, loud, quiet) == ["the result of `loud` is never used"]


def test_equal_calls_of_a_cached_task_are_a_warning() -> None:
    nodes = [call(f"n{at}", task="flow.cached", a=literal(value)) for at, value in enumerate((1, 2, 1))]
    assert messages(lint_duplicates, workflow("flow.main", *nodes)) == ["`cached` is called twice with the same arguments"]


@pytest.mark.parametrize(
    "entry",
    [
        workflow("flow.main", call("a", a=literal(1)), call("b", a=literal(1))),
        workflow("flow.main", call("a", task="flow.cached", a=literal(1)), call("b", task="flow.cached", a=literal(2))),
        workflow("flow.main", call("a", task="flow.cached"), call("b", task="flow.cached", after=("a",))),
        workflow(
            "flow.main",
            call("a", task="flow.cached"),
            replace(call("b", task="flow.cached"), policy=Policy(cache=Cache(version="2"))),
        ),
    ],
    ids=["uncached", "other argument", "ordered", "other policy"],
)
def test_calls_that_may_differ_are_no_duplicates(entry: Workflow) -> None:
    assert messages(lint_duplicates, entry) == []


def test_a_duplicate_points_at_the_first_call() -> None:
    entry = workflow("flow.main", call("a", task="flow.cached"), call("b", task="flow.cached"))
    spans = SpanTable()
    spans.nodes["flow.main", "a", ""] = Span("flow.py", 3, 0, 3, 1)
    spans.nodes["flow.main", "b", ""] = Span("flow.py", 4, 0, 4, 1)
    context = Context(library(entry, tasks=(CACHED,)), spans, Collector())
    lint_duplicates(program(entry, tasks=(CACHED,)), context)
    (found,) = context.diagnostics.sorted()
    assert found.span == Span("flow.py", 4, 0, 4, 1)
    assert [label.span for label in found.related] == [Span("flow.py", 3, 0, 3, 1)]


@pytest.mark.parametrize(("name", "fine"), [("main", True), ("_1", True), ("größe", True), ("__", False), ("工作流", False)])
def test_a_workflow_needs_a_name_that_manifests_can_hold(name: str, fine: bool) -> None:
    assert (messages(validate_names, workflow(f"flow.{name}")) == []) == fine


def reached(entry: Workflow, classes: dict[str, ClassDef], **tasks: Field) -> Program:
    defined = {f"flow.{name}": replace(task(f"flow.{name}"), inputs=(field,)) for name, field in tasks.items()}
    made = Program(classes=classes, tasks={**defined, "flow.unused": task("flow.unused")}, workflow=entry)
    return reach(made, Context(library(entry), SpanTable(), Collector()))


def dataclass(*fields: Field) -> ClassDef:
    return ClassDef(kind="dataclass", module="flow", qualname="C", fields=fields)


def test_only_called_tasks_and_classes_of_their_types_stay() -> None:
    classes = {
        "flow.Outer": dataclass(Field(name="inner", type=list_of(class_named("flow.Inner")))),
        "flow.Inner": dataclass(Field(name="outer", type=class_named("flow.Outer"))),
        "flow.Other": dataclass(),
    }
    kept = reached(
        workflow("flow.main", call("a", task="flow.use")), classes, use=Field(name="a", type=class_named("flow.Outer"))
    )
    assert list(kept.tasks) == ["flow.use"]
    assert list(kept.classes) == ["flow.Inner", "flow.Outer"]


def test_a_class_that_only_a_literal_names_stays() -> None:
    classes = {"flow.Color": ClassDef(kind="enum", module="flow", qualname="Color", members=("RED",)), "flow.Other": dataclass()}
    value = {"$d": [["k", {"$u": "list[class[flow.Color]]", "v": ["RED"]}]]}
    entry = workflow("flow.main", call("a", task="flow.use", a=literal(value, UNKNOWN)))
    assert list(reached(entry, classes, use=Field(name="a", type=UNKNOWN)).classes) == ["flow.Color"]


def test_every_check_reports_before_the_pipeline_ends() -> None:
    entry = workflow("flow.main", call("a", after=("b",)), call("b", after=("a",)), call("c"), graph("me", "flow.main"))
    context = Context(library(entry), SpanTable(), Collector())
    assert run_passes(program(entry), context) is None
    assert sorted(found.code.id for found in context.diagnostics.sorted()) == ["DW490", "DW491", "DW493"]


def test_the_pipeline_gives_the_same_program_for_its_own_result() -> None:
    inner = workflow("flow.inner", call("t", a="$x"), inputs=("x",), outputs=("t",))
    entry = workflow("flow.main", call("a"), graph("s", "flow.inner", x="a"), call("b", a="s", after=("a",)), outputs=("b",))
    context = Context(library(entry, inner), SpanTable(), Collector())
    once = run_passes(program(entry, inner), context)
    assert once is not None
    assert run_passes(once, context) == once
    assert [node.after for node in once.workflow.nodes] == [(), (), ()]
    assert once.workflow.outputs[0].type == INT
