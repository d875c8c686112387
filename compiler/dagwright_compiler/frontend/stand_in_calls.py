"""Calls in the bodies of tasks of what the stand-in for flytekit only refuses: a run would end there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.flytekit_names import FUNCTIONS, IGNORED, REFUSED, WORKING, tail_of, use_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import External
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.names import GATES, NOT_YET, unsupported

if TYPE_CHECKING:
    from dagwright_compiler.frontend.body_scopes import Body, Scope
    from dagwright_compiler.frontend.findings import Findings

_ROOTS = ("flytekit", "flytekitplugins")
_WORKING_PARTS = (".exceptions", ".logger", ".accelerators", ".testing")
"""Of these, everything can be asked."""
_HELP = "use the library that it stands for, or write a file and return it"


def is_refused(entity: External) -> bool:
    """Whether a name of flytekit is one that does not work in a container."""
    if entity.qualified.partition(".")[0] not in _ROOTS or any(part in entity.qualified for part in _WORKING_PARTS):
        return False
    owner = tail_of(entity.qualified).partition(".")[0]
    return owner not in WORKING | FUNCTIONS and not entity.symbol.startswith(("file", "directory"))


def check_stand_in_calls(body: Body, findings: Findings) -> None:
    """Report calls that the stand-in refuses, where nothing around them catches that."""
    for node, scope, guarded in body.calls:
        assert isinstance(node, ast.Call)
        if guarded:
            continue
        entity = scope.entity(node.func)
        if isinstance(entity, External):
            if entity.symbol in GATES:
                refuse_gate(entity, Place(scope.module, node.func), findings, "this task would fail here")
            elif is_refused(entity) and use_of(entity.qualified) == REFUSED:
                _report(entity, node.func, scope, findings)
        elif isinstance(node.func, ast.Attribute):
            made = _made_by(node.func, scope)
            if made is not None:
                _report(made, node.func, scope, findings)


def refuse_gate(entity: External, place: Place, findings: Findings, then: str) -> None:
    """Report a call that lets workflows wait where no workflow is."""
    help_ = "call `time.sleep` here" if entity.symbol == "sleep" else "call it in the body of a workflow"
    findings.add(codes.UNSUPPORTED_EXPRESSION, f"`{entity.symbol}` lets a workflow wait, and {then}", place, help=help_)


def _made_by(node: ast.Attribute, scope: Scope) -> External | None:
    """The refused class or function whose object a method is called on: ``FlyteRemote`` for ``remote.fetch_task``."""
    owner: ast.expr = node
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    found = scope.value(owner)
    entity = found.scope.entity(found.node.func) if isinstance(found.node, ast.Call) else None
    is_object = isinstance(entity, External) and is_refused(entity) and use_of(entity.qualified) not in (IGNORED, REFUSED)
    return entity if is_object and isinstance(entity, External) else None


def _report(entity: External, node: ast.expr, scope: Scope, findings: Findings) -> None:
    known = unsupported(entity.qualified)
    name = known or tail_of(entity.qualified)
    message = f"`{name}` is not supported yet, and this task would fail here"
    findings.add(codes.NOT_SUPPORTED_YET, message, Place(scope.module, node), help=NOT_YET.get(name, _HELP))
