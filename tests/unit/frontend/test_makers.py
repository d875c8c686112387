"""Decorators of a project: what their forms add up to, and what is said of those that are not read."""

from __future__ import annotations

import pytest
from frontend_sources import clean, front

HEAD = """\
import functools
import os
from dagwright import Resources, map_task, task, workflow

def logged(function):
    @functools.wraps(function)
    def inner(*arguments, **keywords):
        return function(*arguments, **keywords)
    return inner

def plain(x: int) -> int:
    return x

partial_task = functools.partial(task, retries=2, timeout=5)
ready = task(retries=3)

def direct(function, retries=4):
    return task(function, retries=retries)

def factory(retries, *, timeout=7, **more):
    return task(retries=retries, timeout=timeout, **more)

def spread(**more):
    return task(**{"retries": 1, **more})

def nested(**more):
    "A docstring."
    def inner(function):
        return partial_task(function, **more)
    return inner

def either(function=None, *, retries=6, **more):
    if function is None:
        return functools.partial(either, retries=retries, **more)
    return task(function, retries=retries, **more)

def of_another():
    return nested(retries=8)

def itself(function):
    return itself(function)

def needy(function, timeout):
    return task(function, timeout=timeout)

def branching(**more):
    if more:
        return task(**more)
    return task
"""


def _task(decorator: str) -> str:
    return f"{HEAD}\n{decorator}\ndef flow(x: int) -> int:\n    return x\n"


@pytest.mark.parametrize(
    ("decorator", "retries", "timeout_s"),
    [
        ("@partial_task", 2, 5),
        ("@partial_task()", 2, 5),
        ("@partial_task(retries=0)", 0, 5),
        ("@ready", 3, 0),
        ("@direct", 4, 0),
        ("@functools.partial(direct, retries=1)", 1, 0),
        ("@factory(1)", 1, 7),
        ("@factory(retries=1, timeout=2)", 1, 2),
        ('@factory(1, cache=True, cache_version="1")', 1, 7),
        ("@functools.partial(factory, 1)()", None, None),
        ("@functools.partial(factory, retries=1)()", 1, 7),
        ("@spread()", 1, 0),
        ("@spread(retries=5, timeout=1)", 5, 1),
        ("@nested()", 2, 5),
        ("@nested(retries=9)", 9, 5),
        ("@either", 6, 0),
        ("@either()", 6, 0),
        ("@either(retries=1, timeout=3)", 1, 3),
        ("@of_another()", 8, 5),
        ("@task\n@logged", 0, 0),
        ("@partial_task\n@logged", 2, 5),
        ("@functools.partial(functools.partial(task, retries=1), timeout=9)", 1, 9),
        ("@task(**{'retries': 4})", 4, 0),
    ],
)
def test_forms_add_up(decorator: str, retries: int | None, timeout_s: int | None) -> None:
    if retries is None:
        assert "DW501" in front(_task(decorator)).codes
        return
    policy = clean(_task(decorator)).task("flow.flow").policy
    assert (policy.retries, policy.timeout_s) == (retries, timeout_s)


@pytest.mark.parametrize(
    ("decorator", "code", "message"),
    [
        ("@branching", "DW513", "`branching` makes tasks, but does more than return one"),
        ("@branching()", "DW513", "`branching` makes tasks"),
        ("@needy", "DW513", "`needy` makes tasks"),
        ("@factory", "DW503", "`factory` takes keywords before the function"),
        ("@factory()", "DW503", "`factory` lacks the argument `retries`"),
        ("@factory(1, 2)", "DW503", "`factory` takes fewer positional arguments"),
        ("@factory(1, retires=2)", "DW501", "`@task` has no keyword `retires`"),
        ("@direct(retries=1)", "DW503", "`direct` takes the function first"),
        ("@of_another(retries=1)", "DW501", "`of_another` has no parameter `retries`"),
        ("@task(retries=1)()", "DW503", "`task(retries=1)` takes the function next"),
        ("@functools.partial(task, 3)", "DW501", "`functools.partial` of a decorator takes keywords only"),
        ("@logged\n@direct", "DW208", "`@logged` stands above `@task`"),
        ("@direct\n@task", "DW512", "`flow` is made a task twice"),
        ("@factory(os.cpu_count())", "DW410", "`retries`"),
        ("@factory(11)", "DW506", "`retries` must be between 0 and 10"),
        ("@partial_task(retries='1')", "DW503", "`retries` takes an int"),
    ],
)
def test_what_is_not_read_is_refused_where_it_is_used(decorator: str, code: str, message: str) -> None:
    found = front(_task(decorator)).only
    assert found.code.id == code
    assert message in found.message


