"""What findings about keywords mark, say and propose."""

from __future__ import annotations

import pytest
from frontend_sources import body, front

_HEAD = "import functools\nfrom dagwright import Resources, Secret, TaskMetadata, current_context, map_task, task, workflow\n\n\n"
_NODE = "@task\ndef one(a: int, b: int = 1) -> int:\n    return a + b\n\n\n@workflow\ndef main(xs: list[int]) -> None:\n    "


def _decorated(keywords: str, inside: str = "return 1") -> str:
    return f"@task({keywords})\ndef one() -> int:\n    {inside}\n"


def _secret(group: str, key: str) -> str:
    reading = f'return len(current_context().secrets.get("{group}", "{key}"))'
    return _decorated('secret_requests=[Secret(group="db", key="password")]', reading)


@pytest.mark.parametrize(
    ("source", "marked", "help_text"),
    [
        (_decorated("retrys=3"), "retrys", "did you mean `retries`?"),
        (_decorated("requests=Resources(cpus=2)"), "cpus", "did you mean `cpu`?"),
        (_decorated('secret_requests=[Secret(group="a", kye="b")]'), "kye", "did you mean `key`?"),
        (_NODE + 'one(a=1).with_overrides(nodename="x")\n', "nodename", "did you mean `node_name`?"),
        (_NODE + "map_task(one, concurency=2)(a=xs, b=xs)\n", "concurency", "did you mean `concurrency`?"),
        (_NODE + "map_task(one, metadata=TaskMetadata(retrys=2))(a=xs, b=xs)\n", "retrys", "did you mean `retries`?"),
    ],
)
def test_an_unknown_keyword_is_marked_by_its_name(source: str, marked: str, help_text: str) -> None:
    found = next(found for found in front(_HEAD + source).found if found.code.id == "DW501")
    assert found.span is not None
    line = (_HEAD + source).splitlines()[found.span.line - 1]
    assert (line[found.span.column : found.span.end_column], found.help) == (marked, help_text)


@pytest.mark.parametrize(
    ("resources", "message", "help_text"),
    [
        ("mem=4", "`4` of `mem` counts bytes, and is too little for any task", "did you mean `4Gi`?"),
        ('mem="512"', "`512` of `mem` counts bytes, and is too little for any task", "did you mean `512Mi`?"),
        (
            "ephemeral_storage=10",
            "`10` of `ephemeral_storage` counts bytes, and is too little for any task",
            "did you mean `10Gi`?",
        ),
        ("cpu=4000", "`4000` of `cpu` counts whole CPUs, and no machine has as many", "did you mean `4000m`?"),
        ('mem="lots"', "`lots` is not a valid quantity", 'write a number and a unit: `"500Mi"` or `"2Gi"`'),
    ],
)
def test_a_number_that_nobody_means_is_no_quantity(resources: str, message: str, help_text: str) -> None:
    found = front(_HEAD + _decorated(f"requests=Resources({resources})")).only
    assert (found.code.id, found.message, found.help) == ("DW504", message, help_text)


