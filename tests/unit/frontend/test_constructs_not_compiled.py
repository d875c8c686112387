"""What flytekit has and this version does not compile: one clear finding where it stands, naming a form that works."""

from __future__ import annotations

import pytest
from frontend_sources import front

HEAD = """\
from datetime import timedelta

from flytekit import (
    ContainerTask, CronSchedule, Email, FlyteRemote, LaunchPlan, Options, PythonFunctionTask, Workflow, WorkflowFailurePolicy, approve, conditional,
    dynamic, eager, get_reference_entity, kwtypes, reference_launch_plan, reference_task, reference_workflow, sleep, task, wait_for_input, workflow,
)
from flytekit.extras.tasks.shell import ShellTask
from flytekitplugins.openai import ChatGPTTask
from flytekitplugins.sqlalchemy import SQLAlchemyTask
from flytekitplugins.wandb import wandb_init


@task
def step(x: int) -> int:
    return x


@workflow
def inner(x: int) -> int:
    return step(x=x)


"""


def _main(body: str, *, above: str = "", decorator: str = "@workflow") -> str:
    return f"{HEAD}{above}\n\n{decorator}\ndef main(x: int) -> int:\n    {body}\n"


def _made(call: str) -> str:
    return _main("return made(x=x)", above=f"made = {call}")


def _decorated(decorator: str, body: str = "...") -> str:
    return _main("return made(x=x)", above=f"{decorator}\ndef made(x: int) -> int:\n    {body}")


SOURCES = {
    "conditional": (
        _main('return conditional("c").if_(x > 1).then(step(x=x)).else_().fail("no")'),
        "DW206",
        "decision into a task",
    ),
    "dynamic": (_decorated("@dynamic(retries=1)", "return step(x=x)"), "DW206", "`map_task`"),
    "eager": (_decorated("@eager", "return step(x=x)"), "DW206", "write a `@workflow`"),
    "launch plan": (
        _made('LaunchPlan.get_or_create(inner, "p", default_inputs={"x": 1})'),
        "DW206",
        "the workflow itself: `inner(...)`",
    ),
    "launch plan by name": (_made('LaunchPlan.create(name="p", workflow=inner)'), "DW206", "the workflow itself: `inner(...)`"),
    "launch plan in a body": (_main("return LaunchPlan.get_or_create(inner)(x=x)"), "DW206", "tool.dagwright.argo.schedules"),
    "reference task": (_decorated('@reference_task(project="p", domain="d", name="n", version="v")'), "DW206", "import the task"),
    "reference workflow": (
        _decorated('@reference_workflow(project="p", domain="d", name="n", version="v")'),
        "DW206",
        "import the workflow",
    ),
    "reference plan": (
        _decorated('@reference_launch_plan(project="p", domain="d", name="n", version="v")'),
        "DW206",
        "import the workflow",
    ),
    "container": (
        _made('ContainerTask(name="c", image="i", inputs=kwtypes(x=int), command=["ls"])'),
        "DW206",
        "from a Python task",
    ),
    "shell": (_made('ShellTask(name="c", script="ls", inputs=kwtypes(x=int))'), "DW206", "`subprocess`"),
    "plugin": (_made('SQLAlchemyTask("c", query_template="select 1")'), "DW206", "decorated with `@task`"),
    "plugin without inputs": (_made('ChatGPTTask(name="c", chatgpt_config={})'), "DW206", "decorated with `@task`"),
    "imperative": (
        _main("return x", above='made = Workflow(name="w")\nmade.add_workflow_input("x", int)'),
        "DW206",
        "with `@workflow`",
    ),
    "own kind of task": (_main("return x", above="class Mine(PythonFunctionTask):\n    pass"), "DW206", "no task imports"),
    "entity by reference": (
        _main("return x", above='made = get_reference_entity(1, "p", "d", "n", "v", {}, {})'),
        "DW206",
        "from its module",
    ),
    "remote": (_main("FlyteRemote()\n    return x"), "DW206", "`dagwright run`"),
    "plugin's decorator": (
        _main("return x", above='@task\n@wandb_init(project="p")\ndef made(x: int) -> int: ...'),
        "DW206",
        "inside the function",
    ),
    "options": (_main("return x", decorator="@workflow(default_options=Options())"), "DW502", "`[tool.dagwright.argo]`"),
}


@pytest.mark.parametrize(("source", "code", "form"), SOURCES.values(), ids=SOURCES)
def test_it_is_refused_by_name_with_a_form_that_works(source: str, code: str, form: str) -> None:
    errors = [found for found in front(source).found if found.is_error]
    assert [found.code.id for found in errors] == [code]
    assert form in errors[0].help
    assert errors[0].span is not None


def test_schedules_are_left_out_with_a_warning() -> None:
    above = 'plan = LaunchPlan.get_or_create(inner, "p", schedule=CronSchedule(schedule="0 0 * * *"), notifications=[Email([], ["a"])])'
    assert front(_main("return x", above=above)).codes == ["DW229"]
