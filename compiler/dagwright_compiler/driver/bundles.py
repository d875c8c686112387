"""Collects the user's modules that a program needs at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.chunks import MAP_PODS
from dagwright_compiler.bundle import Bundle, BundleFile
from dagwright_compiler.ir.codec import to_lined_json
from dagwright_compiler.ir.program import MapNode, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dagwright_compiler.frontend.elaboration import Elaborated
    from dagwright_compiler.ir.program import Program, Unit


def bundle_for(program: Program, elaborated: Elaborated, units: Mapping[str, Unit], *, map_pods: int = MAP_PODS) -> Bundle:
    """Seal a program: the plan, and every project module that its tasks and classes can import.

    Args:
        program: What runs.
        elaborated: The project that it was made from.
        units: What single pods execute, from a target.
        map_pods: How many pods one map has at most.
    """
    needed = [*(task.module for task in program.tasks.values()), *(found.module for found in program.classes.values())]
    files = [
        BundleFile(path=module.bundle_path, data=module.source.data)
        for module in map(elaborated.modules.__getitem__, imported_modules(elaborated, needed))
    ]
    has_maps = any(isinstance(node, MapNode) for part in (program, *program.handlers) for node in part.workflow.nodes)
    bounded = map_pods if has_maps and map_pods != MAP_PODS else msgspec.UNSET
    plan = Plan(program=program, units=dict(sorted(units.items())), map_pods=bounded)
    return Bundle(plan=to_lined_json(plan), files=tuple(sorted(files, key=lambda file: file.path)))


def imported_modules(elaborated: Elaborated, names: Iterable[str]) -> list[str]:
    """Close over the project-local imports of modules, at any depth; modules outside the project are the image's business."""
    found: dict[str, None] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found and name in elaborated.modules:
            found[name] = None
            pending.extend(elaborated.modules[name].local_imports)
    return list(found)
