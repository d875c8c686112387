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
    from collections.abc import Iterable, Iterator

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
    for call in _global_calls(task, frozenset()):
        entity = resolver.expression(call.func, module)
        kind = definitions.decoration(entity).kind if isinstance(entity, FunctionEntity) else "function"
        if isinstance(entity, FunctionEntity) and kind in ("task", "workflow"):
            name = entity.node.name
            message = (
                f"the {kind} `{name}` is called inside the task `{task.name}`: it runs as a plain function there, "
                "without cache, retries or a node of its own"
            )
            help_ = f"call both from a workflow, or make `{name}` a plain function"
            findings.add(codes.TASK_IN_TASK, message, Place(module, call), help=help_)


def _global_calls(function: FunctionNode | ast.Lambda, outer: frozenset[str]) -> Iterator[ast.Call]:
    """Calls in a function whose name is not local to it or to a function around it."""
    arguments = function.args
    local = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)} | outer
    calls: list[ast.Call] = []
    inner: list[FunctionNode | ast.Lambda] = []
    waiting: list[ast.AST] = list(function.body) if isinstance(function.body, list) else [function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner.append(node)
            if not isinstance(node, ast.Lambda):
                local.add(node.name)
            continue
        if isinstance(node, ast.Call):
            calls.append(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.add(node.id)
        waiting.extend(ast.iter_child_nodes(node))
    for call in calls:
        root: ast.expr = call.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id not in local:
            yield call
    for nested in inner:
        yield from _global_calls(nested, frozenset(local))
