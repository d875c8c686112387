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
        ('mem="lots"', "`lots` is not a valid quantity", 'write a number and a unit: `"500Mi"`, `"2"`, `"250m"`'),
    ],
)
def test_a_number_that_nobody_means_is_no_quantity(resources: str, message: str, help_text: str) -> None:
    found = front(_HEAD + _decorated(f"requests=Resources({resources})")).only
    assert (found.code.id, found.message, found.help) == ("DW504", message, help_text)


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
