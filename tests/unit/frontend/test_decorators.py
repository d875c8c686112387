from __future__ import annotations

import pytest
from frontend_sources import assert_marked, clean, front

from dagwright_compiler.ir.program import Cache, Policy, Resources

HEAD = "from datetime import timedelta\nfrom dagwright import Cache, Resources, task, workflow\nfrom settings import IMAGE, BIG\n"
SETTINGS = "from flytekit import Resources\nREGISTRY = 'ghcr.io/acme'\nIMAGE = f'{REGISTRY}/train:1.2'\nBIG = Resources(cpu='8', mem='32Gi')\n"


def _policy(keywords: str) -> Policy:
    source = f"{HEAD}@task({keywords})\ndef t(x: int, y: int = 1) -> int: ...\n"
    return clean({"flow.py": source, "settings.py": SETTINGS}, ["flow.py"]).task("flow.t").policy


@pytest.mark.parametrize(
    ("keywords", "policy"),
    [
        ("", Policy()),
        ("cache=True, cache_version='1.0'", Policy(cache=Cache(version="1.0"))),
        ("cache=False, cache_version='1.0'", Policy()),
        (
            "cache=True, cache_version='1', cache_serialize=True, cache_ignore_input_vars=('y',)",
            Policy(cache=Cache(version="1", ignore=("y",), serialize=True)),
        ),
        ("cache=Cache(version='2', ignored_inputs='y')", Policy(cache=Cache(version="2", ignore=("y",)))),
        ("cache=Cache('2', True)", Policy(cache=Cache(version="2", serialize=True))),
        ("retries=10", Policy(retries=10)),
        ("timeout=90", Policy(timeout_s=90)),
        ("timeout=0", Policy()),
        ("timeout=timedelta(hours=1)", Policy(timeout_s=3600)),
        ("timeout=timedelta(milliseconds=1500)", Policy(timeout_s=1.5)),
        ("requests=Resources(cpu=2, mem='100Mi', gpu='1')", Policy(requests=Resources(cpu="2", mem="100Mi", gpu="1"))),
        (
            "requests=Resources('500m', '1Gi'), limits=BIG",
            Policy(requests=Resources(cpu="500m", mem="1Gi"), limits=Resources(cpu="8", mem="32Gi")),
        ),
        ("limits=Resources(cpu=0.5, ephemeral_storage='1e9')", Policy(limits=Resources(cpu="0.5", ephemeral_storage="1e9"))),
        ("container_image=IMAGE", Policy(image="ghcr.io/acme/train:1.2")),
        ("environment={'A': '1', 'B': f'{2}'}", Policy(environment=(("A", "1"), ("B", "2")))),
        ("interruptible=True", Policy(interruptible=True)),
        (
            "cache=True, cache_version='1', retries=0, container_image=None, environment=None, requests=None, timeout=None",
            Policy(cache=Cache(version="1")),
        ),
    ],
)
def test_reads_policies(keywords: str, policy: Policy) -> None:
    assert _policy(keywords) == policy


def test_decorators_that_differ_in_the_version_alone_keep_their_own() -> None:
    tasks = "".join(
        f"@task(cache=True, cache_version={version}, retries=1)\ndef t{n}(x: int) -> int: ...\n"
        for n, version in enumerate(("'1'", "'2'", '"1"', "'1' '2'", "'\\x00'", "f'{1}2'"))
    )
    off = "".join(f"@task(cache=False, cache_version='{n}')\ndef off{n}(x: int) -> int: ...\n" for n in range(2))
    found = clean({"flow.py": f"{HEAD}{tasks}{off}", "settings.py": SETTINGS}, ["flow.py"])
    policies = [found.task(f"flow.t{n}").policy for n in range(6)]
    assert policies == [Policy(cache=Cache(version=version), retries=1) for version in ("1", "2", "1", "12", "\0", "12")]
    assert [found.task(f"flow.off{n}").policy for n in range(2)] == [Policy(), Policy()]


def test_decorators_that_are_wrong_alike_are_all_told_of() -> None:
    assert_marked(
        """\
from flytekit import task
@task(cache=True, cache_version='', retries=1)  # E: DW508
def a(x: int) -> int: ...
@task(cache=True, cache_version='1', retries=-1)  # E: DW506
def b(x: int) -> int: ...
@task(cache=True, cache_version='2', retries=-1)  # E: DW506
def c(x: int) -> int: ...
@task(cache_version='1')  # E: DW509
def d(x: int) -> int: ...
@task(cache_version='2')  # E: DW509
def e(x: int) -> int: ...
"""
    )


