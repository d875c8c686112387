"""What ``check`` finds nothing wrong with runs: generated projects, in processes and from their bundles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mutation.kinds import given
from mutation.projects import generate
from mutation.vocabulary import GIVEN
from ways_of_running import RUN

SETTINGS = "[tool.dagwright]\nsource_roots = ['.']\n[tool.dagwright.set]\n"
SECRET = {"_FSEC_VAULT_TOKEN": "a token"}


@pytest.mark.parametrize(("seed", "way"), [*((seed, "run") for seed in range(200, 204)), (208, "isolate")])
def test_a_correct_project_runs(seed: int, way: str, tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pydantic")
    project = generate(seed)
    settings = SETTINGS + "".join(f"{name} = {json.dumps(value)}\n" for name, value in GIVEN.items())
    for path, text in {**project.sources, "pyproject.toml": settings}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    body = next(each for each in project.bodies if each.workflow.name == "main")
    values = {each.name: given(each.kind) for each in body.workflow.inputs}
    inputs = [
        part
        for name, value in values.items()
        for part in (f"--{name.replace('_', '-')}", value if isinstance(value, str) else json.dumps(value))
    ]
    command = [sys.executable, *RUN, *(["--isolate"] if way == "isolate" else []), body.path]
    ended = subprocess.run(
        [*command, *inputs], cwd=tmp_path, env={**os.environ, **SECRET}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{project.sources[body.path]}\n{ended.stderr}"
    assert len(body.workflow.outputs) < 2 or len(json.loads(ended.stdout)) == len(body.workflow.outputs)
