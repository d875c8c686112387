"""One fix a case: what is written before, and what stands there afterwards."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from fixing_texts import fixed, fixed_text

HEAD = """\
from datetime import timedelta

from dagwright import Cache, Resources, map_task, task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@task
def total(values: list[int]) -> int:
    return sum(values)


@task
def shout(text: str) -> str:
    return text.upper()

"""


class Case(NamedTuple):
    before: str
    after: str


def tasked(keywords: str) -> str:
    return f"@task({keywords})\ndef f(x: int) -> int:\n    return x\n"


def body(*lines: str) -> str:
    return "@workflow\ndef main(x: int, xs: list[int]) -> None:\n" + "".join(f"    {line}\n" for line in lines)


CERTAIN = {
    "keyword": Case(tasked("retrys=2"), tasked("retries=2")),
    "argument": Case(body("total(value=xs)"), body("total(values=xs)")),
    "name": Case(body("doubel(x=x)"), body("double(x=x)")),
    "field of resources": Case(tasked('requests=Resources(memory="1Gi")'), tasked('requests=Resources(mem="1Gi")')),
    "ignored input": Case(
        '@task(cache=True, cache_version="1", cache_ignore_input_vars=("treshold",))\ndef f(threshold: int) -> int:\n    return 1\n',
        '@task(cache=True, cache_version="1", cache_ignore_input_vars=("threshold",))\ndef f(threshold: int) -> int:\n    return 1\n',
    ),
    "quantity": Case(tasked('requests=Resources(mem="100MiB")'), tasked('requests=Resources(mem="100Mi")')),
    "single quotes": Case(tasked("requests=Resources(mem='100MiB')"), tasked("requests=Resources(mem='100Mi')")),
    "thousandths of a byte": Case(tasked('limits=Resources(mem="512m")'), tasked('limits=Resources(mem="512Mi")')),
    "version as a number": Case(tasked("cache=True, cache_version=1"), tasked('cache=True, cache_version="1"')),
    "version of Cache": Case(tasked("cache=Cache(version=1.0)"), tasked('cache=Cache(version="1.0")')),
    "seconds with a fraction": Case(tasked("timeout=1.5"), tasked("timeout=timedelta(seconds=1.5)")),
    "retries as text": Case(tasked('retries="3"'), tasked("retries=3")),
    "retries as a float": Case(tasked("retries=3.0"), tasked("retries=3")),
    "environment of numbers": Case(
        tasked('environment={"A": 1, "B": "b", "C": 2.5}'), tasked('environment={"A": "1", "B": "b", "C": "2.5"}')
    ),
    "dict of resources": Case(tasked('requests={"cpu": "1", "memory": "1Gi"}'), tasked('requests=Resources(cpu="1", mem="1Gi")')),
    "call of dict": Case(tasked('requests=dict(cpu="1")'), tasked('requests=Resources(cpu="1")')),
    "tuple for a list": Case(body("total(values=(1, 2))"), body("total(values=[1, 2])")),
    "tuple of results": Case(body("a = double(x=1)", "total(values=(a, 2))"), body("a = double(x=1)", "total(values=[a, 2])")),
    "print": Case(body('print("a")', "double(x=x)"), body("double(x=x)")),
    "print over several lines": Case(body("print(", '    "a",', ")  # why", "double(x=x)"), body("double(x=x)")),
    "print alone": Case(body('print("a")'), body("pass")),
    "print beside another": Case(body('print("a"); double(x=x)'), body("pass; double(x=x)")),
    "comment that ignores too much": Case(
        body("double(x=x)  # dagwright: ignore[DW493, DW409] known"), body("double(x=x)  # dagwright: ignore[DW493] known")
    ),
    "comment that ignores nothing": Case(
        "@task\ndef f(x: int) -> int:  # dagwright: ignore[DW301]\n    return x\n", "@task\ndef f(x: int) -> int:\n    return x\n"
    ),
    "comment on a line of its own": Case("# dagwright: ignore-file[DW301]\nX = 1\n", "X = 1\n"),
    "comment before another": Case("X = 1  # dagwright: ignore[DW301] why # noqa\n", "X = 1  # noqa\n"),
    "misspelt comment": Case(body("double(x=x)  # dagwright: ingore[DW493]"), body("double(x=x)  # dagwright: ignore[DW493]")),
}
GUESSES = {
    "version of a cache": Case(tasked("cache=True, retries=2"), tasked('cache=True, cache_version="1", retries=2')),
    "version of an empty Cache": Case(tasked("cache=Cache()"), tasked('cache=Cache(version="1")')),
    "version of a Cache": Case(tasked("cache=Cache(serialize=True)"), tasked('cache=Cache(serialize=True, version="1")')),
    "empty version": Case(tasked('cache=True, cache_version=""'), tasked('cache=True, cache_version="1"')),
    "version without a cache": Case(tasked('cache_version="1"'), tasked('cache=True, cache_version="1"')),
    "too many retries": Case(tasked("retries=11"), tasked("retries=10")),
    "retries below nothing": Case(tasked("retries=-1"), tasked("retries=0")),
    "limit below the request": Case(
        tasked('requests=Resources(cpu="2"), limits=Resources(cpu="1")'),
        tasked('requests=Resources(cpu="2"), limits=Resources(cpu="2")'),
    ),
    "timeout of nothing": Case(tasked("retries=1, timeout=timedelta(seconds=-1)"), tasked("retries=1")),
    "memory of a task": Case(tasked('mem="1Gi"'), tasked('requests=Resources(mem="1Gi")')),
    "image of the environment": Case(
        "import os\n" + tasked('container_image=os.getenv("IMAGE", "python:3.11")'),
        "import os\n" + tasked('container_image="python:3.11"'),
    ),
    "image by a constant of the environment": Case(
        "import os\nIMAGE = os.environ.get('IMAGE', 'python:3.11')\n" + tasked("container_image=IMAGE"),
        "import os\nIMAGE = 'python:3.11'\n" + tasked("container_image=IMAGE"),
    ),
    "image by another word": Case(tasked('image="python:3.11"'), tasked('container_image="python:3.11"')),
    "number as text": Case(body("double(x='3')"), body("double(x=3)")),
    "text as a number": Case(body("shout(text=3)"), body('shout(text="3")')),
    "default as text": Case(
        "@task\ndef f(x: int = '3') -> int:\n    return x\n", "@task\ndef f(x: int = 3) -> int:\n    return x\n"
    ),
    "annotation of a default": Case(
        "@task\ndef f(x=3) -> int:\n    return x\n", "@task\ndef f(x: int = 3) -> int:\n    return x\n"
    ),
    "argument given twice": Case(body("double(x, x=x)"), body("double(x)")),
    "map of a call": Case(body("map_task(double(x=xs))"), body("map_task(double)(x=xs)")),
    "map of a call with options": Case(
        body("map_task(double(x=xs), concurrency=2)"), body("map_task(double, concurrency=2)(x=xs)")
    ),
    "print of a call": Case(body("print(double(x=x))", "double(x=1)"), body("double(x=1)")),
    "nothing after return": Case(body("double(x=x)", "return", "double(x=2)", "double(x=3)"), body("double(x=x)", "return")),
}


@pytest.mark.parametrize("case", CERTAIN.values(), ids=CERTAIN)
def test_what_is_certain_is_fixed(case: Case) -> None:
    assert fixed_text(HEAD + case.before) == HEAD + case.after


@pytest.mark.parametrize("case", GUESSES.values(), ids=GUESSES)
def test_guesses_are_fixed_on_request_only(case: Case) -> None:
    assert fixed_text(HEAD + case.before) == HEAD + case.before
    assert fixed_text(HEAD + case.before, unsafe=True) == HEAD + case.after


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(body("double(colour=x)"), id="a name that is nothing like the other"),
        pytest.param(body("shout(text='a', txt='b')"), id="an argument that is given already"),
        pytest.param(tasked('requests=Resources(mem="100" "MiB")'), id="a literal in two parts"),
        pytest.param(tasked('requests=Resources(mem=f"{100}MiB")'), id="an f-string"),
        pytest.param("SIZE = '100MiB'\n" + tasked("requests=Resources(mem=SIZE)"), id="a constant elsewhere"),
        pytest.param(tasked("retries='many'"), id="a word for a number"),
        pytest.param("import os\n" + tasked('container_image=os.getenv("IMAGE")'), id="a variable without a default"),
        pytest.param("import os\n" + tasked('container_image=os.getenv("IMAGE", 3)'), id="a default that is no text"),
        pytest.param(tasked("image=3"), id="an image that is no text"),
        pytest.param(tasked('image="a", container_image="b"'), id="two images"),
        pytest.param(tasked("secret_requests=[3]"), id="a secret that is no text"),
        pytest.param(tasked("retries=True"), id="a bool for a number"),
        pytest.param(tasked("requests={'cpu': '1', 'colour': 'red'}"), id="a dict that is not of resources"),
    ],
)
def test_what_nobody_can_know_is_left(before: str) -> None:
    assert fixed(dict.fromkeys(["flow.py"], HEAD + before), unsafe=True).changes == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["token", "key"]', '[Secret(key="token"), Secret(key="key")]'),
        ("('token',)", "[Secret(key='token')]"),
        ('"token"', '[Secret(key="token")]'),
    ],
)
def test_names_of_secrets_become_secrets(before: str, after: str) -> None:
    imported = HEAD.replace(
        "import Cache, Resources, map_task, task, workflow", "import Cache, Resources, Secret, map_task, task, workflow"
    )
    text = fixed_text(HEAD + tasked(f"secret_requests={before}"), unsafe=True)
    assert text == imported + tasked(f"secret_requests={after}")


def test_an_import_is_renamed_with_its_uses_and_other_files_stay() -> None:
    parts = "from dagwright import task\n\n\n@task\ndef double(x: int) -> int:\n    return x\n"
    flow = "from dagwright import workflow\nfrom parts import doubel\n\n\n@workflow\ndef main() -> int:\n    return doubel(x=1)\n"
    done = fixed({"parts.py": parts, "flow.py": flow})
    assert [(change.path, change.after.decode()) for change in done.changes] == [("flow.py", flow.replace("doubel", "double"))]
    assert (done.fixed, done.found) == (1, ())


def test_an_import_with_another_name_is_renamed_alone() -> None:
    parts = "from dagwright import task\n\n\n@task\ndef double(x: int) -> int:\n    return x\n"
    flow = "from dagwright import workflow\nfrom parts import doubel as d\n\n\n@workflow\ndef main() -> int:\n    return d(x=1)\n"
    assert fixed({"parts.py": parts, "flow.py": flow}).changes[0].after.decode() == flow.replace("doubel", "double")