def test_everything_wrong_is_found_in_one_run() -> None:
    assert_marked(
        """\
from datetime import timedelta
from flytekit import Cache, ImageSpec, Resources, Secret, task, workflow
import os
@task(
    cache=True,  # E: DW508
    retries=11,  # E: DW506
    timeout=1.5,  # E: DW503
    retrys=1,  # E: DW501
    requests=Resources(cpu="4", mem="100MiB"),  # E: DW504
    limits=Resources(cpu="2", memory="1Gi"),  # E: DW501
    task_config=object(),  # E: DW410
    secret_requests=[Secret("a", "b", "c", "env")],  # E: DW503
    environment={"A": 1},  # E: DW503
    container_image=ImageSpec(nam="x"),  # E: DW501
    interruptible="yes",  # E: DW503
)
def a(x: int) -> int: ...
@task(cache=True, cache_version=1)  # E: DW503
def b(x: int) -> int: ...
@task(cache_version="1")  # E: DW509
def c(x: int) -> int: ...
@task(cache=Cache(version="1", ignored_inputs=("z",)))  # E: DW509
def d(x: int) -> int: ...
@task(cache=True, cache_version="")  # E: DW508
def e(x: int) -> int: ...
@task(timeout=timedelta(0))  # E: DW507
def f(x: int) -> int: ...
@task(timeout=-5)  # E: DW507
def g(x: int) -> int: ...
@task(
    requests=Resources(cpu="4", mem="2Gi"),
    limits=Resources(cpu="3500m", mem="2000Mi"),  # E: DW505 DW505
)
def h(x: int) -> int: ...
@task(container_image="{{.image.gpu.fqn}}")  # E: DW511
def i(x: int) -> int: ...
@task(container_image="a b")  # E: DW503
def j(x: int) -> int: ...
@task(container_image=os.environ["IMAGE"])  # E: DW410
def k(x: int) -> int: ...
@task(requests="1Gi")  # E: DW503
def l(x: int) -> int: ...
@task(**{"retries": 1, "retrys": 2})  # E: DW501
def m(x: int) -> int: ...
@task("name")  # E: DW501
def n(x: int) -> int: ...
@workflow(on_failure=a)  # E: DW503
def o() -> None: ...
@task(requests=Resources(cpu=("1", "2")))  # E: DW503
def p(x: int) -> int: ...
@task(requests=Resources(gpu="0.5", mem="1m"))  # E: DW504 DW504
def q(x: int) -> int: ...
"""
    )


@pytest.mark.parametrize(
    ("quantity", "help_"),
    [
        ("100MiB", "did you mean `100Mi`?"),
        ("100mb", "did you mean `100M`?"),
        ("2gb", "did you mean `2G`?"),
        ("2 Gi", "did you mean `2Gi`?"),
        ("2gi", "did you mean `2Gi`?"),
        ("1kb", "did you mean `1k`?"),
        ("lots", 'write a number and a unit: `"500Mi"` or `"2Gi"`'),
    ],
)
def test_a_wrong_quantity_gets_the_right_one(quantity: str, help_: str) -> None:
    found = front(f"{HEAD}@task(requests=Resources(mem='{quantity}'))\ndef t() -> None: ...\n").found[-1]
    assert (found.code.id, found.help) == ("DW504", help_)


def test_both_quantities_are_shown_where_a_limit_is_lower() -> None:
    source = "from dagwright import Resources, task\nSMALL = Resources(mem='1Gi')\n@task(requests=Resources(mem='2Gi'), limits=SMALL)\ndef t() -> None: ...\n"
    found = front(source).only
    assert found.message == "the limit of `mem` is 1Gi, lower than the request 2Gi"
    assert found.span is not None
    assert (found.span.line, [label.span.line for label in found.related]) == (2, [3])


def test_misplaced_decorators_are_found() -> None:
    assert_marked(
        """\
import functools
from flytekit import dynamic, task, workflow
@functools.cache  # E: DW208
@task
def hidden() -> int: ...
@task
@functools.wraps(print)
def wrapped() -> int: ...
@functools.cache  # E: DW208
@workflow
def cached() -> None: ...
@dynamic  # E: DW206
def loop() -> None: ...
@task
async def later() -> int: ...
if True:
    @task
    def maybe() -> int: ...  # E: DW208
@tsak  # E: DW201
def misspelt() -> int: ...
@task
def twice() -> int: ...  # E: DW205
@task
def twice() -> str: ...
"""
    )


def test_a_task_inside_a_task_is_a_warning_on_the_call() -> None:
    result = assert_marked(
        """\
from dagwright import task, workflow
import helpers
@task
def inner(x: int) -> int:
    return x
@workflow
def flow() -> None: ...
@task
def outer(x: int) -> int:
    '''Says inner(x) in its docstring.'''
    text = "inner(x)"  # inner(x)
    def nested(inner):
        return inner(x)
    flow()  # E: DW416
    return sum(map(nested, [x])) + inner(  # E: DW416
        x=x
    )
@task
def shadowed(inner: int) -> int:
    return inner(inner)
"""
    )
    assert not any(found.is_error for found in result.found)
