"""Every example, submitted to a live controller as its first lines say, gives what it gives on this machine, with its values in files and on S3."""

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
from live_cluster import NAMESPACE, delete, kubectl, toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.cluster


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


def write_profile(project: Path, profile: str, general: Mapping[str, Any], argo: Mapping[str, Any]) -> None:
    """Add the cluster's settings to the project's own, as a profile; the image of the ImageSpec is one that is there."""
    own = project / "pyproject.toml"
    tables = {
        f"tool.dagwright.profiles.{profile}": general,
        f"tool.dagwright.profiles.{profile}.images": {"imaging": argo["image"]},
        f"tool.dagwright.profiles.{profile}.argo": argo,
    }
    lines = [
        line for name, table in tables.items() for line in ("", f"[{name}]", *(f"{key} = {toml(table[key])}" for key in table))
    ]
    own.write_text((own.read_text("utf-8") if own.exists() else "") + "\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize("example", RUNS, ids=[example.name for example in RUNS])
def test_an_example_gives_on_the_cluster_what_it_gives_here(
    example: Example, argo: dict[str, Any], s3_settings: dict[str, Any], tmp_path: Path
) -> None:
    here = shutil.copytree(EXAMPLES / example.folder, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    program = str(Path(sys.executable).with_name("dagwright"))
    environment = {**os.environ, **example.variables}

    def dagwright(*words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([program, *words], cwd=here, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done

    runs: list[str] = []
    with secrets_of(example) as names:
        # With files all elements of a map share a pod, with S3 each has its own: neither changes what comes out.
        for profile, settings, general in (("on-files", argo, {"map_pods": 1}), ("on-s3", s3_settings, {})):
            write_profile(here, profile, general, {**settings, "namespace": NAMESPACE, "secret_names": names})
        try:
            for profile in ("on-files", "on-s3"):
                submitted = dagwright("submit", "--profile", profile, "--name-only", example.target, *example.inputs)
                runs.append(submitted.stdout.strip())
            local = dagwright("run", "--store", (tmp_path / "local").as_uri(), example.target, *example.inputs)
            for name in runs:
                ended = dagwright("status", "--wait", name)
                assert comparable(json.loads(ended.stdout)) == comparable(json.loads(local.stdout))
                assert dagwright("outputs", name).stdout == ended.stdout
        finally:
            delete("workflow", *runs)