@pytest.mark.parametrize(
    ("keywords", "message", "help_text"),
    [
        ('timeout="1h"', "`timeout` takes whole seconds or a timedelta, found `str` ('1h')", "write `timedelta(hours=1)`"),
        ('timeout="5 minutes"', "found `str` ('5 minutes')", "write `timedelta(minutes=5)`"),
        ('timeout="soon"', "found `str` ('soon')", "write `timedelta(minutes=5)`"),
        ("timeout=1.5", "found `float` (1.5)", "write `timedelta(seconds=1.5)`"),
        ("retries=2.5", "`retries` takes an int", "write a whole number: `retries=3`"),
        ('interruptible="yes"', "`interruptible` takes `True` or `False`", "write `True`"),
        ('interruptible="no"', "`interruptible` takes `True` or `False`", "write `False`"),
        ("interruptible=[]", "`interruptible` takes `True` or `False`", "write `True`, or leave it out"),
        ('requests="1Gi"', "`requests` takes `Resources(...)`", 'write `Resources(mem="1Gi")`'),
        ('requests="500m"', "`requests` takes `Resources(...)`", 'write `Resources(cpu="500m")`'),
        ('environment={"A": 1}', "takes a dict of texts, found `int` (1) for `A`", 'write `"1"`'),
        ('environment=["A=1"]', "takes a dict of texts, found `list[str]`", 'write `{"A": "1"}`'),
        ('container_image="my image"', "`my image` is not the name of an image", 'write `"my-image"`'),
        ('container_image=""', "the name of the image is empty", 'write `"registry/name:tag"`, or leave it out'),
        (
            'pod_template="gpu"',
            "`pod_template` takes `PodTemplate(...)`",
            'a template of the cluster goes by its name: `pod_template_name="gpu"`',
        ),
        ('"ghcr.io/x:1"', "`@task` takes keywords only", 'name the value: `container_image="ghcr.io/x:1"`'),
        ('Resources(mem="1Gi")', "`@task` takes keywords only", "name the value: `requests=Resources(...)`"),
        (
            'resources=Resources(mem="1Gi"), limits=Resources(mem="1Gi")',
            "`resources` cannot stand beside `limits`",
            "leave one of them out",
        ),
        ('cache=True, version="1"', "`@task` has no keyword `version`", "write `cache_version`"),
        ('cache="yes", cache_version="1"', "`cache` takes `True`, `False` or `Cache(...)`", 'write `Cache(version="1")`'),
        ("cache_serialize=True", "`cache_serialize` has no effect without `cache=True`", "add `cache=True`"),
        ('secret_requests=[Secret(grp="a")]', "`Secret` has no keyword `grp`", "did you mean `group`?"),
        (
            'requests=Resources(cpu="500Mi")',
            "`500Mi` is a size, and `cpu` is a number of CPUs",
            'write a number of CPUs, `"2"`, or thousandths of one, `"250m"`',
        ),
    ],
)
def test_what_to_write_instead_of_a_wrong_value(keywords: str, message: str, help_text: str) -> None:
    found = front(_HEAD + _decorated(keywords)).only
    assert message in found.message
    assert found.help == help_text


@pytest.mark.parametrize("resources", ["mem=2**30", 'mem="1048576"', "cpu=64", 'mem="1Mi"', 'ephemeral_storage="0"', "gpu=8"])
def test_a_number_that_may_be_meant_stays(resources: str) -> None:
    assert front(_HEAD + _decorated(f"requests=Resources({resources})")).found == ()


@pytest.mark.parametrize(
    ("call", "help_text"),
    [
        (
            "map_task(one)(a=xs, b=3)",
            "if it is the same for all elements, bind it: `map_task(functools.partial(one, b=3))(...)`",
        ),
        ("map_task(number)(x=3)", "give `list[int]`, or call `number` without `map_task`"),
    ],
)
def test_one_value_where_a_map_takes_a_list(call: str, help_text: str) -> None:
    source = body(call, signature="def main(xs: list[int]) -> None:")
    found = next(f for f in front(source.replace("@workflow", _NODE.partition("@workflow")[0] + "@workflow")).found)
    assert (found.code.id, found.help) == ("DW308", help_text)


def test_a_misspelt_secret_is_the_nearest_that_the_task_asks_for() -> None:
    found = front(_HEAD + _secret("db", "pasword")).only
    assert (found.code.id, found.help) == ("DW433", "did you mean `db/password`?")
    (label,) = found.related
    assert (label.text, label.span.line) == ("this does not ask for it", _HEAD.count("\n") + 1)
    assert "secret_requests=[Secret(" in front(_HEAD + _secret("mail", "token")).only.help


def test_secrets_that_could_not_be_read_are_told_of_once() -> None:
    source = _decorated('secret_requests=["password"]', 'return len(current_context().secrets.get(key="password"))')
    assert front(_HEAD + source).codes == ["DW503"]
