"""One small project under any settings of the Argo target, compiled as the command line does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagwright_compiler.config import Settings
from dagwright_compiler.driver.compiling import compile_all
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import read_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE = """\
from dagwright import Resources, task, workflow


@task(DECORATOR)
def t(a: int) -> int:
    return a


@workflow
def NAME(a: int = 1) -> int:
    return t(a=a)
"""


def compile_project(table: Mapping[str, Any], *, name: str = "wf") -> tuple[str, ...] | None:
    """The objects of a project without the shared runtime, or ``None`` where we refuse it.

    Args:
        table: ``[tool.dagwright.argo]``; where it has a pod template ``p``, the task takes it. Schedules are for the workflow.
        name: The workflow's.
    """
    decorator = 'pod_template_name="p"' if "p" in table.get("pod_templates", {}) else ""
    schedules = {key: {**schedule, "workflow": name} for key, schedule in table.get("schedules", {}).items()}
    source = _SOURCE.replace("DECORATOR", decorator).replace("NAME", name)
    settings = Settings(root=Path(), targets={"argo": {"store": "s3://bucket/prefix", **table, "schedules": schedules}})
    reading = read_sources({"flow.py": source.encode()}, settings)
    found = compile_all(reading, [Wanted(None, name, "flow.py")], "argo")
    if reading.diagnostics.has_errors:
        return None
    (result,) = found.results
    return result.objects[result.shared :]
