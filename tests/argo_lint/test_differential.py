"""What users may write in settings and pod templates, at random: what we take, the strict schema and both of Argo's validators take.

``make test`` takes a hundred projects; ``DAGWRIGHT_DIFFERENTIAL=5000`` takes 5,000. What only the API server knows of pods is asked by
``tests/cluster/test_refusals.py``.
"""

from __future__ import annotations

import os
import random
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from argo_choices import combined, pod_specs, settings_choices
from argo_linters import VERSIONS, linter
from argo_manifests import strict_validator
from argo_projects import compile_project

if TYPE_CHECKING:
    from pathlib import Path

PROJECTS = int(os.environ.get("DAGWRIGHT_DIFFERENTIAL", "100"))
_SEED = int(os.environ.get("DAGWRIGHT_DIFFERENTIAL_SEED", "1"))


class Taken(NamedTuple):
    """A project that we take: what was written, and its objects without the runtime."""

    table: dict[str, Any]
    objects: tuple[str, ...]


@pytest.fixture(scope="module")
def taken() -> list[Taken]:
    """Projects with one or two choices of settings and one of a pod template; at least a tenth of all must be taken."""
    chance = random.Random(_SEED)
    choices, specs = settings_choices(), pod_specs()
    found: list[Taken] = []
    tried = 0
    while len(found) < PROJECTS:
        tried += 1
        table = combined(chance, choices, chance.choice((1, 2)))
        table["pod_templates"] = {"p": {"pod_spec": combined(chance, specs, 1)}}
        compiled = compile_project({**table, "namespace": "n"}, name=f"wf{len(found)}")
        if compiled is not None:
            found.append(Taken(table, compiled))
    assert tried < 10 * PROJECTS
    return found


def test_the_strict_schema_takes_them(taken: list[Taken]) -> None:
    for item in taken:
        for text in item.objects:
            document = yaml.load(text, yaml.CSafeLoader)
            if document["kind"] != "ConfigMap":
                errors = [error.message for error in strict_validator(document["kind"]).iter_errors(document)]
                assert errors == [], item.table


@pytest.mark.parametrize("version", VERSIONS)
def test_both_validators_take_them(version: str, taken: list[Taken], tmp_path: Path) -> None:
    for number, item in enumerate(taken):
        (tmp_path / f"{number}.yaml").write_text("---\n".join(item.objects), "utf-8")
    done = subprocess.run([linter(version), *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-3000:] + done.stderr[-3000:]
