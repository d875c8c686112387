"""Tasks called inside tasks: they run as plain functions there, which is rarely what was meant.

Bodies of tasks are hardly ever walked: only one whose text holds the name of a task is looked at.
"""

from __future__ import annotations

import ast
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

_WORDS_ONLY = bytes(byte if byte >= 128 or chr(byte).isidentifier() or chr(byte).isdigit() else 32 for byte in range(256))
"""A table for ``bytes.translate`` that leaves words and blanks: ten times as fast as finding names with a regular expression."""


def warn_nested_calls(
    module: Module, tasks: Iterable[FunctionNode], resolver: Resolver, definitions: Definitions, findings: Findings
) -> None:
    """Warn of every call of a task or workflow in the body of one of ``tasks``."""
    names = _task_names(module, resolver, definitions)
    if not names:
        return
    lines = module.lines
    words = lines.data.translate(_WORDS_ONLY)
    for node in tasks:
        end = lines.position((node.end_lineno or node.lineno) + 1)
        first = node.body[0]
        if not names.isdisjoint(words[lines.position(first.lineno, first.col_offset) : end].split()):
            _walk(node, module, resolver, definitions, findings)


def _task_names(module: Module, resolver: Resolver, definitions: Definitions) -> set[bytes]:
    """Names of the module that may lead to a task: definitions, imports from the project, modules of the project."""
    assert module.summary is not None
    found: set[bytes] = set()
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
            found.add(name.encode("utf-8", "surrogatepass"))
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
