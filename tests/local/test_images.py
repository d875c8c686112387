"""What an image is made of stands in the plan, and a run here has no use for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ways_of_running import WAYS, execute, write_project

if TYPE_CHECKING:
    from pathlib import Path

FLOW = """
from dagwright import ImageSpec, task, workflow

IMAGE = ImageSpec(name="flows", registry="ghcr.io/acme", packages=["numpy==2.1.0"], env={"A": "1"})


@task(container_image=IMAGE)
def double(n: int) -> int:
    return 2 * n


@workflow
def main(n: int = 4) -> int:
    return double(n=double(n=n))
"""


@pytest.mark.parametrize("way", WAYS)
def test_tasks_with_images_run(way: str, tmp_path: Path) -> None:
    done = execute(write_project(tmp_path, FLOW), way, "main")
    assert (done.returncode, done.stdout) == (0, "16\n"), done.stderr
