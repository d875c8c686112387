"""Every setting of Argo and every part of a task's policy stands in a golden manifest: what platform teams configure is pinned byte for byte."""

from __future__ import annotations

import functools
import json
import tomllib
import typing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml
from golden_cases import ROOT

from dagwright_argo import settings as argo
from dagwright_compiler.ir.program import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALID = sorted(path.parent for path in ROOT.rglob("argo.yaml"))
TABLES = {
    "tasks": argo.TaskSetting,
    "volumes": argo.VolumeSetting,
    "tolerations": argo.TolerationSetting,
    "semaphores": argo.SemaphoreSetting,
    "pod_templates": argo.PodTemplateSetting,
    "schedules": argo.ScheduleSetting,
}


def tables(folder: Path) -> Iterator[dict[str, Any]]:
    """What a case sets for Argo, in its profile too."""
    for path in (*folder.rglob("pyproject.toml"), *folder.rglob("dagwright.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        table = table.get("tool", {}).get("dagwright", {}) if path.name == "pyproject.toml" else table
        for of in (table, *table.get("profiles", {}).values()):
            yield {**({"store": of["store"]} if "store" in of else {}), **of.get("argo", {})}


@functools.cache
def settings_of_goldens() -> dict[str, list[Any]]:
    """Values by setting; those of tables below settings under ``setting.key``."""
    found: dict[str, list[Any]] = {}
    for folder in VALID:
        for table in tables(folder):
            for name, value in table.items():
                found.setdefault(name, []).append(value)
                if name in TABLES:
                    for item in value.values() if isinstance(value, dict) else value:
                        for key, inner in item.items():
                            found.setdefault(f"{name}.{key}", []).append(inner)
    return found


def names() -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(argo.ArgoSettings):
        yield field.name, field
        for inner in msgspec.structs.fields(TABLES[field.name]) if field.name in TABLES else ():
            yield f"{field.name}.{inner.name}", inner


@pytest.mark.parametrize(("name", "field"), [pytest.param(*item, id=item[0]) for item in names()])
def test_every_setting_stands_in_a_golden_with_another_value_than_its_default(name: str, field: Any) -> None:
    values = settings_of_goldens().get(name, [])
    assert any(value != field.default for value in values), f"no golden manifest sets {name}"


@functools.cache
def parts_of_goldens() -> frozenset[str]:
    return frozenset(key for policy in policies() for key in keys(policy))


def policies() -> Iterator[dict[str, Any]]:
    for folder in VALID:
        program = json.loads((folder / "ir.json").read_bytes())
        for owner in (*program["tasks"].values(), *program["workflow"]["nodes"]):
            if "policy" in owner:
                yield owner["policy"]


def keys(data: Any, prefix: str = "") -> Iterator[str]:
    """Paths of what a policy says, lists passed through."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{prefix}{key}"
            yield from keys(value, f"{prefix}{key}.")
    elif isinstance(data, list):
        for item in data:
            yield from keys(item, prefix)


def parts() -> Iterator[str]:
    """Parts of a policy, and what stands below those that are ours to lower."""
    hints = typing.get_type_hints(Policy)
    for field in msgspec.structs.fields(Policy):
        yield field.name
        for part in typing.get_args(hints[field.name]) or (hints[field.name],):
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                yield from (f"{field.name}.{inner.name}" for inner in msgspec.structs.fields(part))


# ``plugin`` is refused by Argo, and the group and key of a secret are below a tuple.
@pytest.mark.parametrize("part", [part for part in (*parts(), "secrets.key", "secrets.mount") if not part.startswith("plugin")])
def test_every_part_of_a_policy_stands_in_a_golden(part: str) -> None:
    assert part in parts_of_goldens(), f"no golden manifest has a task with {part}"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "runAsNonRoot",
            "imagePullSecrets",
            "topologySpreadConstraints",
            "secretKeyRef",
            "secretName",
            "persistentVolumeClaim",
            "hostPath",
        ),
        *(
            "sizeLimit",
            "medium: Memory",
            "serviceAccountName",
            "safe-to-evict",
            "@sha256:",
            "nvidia.com/gpu",
            "activeDeadlineSeconds",
        ),
    ],
)
def test_what_they_become_stands_in_a_golden(text: str) -> None:
    assert any(text in (folder / "argo.yaml").read_text("utf-8") for folder in VALID), f"no golden manifest holds {text}"


def test_a_gpu_is_requested_and_limited_alike() -> None:
    pairs = []
    for folder in VALID:
        for document in yaml.load_all((folder / "argo.yaml").read_text("utf-8"), yaml.CSafeLoader):
            for template in document.get("spec", {}).get("templates", ()):
                resources = template.get("container", {}).get("resources", {})
                pairs += [
                    (resources["requests"][name], resources["limits"][name])
                    for name in resources.get("limits", {})
                    if "gpu" in name
                ]
    assert pairs
    assert all(requested == limit for requested, limit in pairs)
