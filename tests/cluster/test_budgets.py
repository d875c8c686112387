"""Budgets and where code is, live: pods that the kernel kills get more memory, at nobody else's expense."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from pods import RUNTIME

from dagwright_compiler.runtime_archive import archive_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from live_cluster import Flow

pytestmark = pytest.mark.cluster

HUNGRY = """\
from pathlib import Path

from dagwright import RecoverableError, Resources, current_context, map_task, task, workflow

LIMITS = ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max")


def limit_mib() -> int:
    return next(int(Path(path).read_text()) for path in LIMITS if Path(path).exists()) >> 20


@task(limits=Resources(mem="96Mi"), requests=Resources(mem="64Mi"), retries=1)
def greedy(mib: int) -> int:
    if not current_context().checkpoint.prev_exists():
        current_context().checkpoint.write(b"was here")
        raise RecoverableError("not a matter of memory")
    held = bytearray(b"x") * (mib << 20)
    return limit_mib() if held else 0


@task(limits=Resources(mem="96Mi"), requests=Resources(mem="64Mi"))
def element(mib: int) -> int:
    held = bytearray(b"x") * (mib << 20)
    return limit_mib() if held else 0


@task(limits=Resources(mem="96Mi"), requests=Resources(mem="64Mi"))
def insatiable(mib: int) -> int:
    held = bytearray(b"x") * (mib << 20)
    return len(held)


@workflow
def fed(mib: int = 120) -> tuple[int, list[int]]:
    return greedy(mib=mib), map_task(element)(mib=[1, mib])


@workflow
def starved(mib: int = 400) -> int:
    return insatiable(mib=mib)
"""


@pytest.fixture
def growing(argo: dict[str, Any]) -> dict[str, Any]:
    return {**argo, "oom_retries": 2, "oom_memory_max": "200Mi"}


def test_killed_pods_get_more_memory_and_cost_the_user_no_retry(flows: Callable[..., Flow], growing: dict[str, Any]) -> None:
    run = flows(HUNGRY, "fed", growing).submit().succeeded()
    assert run.outputs() == [192, [96, 192]]
    recoverable, killed, succeeded = run.pods("greedy")
    assert "[memory 1 of 3: 96Mi, then 192Mi]" in recoverable["message"]
    assert killed["message"].startswith("main: OOMKilled"), killed
    assert "[memory 1 of 3: 96Mi, then 192Mi]" in killed["message"]
    assert succeeded["phase"] == "Succeeded"
    small, *large = sorted(run.pods("element"), key=lambda pod: pod["displayName"])
    assert [pod["phase"] for pod in (small, *large)] == ["Succeeded", "Failed", "Succeeded"]
    assert "the next attempt gets 192Mi of memory" in run.logs()


def test_a_task_that_cannot_have_enough_ends_at_the_bound(flows: Callable[..., Flow], growing: dict[str, Any]) -> None:
    run = flows(HUNGRY, "starved", {**growing, "oom_memory_max": "150Mi"}).submit().failed()
    marks = [pod["message"].rpartition("[")[2].strip() for pod in run.pods("insatiable")]
    assert marks == ["memory 1 of 2: 96Mi, then 150Mi]", "memory 2 of 2: 150Mi]"]


PLAIN = """\
from dagwright import task, workflow


@task
def inside(x: int) -> str:
    import dagwright
    return dagwright.__file__ + " " + __file__


@task
def beside(x: int) -> str:
    import dagwright
    return dagwright.__file__ + " " + __file__


@workflow
def main(x: int = 1) -> tuple[str, str]:
    return inside(x=x), beside(x=x)
"""


@pytest.fixture
def site(shared_folder: Path, tmp_path: Path) -> Path:
    """Packages as a wheel lays them out: what an image has in which dagwright is installed."""
    folder = shared_folder / f"{tmp_path.name}-site"
    shutil.copytree(RUNTIME / "dagwright", folder / "dagwright", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "dagwright_compiler").mkdir()
    (folder / "dagwright_compiler" / "_runtime.pyz").write_bytes(archive_bytes())
    return folder


def test_code_of_the_store_runs_on_installed_and_on_shipped_runtimes(
    flows: Callable[..., Flow], argo: dict[str, Any], settings: dict[str, Any], site: Path
) -> None:
    code = {"bundle": "store", "runtime": "image", "tasks": {"beside": {"runtime": "archive"}}, "volumes": argo["volumes"]}
    flow = flows(PLAIN, "main", {**settings, **code, "env": {**settings.get("env", {}), "PYTHONPATH": str(site)}})
    assert "def inside" not in flow.manifest
    run = flow.submit().failed()
    for node in ("inside", "beside"):
        (pod,) = run.pods(node)
        assert pod["outputs"]["exitCode"] == "82"
        assert "the code of this workflow, is not there: publish it with `dagwright publish`" in pod["message"]
    assert "published flow.main" in flow.publish()
    run.retry().wait(lambda run: run.status.get("phase") == "Succeeded")
    inside, beside = (text.split() for text in run.outputs())
    assert inside == [f"{site}/dagwright/__init__.py", "/dagwright/attempt/bundle/code/flow.py"]
    assert beside == ["/dagwright/runtime/dagwright.pyz/dagwright/__init__.py", "/dagwright/attempt/bundle/code/flow.py"]


def test_an_image_without_the_runtime_says_what_to_install(flows: Callable[..., Flow], argo: dict[str, Any]) -> None:
    settings = {**argo, "runtime": "image", "tasks": {"beside": {"runtime": "archive"}}}
    run = flows(PLAIN, "main", settings).submit().failed()
    (pod,) = run.pods("inside")
    assert pod["outputs"]["exitCode"] == "82"
    assert "this image lacks the runtime (No module named 'dagwright'): install dagwright==" in pod["message"]
    assert [pod["phase"] for pod in run.pods("beside")] == ["Succeeded"]
