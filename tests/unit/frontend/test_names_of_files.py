"""Files and directories are called in messages what the user calls them."""

from __future__ import annotations

import pytest
from frontend_sources import front

_OTHERS = "import os\nimport flytekit.types.file as files\nfrom dagwright import File, task\nfrom flytekit.types.directory import FlyteDirectory\nfrom flytekit.types.file import FlyteFile, JPEGImageFile\n\n\n"


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        ("File", "File"),
        ('File["csv"]', 'File["csv"]'),
        ("FlyteFile", "FlyteFile"),
        ("files.FlyteFile", "FlyteFile"),
        ('FlyteFile["csv"]', 'FlyteFile["csv"]'),
        ("FlyteDirectory", "FlyteDirectory"),
        ("JPEGImageFile", "JPEGImageFile"),
        ("os.PathLike", "os.PathLike"),
        ("list[FlyteFile]", "list[FlyteFile]"),
        ("FlyteFile | None", "FlyteFile | None"),
    ],
)
def test_a_type_is_spelled_as_it_is_written(annotation: str, name: str) -> None:
    found = front(f"{_OTHERS}@task\ndef one(x: {annotation} = 3) -> int:\n    return 1\n").only
    assert found.message == f"the default of `x` does not fit its annotation: expected `{name}`, found `int` (3)"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('FlyteFile("s3://a/b")', "FlyteFile"),
        ('FlyteFile["csv"]("s3://a/b")', 'FlyteFile["csv"]'),
        ('FlyteFile.from_source("s3://a/b")', "FlyteFile"),
        ('JPEGImageFile("s3://a/b")', "JPEGImageFile"),
        ('File("s3://a/b")', "File"),
    ],
)
def test_a_constant_is_spelled_as_it_is_written(value: str, name: str) -> None:
    found = front(f"{_OTHERS}@task\ndef one(x: int = {value}) -> int:\n    return 1\n").only
    assert f"expected `int`, found `{name}`" in found.message


def test_names_change_no_program() -> None:
    texts = [
        front(f"{_OTHERS}@task\ndef one(x: {name}) -> {name}:\n    return x\n") for name in ("File", "FlyteFile", "os.PathLike")
    ]
    interfaces = [(task.inputs, task.outputs) for task in (found.task("flow.one") for found in texts)]
    assert interfaces[0] == interfaces[1] == interfaces[2]
