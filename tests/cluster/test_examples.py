"""Every example, submitted to a live controller as its first lines say, gives what it gives on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from example_runs import EXAMPLES, RUNS, Example, comparable
from live_cluster import IMAGE_S3, NAMESPACE, kubectl, node_address, toml
from object_store_server import object_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from object_store_server import ObjectStoreServer

pytestmark = pytest.mark.cluster

ON_BOTH = ("orders_etl", "thumbnails")
CASES = [
    (example, store)
    for number, example in enumerate(RUNS)
    for store in (("file", "s3") if example.name in ON_BOTH else ("file", "s3")[number % 2 :][:1])
]
PROFILE = "live"


@pytest.fixture(scope="module")
def objects() -> Iterator[ObjectStoreServer]:
    """One object store for all examples, each of which has a prefix of its own."""
    with object_store(node_address()) as server:
        yield server


@pytest.fixture
def settings(argo: dict[str, Any], objects: ObjectStoreServer, store: str, tmp_path: Path) -> dict[str, Any]:
    """Settings of Argo for small pods with one of the stores."""
    small = {**argo, "namespace": NAMESPACE}
    if store == "file":
        return small
    del small["volumes"]
    credentials = {name: value for name, value in objects.environment.items() if name.startswith("AWS_")}
    return {**small, "store": f"{objects.url}/{tmp_path.name}", "image": IMAGE_S3, "env": credentials}


@contextmanager
def secrets_of(example: Example) -> Iterator[dict[str, str]]:
    """Secrets in the namespace for the length of a run; gives their names by group."""
    groups = {group for group, _ in example.secrets}
    names = {group: f"example-{uuid.uuid4().hex[:8]}" for group in groups}
    for group, name in names.items():
        literals = [f"--from-literal={key}={text}" for (of, key), text in example.secrets.items() if of == group]
        kubectl("create", "secret", "generic", name, *literals)
    try:
        yield names
    finally:
        for name in names.values():
            kubectl("delete", "secret", name)


def write_profile(project: Path, argo: Mapping[str, Any], image: str) -> None:
    """Add the cluster's settings to the project's own, as a profile; the image of the ImageSpec is one that is there."""
    own = project / "pyproject.toml"
    tables = {
        f"tool.dagwright.profiles.{PROFILE}.images": {"imaging": image},
        f"tool.dagwright.profiles.{PROFILE}.argo": argo,
    }
    lines = [
        line for name, table in tables.items() for line in ("", f"[{name}]", *(f"{key} = {toml(table[key])}" for key in table))
    ]
    own.write_text((own.read_text("utf-8") if own.exists() else "") + "\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize(("example", "store"), CASES, ids=[f"{example.name}-{store}" for example, store in CASES])
def test_an_example_gives_on_the_cluster_what_it_gives_here(
    example: Example, settings: dict[str, Any], objects: ObjectStoreServer, tmp_path: Path
) -> None:
    here = shutil.copytree(EXAMPLES / example.folder, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    program = str(Path(sys.executable).with_name("dagwright"))
    environment = {**os.environ, **objects.environment, **example.variables}

    def dagwright(*words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([program, *words], cwd=here, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done

    with secrets_of(example) as names:
        write_profile(here, {**settings, "secret_names": names}, settings["image"])
        name = dagwright("submit", "--profile", PROFILE, "--name-only", example.target, *example.inputs).stdout.strip()
        try:
            local = dagwright("run", "--store", (tmp_path / "local").as_uri(), example.target, *example.inputs)
            ended = dagwright("status", "--wait", name)
            assert comparable(json.loads(ended.stdout)) == comparable(json.loads(local.stdout))
            assert dagwright("outputs", name).stdout == ended.stdout
        finally:
            kubectl("delete", "workflow", name, "--wait=false")
