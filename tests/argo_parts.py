"""Parts of an Argo manifest: its templates, what they call, and who waits for whom."""

from __future__ import annotations

import re
from typing import Any

Json = Any
"""Parts of a manifest; ``Any`` only because YAML is untyped."""

LOOPS = frozenset({"withItems", "withParam", "withSequence"})


def templates_of(document: Json) -> list[Json]:
    """The templates of a WorkflowTemplate or a Workflow."""
    return list(document["spec"]["templates"])


def calls_of(template: Json) -> list[Json]:
    """The tasks of a DAG, or the steps; none of a pod or a wait."""
    return [*template.get("dag", {}).get("tasks", ()), *(step for group in template.get("steps", ()) for step in group)]


def parameters_of(part: Json, side: str) -> list[Json]:
    """The parameters among a part's ``inputs``, ``outputs`` or ``arguments``."""
    return list(part.get(side, {}).get("parameters", ()))


def containers_of(template: Json) -> list[Json]:
    """The containers of a pod, the task's first."""
    own = [template["container"]] if "container" in template else []
    return [*own, *template.get("sidecars", ()), *template.get("initContainers", ())]


def waited_for(template: Json) -> dict[str, set[str]]:
    """The tasks that each task of a DAG waits for, near and far; itself among them where there is a cycle."""
    near = {call["name"]: set(terms(call)) for call in calls_of(template)}
    found = {name: set[str]() for name in near}
    for name, direct in near.items():
        waiting = list(direct)
        while waiting:
            other = waiting.pop()
            if other not in found[name]:
                found[name].add(other)
                waiting += near.get(other, ())
    return found


def terms(call: Json) -> list[str]:
    """The tasks that a task names in ``depends``."""
    return [name.partition(".")[0] for name in re.findall(r"[-a-zA-Z0-9.]+", call.get("depends", ""))]
