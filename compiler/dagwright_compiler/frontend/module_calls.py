"""What a module does with names of flytekit while it is imported: every task of the file imports it, in every container.

Objects of kinds that are not compiled may stand at the head of a file (``contract.flytekit_names``); a call that the stand-in for
flytekit cannot answer would end each task of the file at its import, so it is found here.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.flytekit_names import BASES, FUNCTIONS, IGNORED, MADE, PUBLIC, REFUSED, tail_of, use_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import External
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.names import GATES, NOT_YET, SUPPORTED
from dagwright_compiler.frontend.stand_in_calls import refuse_gate
from dagwright_compiler.frontend.summary import Assigned, Imported, is_main_guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.frontend.findings import Findings
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.summary import Summary

_ROOTS = ("flytekit", "flytekitplugins")
_KNOWN = SUPPORTED - GATES
_DECORATORS = frozenset({"dynamic", "eager", "reference_task", "reference_workflow", "reference_launch_plan"})
"""What reading the decorated function reports."""
_WORKING_PARTS = (".logger.", ".testing.")
"""Of these, everything can be called."""
_DECORATOR = "leave the decorator out, and do its work inside the function"
_HELP = 'call it where nothing imports it: inside a task, or under `if __name__ == "__main__":`'


def check_module_calls(module: Module, resolver: Resolver, findings: Findings) -> None:
    """Report what the import of a module would fail at, and warn of what it leaves out."""
    if module.summary is None:
        return
    suspects = _suspects(module.summary)
    if not suspects:
        return
    for node, decorates in _evaluated(module.summary.body):
        if isinstance(node, ast.ClassDef):
            _check_bases(node, module, resolver, findings)
        elif _root(node.func) in suspects:
            _check_call(node, module, resolver, findings, help_=_DECORATOR if decorates else _HELP)
        elif not decorates:
            _check_method(node, module, resolver, findings)


def _suspects(summary: Summary) -> frozenset[str]:
    """Names that may lead to what the stand-in has no meaning for; most files have none."""
    starred = any(star.module.partition(".")[0] in _ROOTS for star in summary.stars)
    return (PUBLIC - _KNOWN if starred else frozenset()).union(
        name
        for name, binding in summary.bindings.items()
        if isinstance(binding, Imported)
        and (
            (binding.module.partition(".")[0] in _ROOTS and (not binding.attribute or binding.attribute not in _KNOWN))
            or (binding.module == "dagwright" and (not binding.attribute or binding.attribute in GATES))
        )
    )


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _check_call(node: ast.Call, module: Module, resolver: Resolver, findings: Findings, *, help_: str) -> None:
    entity = resolver.expression(node.func, module)
    if isinstance(entity, External) and entity.symbol in GATES:
        refuse_gate(entity, Place(module, node.func), findings, "this is called when the file is imported")
        return
    if not isinstance(entity, External) or entity.qualified.partition(".")[0] not in _ROOTS:
        return
    tail = tail_of(entity.qualified)
    owner = tail.partition(".")[0]
    if owner in SUPPORTED or tail in FUNCTIONS or tail in _DECORATORS or any(part in entity.qualified for part in _WORKING_PARTS):
        return
    at, use = Place(module, node.func), use_of(entity.qualified)
    if owner == "LaunchPlan":
        findings.add(
            codes.LEFT_OUT,
            f"{_named(node, module)} is left out: its schedule and its inputs are not compiled yet",
            at,
            help=NOT_YET[owner],
        )
    elif use == IGNORED:
        message = f"`{tail}` does nothing here: how values travel is decided by their types"
        findings.add(
            codes.LEFT_OUT, message, at, help="return a value of a type that travels, or write a file and return a `FlyteFile`"
        )
    elif use == REFUSED:
        message = f"`{tail}` is not supported yet, and it is called when the file is imported"
        findings.add(codes.NOT_SUPPORTED_YET, message, at, help=NOT_YET.get(tail, help_))


def _check_method(node: ast.Call, module: Module, resolver: Resolver, findings: Findings) -> None:
    """An object that stands for one of flytekit's cannot be asked for anything."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    made = owner
    if isinstance(owner, ast.Name) and module.summary is not None:
        binding = module.summary.bindings.get(owner.id)
        made = binding.value if isinstance(binding, Assigned) else owner
    entity = resolver.expression(made.func, module) if isinstance(made, ast.Call) else None
    if not isinstance(entity, External) or entity.qualified.partition(".")[0] not in _ROOTS:
        return
    tail = tail_of(entity.qualified)
    if use_of(entity.qualified) == MADE and tail.partition(".")[0] not in SUPPORTED | {"LaunchPlan"}:
        message = f"this `{tail}` stands for one of flytekit and does nothing, and it is used when the file is imported"
        findings.add(codes.NOT_SUPPORTED_YET, message, Place(module, node.func), help=NOT_YET.get(tail, _HELP))


def _check_bases(node: ast.ClassDef, module: Module, resolver: Resolver, findings: Findings) -> None:
    for base in node.bases:
        named = base.value if isinstance(base, ast.Subscript) else base
        entity = resolver.expression(named, module)
        if (
            not isinstance(entity, External)
            or entity.qualified.partition(".")[0] not in _ROOTS
            or ".exceptions" in entity.qualified
        ):
            continue
        tail = tail_of(entity.qualified)
        if tail not in BASES and tail not in SUPPORTED:
            message = f"`{tail}` is not supported yet as a base class"
            findings.add(
                codes.NOT_SUPPORTED_YET, message, Place(module, base), help="move the class to a module that no task imports"
            )


def _named(node: ast.Call, module: Module) -> str:
    """The launch plan by the name that it is bound to."""
    for name, binding in module.summary.bindings.items() if module.summary is not None else ():
        if getattr(binding, "value", None) is node:
            return f"the launch plan `{name}`"
    return "this launch plan"


def _evaluated(body: list[ast.stmt]) -> Iterator[tuple[ast.Call | ast.ClassDef, bool]]:
    """Calls and classes that an import of the module evaluates, in source order; each with whether it is a call of a decorator."""
    pending: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(body)]
    while pending:
        node, decorates = pending.pop()
        if isinstance(node, ast.If) and is_main_guard(node.test):
            pending.extend((part, False) for part in reversed(node.orelse))
            continue
        if isinstance(node, ast.Call | ast.ClassDef):
            yield node, decorates
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend((default, False) for default in reversed(_defaults(node.args)))
        elif not isinstance(node, ast.Constant | ast.Name):
            inner = [part for part in ast.iter_child_nodes(node) if part not in decorators]
            pending.extend((part, False) for part in reversed(inner))
        pending.extend((_applied(decorator), True) for decorator in reversed(decorators))


def _applied(decorator: ast.expr) -> ast.expr:
    """A decorator as the call that it is, also where it is written without one."""
    if isinstance(decorator, ast.Call):
        return decorator
    return ast.copy_location(ast.Call(decorator, [], []), decorator)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [default for default in (*arguments.defaults, *arguments.kw_defaults) if default is not None]