def test_an_ordinary_decorator_makes_no_task() -> None:
    for decorator in ("@logged", "@itself", "@functools.cache"):
        assert clean(_task(decorator)).elaborated.tasks == ()


def test_a_name_for_a_task_of_a_function_is_that_task() -> None:
    source = f"""{HEAD}
made = task(plain, retries=1)

@workflow
def main(n: int = 1) -> list[int]:
    first = made(x=n)
    return map_task(functools.partial(made))(x=[first])
"""
    result = clean(source)
    assert result.task("flow.plain").policy.retries == 1
    assert [node.task for node in result.workflow().nodes] == ["flow.plain", "flow.plain"]


def test_a_function_of_another_module_becomes_a_task_of_the_one_that_says_so() -> None:
    result = clean(
        {
            "lib.py": "def plain(x: int) -> int:\n    return x\n",
            "flow.py": "import lib\nfrom dagwright import task\nmade = task(retries=1)(lib.plain)\n",
        },
        files=["flow.py"],
    )
    found = result.task("flow.plain")
    assert (found.module, found.function) == ("lib", "plain")


def test_a_decorator_is_followed_through_modules() -> None:
    result = clean(
        {
            "lib/__init__.py": "from .decorators import big\n",
            "lib/decorators.py": (
                "import functools\nimport dagwright as dw\nfrom .sizes import LARGE\nbig = functools.partial(dw.task, requests=LARGE)\n"
            ),
            "lib/sizes.py": "from dagwright import Resources\nLARGE = Resources(mem='64Gi')\n",
            "flow.py": "import lib\n@lib.big\ndef one() -> int:\n    return 1\n@lib.big(retries=1)\ndef two() -> int:\n    return 1\n",
        },
        files=["flow.py"],
    )
    for name, retries in (("flow.one", 0), ("flow.two", 1)):
        policy = result.task(name).policy
        assert policy.requests is not None
        assert (policy.requests.mem, policy.retries) == ("64Gi", retries)


@pytest.mark.parametrize(
    ("lines", "code", "message"),
    [
        ("@task\ndef done(x: int) -> int: ...\nmade = task(done)", "DW512", "`done` is a task already"),
        ("a = task(plain)\nb = task(plain, retries=1)", "DW205", "`plain` is made a task of this name twice"),
        (
            "def steps() -> None: ...\na = workflow(steps)\nb = workflow(steps)",
            "DW205",
            "`steps` is made a workflow of this name twice",
        ),
        ("def parts(x: int) -> list[int]:\n    yield x\nmade = task(parts)", "DW512", "the task `parts` yields"),
        ("async def later() -> None: ...\nmade = workflow(later)", "DW512", "the workflow `later` is async"),
        ("made = task(plain, retires=1)", "DW501", "`@task` has no keyword `retires`"),
        ("made = branching(plain)", "DW513", "`branching` makes tasks"),
    ],
)
def test_what_cannot_be_made_a_task_is_refused(lines: str, code: str, message: str) -> None:
    found = front(f"{HEAD}\n{lines}\n").only
    assert found.code.id == code
    assert message in found.message


def test_a_task_of_a_lambda_is_refused_where_it_is_called() -> None:
    source = f"{HEAD}\nmade = task(lambda x: x)\n\n@workflow\ndef main(n: int = 1) -> None:\n    made(x=n)\n"
    found = front(source).only
    assert found.code.id == "DW512"
    assert "`made` is made of something other than a function of a module" in found.message
