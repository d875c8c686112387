"""Tasks called inside tasks: they run as plain functions there, which is rarely what was meant.

Bodies of tasks are never walked; a regular expression finds called names, and only a body that names a task is looked at.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import FunctionEntity, ModuleEntity, PackageEntity
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.summary import Assigned, Defined, Imported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.frontend.definitions import Definitions
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.summary import FunctionNode

_CALLED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z_][A-Za-z0-9_]*)*\(")
_LINE_START = re.compile(r"\r\n|\r|\n")


def warn_nested_calls(
    module: Module, tasks: Iterable[FunctionNode], resolver: Resolver, definitions: Definitions, findings: Findings
) -> None:
    """Warn of every call of a task or workflow in the body of one of ``tasks``."""
    names = _task_names(module, resolver, definitions)
    if not names:
        return
    text = module.source.text
    starts = [0, *(match.end() for match in _LINE_START.finditer(text))]
    for node in tasks:
        last = node.end_lineno or node.lineno
        end = starts[last] if last < len(starts) else len(text)
        if not names.isdisjoint(_CALLED.findall(text, starts[node.body[0].lineno - 1], end)):
            _walk(node, module, resolver, definitions, findings)


def _task_names(module: Module, resolver: Resolver, definitions: Definitions) -> set[str]:
    """Names of the module that may lead to a task: definitions, imports from the project, modules of the project."""
    assert module.summary is not None
    found: set[str] = set()
    for name, binding in module.summary.bindings.items():
        if isinstance(binding, Defined):
            if isinstance(binding.node, ast.ClassDef) or not binding.node.decorator_list:
                continue
        elif not isinstance(binding, Imported | Assigned) or (
            isinstance(binding, Assigned) and not isinstance(binding.value, ast.Name | ast.Attribute)
        ):
            continue
        entity = resolver.name(name, module)
        if isinstance(entity, ModuleEntity | PackageEntity) or (
            isinstance(entity, FunctionEntity) and definitions.decoration(entity).kind in ("task", "workflow")
        ):
            found.add(name)
    return found


def _walk(task: FunctionNode, module: Module, resolver: Resolver, definitions: Definitions, findings: Findings) -> None:
    arguments = task.args
    local = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    calls: list[ast.Call] = []
    for statement in task.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                calls.append(node)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                local.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                local.add(node.name)
    for call in calls:
        root: ast.expr = call.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in local:
            continue
        entity = resolver.expression(call.func, module)
        if not isinstance(entity, FunctionEntity):
            continue
        kind = definitions.decoration(entity).kind
        if kind in ("task", "workflow"):
            message = f"the {kind} `{entity.node.name}` is called inside the task `{task.name}`: it runs as a plain function there, without cache, retries or a node of its own"
            findings.add(
                codes.TASK_IN_TASK,
                message,
                Place(module, call),
                help=f"call both from a workflow, or make `{entity.node.name}` a plain function",
            )
