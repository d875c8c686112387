"""Lengths that pods must tell: of each list output, or part of one, that a map runs over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dagwright.contract.names import count_parameter
from dagwright_compiler.ir.program import MapNode, OutputBinding, Path, Publish, TaskNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.ir.program import Program

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
"""What every target takes in the name of a control output."""

Lengths = dict[tuple[str, Path], Publish]
"""By output and path."""


def published_lengths(program: Program, *, of_all: bool = False) -> dict[str, Lengths]:
    """What each task node of a flat workflow publishes; a map over a map's output has the length of that map.

    Args:
        program: The workflow.
        of_all: Tell the lengths of all lists that stand side by side in a map, not only of the first, which counts its elements.
    """
    tasks = {node.id: node.task for node in program.workflow.nodes if isinstance(node, TaskNode)}
    found: dict[str, Lengths] = {}
    for node in program.workflow.nodes:
        if not isinstance(node, MapNode):
            continue
        bindings = dict(node.bindings)
        for source in (bindings[name] for name in (node.mapped if of_all else (node.over,))):
            if isinstance(source, OutputBinding) and source.node in tasks:
                known = found.setdefault(source.node, {})
                if (source.output, source.path) not in known:
                    names = [field.name for field in program.tasks[tasks[source.node]].outputs]
                    parameter = _parameter(source, names, known)
                    known[source.output, source.path] = Publish(output=source.output, path=source.path, parameter=parameter)
    return found


def _parameter(source: OutputBinding, outputs: list[str], known: Mapping[tuple[str, Path], Publish]) -> str:
    """Name the control output: after the output, or its position where a target would not take the name; parts are numbered."""
    name = source.output if _PLAIN.fullmatch(source.output) else str(outputs.index(source.output))
    if source.path:
        name += f"-part-{sum(1 for output, path in known if output == source.output and path) + 1}"
    return count_parameter(name)
