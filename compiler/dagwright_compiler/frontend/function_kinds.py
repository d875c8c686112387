"""What a decorated function is besides a plain one: async, or one that yields."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.findings import Findings, Place

if TYPE_CHECKING:
    from typing import Literal

    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.summary import FunctionNode

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class FunctionKinds:
    """Refuses functions that no value can be got from. Only functions whose text holds the word ``yield`` are walked."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._holds_yield: dict[int, bool] = {}

    def refuse(self, node: FunctionNode, module: Module, kind: Literal["task", "workflow"], *, is_bare: bool) -> bool:
        """Report a function that cannot be a task or workflow; False where it can.

        Args:
            node: The function.
            module: Where it stands.
            kind: What it is declared as.
            is_bare: Whether no decorator of the user's stands between it and ours, which may make anything of what it yields.
        """
        if kind == "workflow" and isinstance(node, ast.AsyncFunctionDef):
            message = f"the workflow `{node.name}` is async, but its body is read, never run"
            help_ = "write `def` and call its tasks without `await`: they run at the same time where they can"
            self._findings.add(codes.WRONG_FUNCTION, message, module.name_span(node), help=help_)
            return True
        found = self._yield(node, module) if is_bare else None
        if found is not None:
            message = f"the {kind} `{node.name}` yields, so that a call gives no value"
            help_ = "collect what it yields in a list, and return the list" if kind == "task" else "return the results"
            self._findings.add(codes.WRONG_FUNCTION, message, Place(module, found), help=help_)
        return found is not None

    def _yield(self, node: FunctionNode, module: Module) -> ast.expr | None:
        holds = self._holds_yield.get(id(module))
        if holds is None:
            holds = self._holds_yield[id(module)] = "yield" in module.source.text
        if not holds:
            return None
        lines = module.lines
        end = lines.position((node.end_lineno or node.lineno) + 1)
        if lines.data.find(b"yield", lines.position(node.lineno), end) < 0:
            return None
        found: list[ast.expr] = []
        waiting: list[ast.AST] = list(node.body)
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.Yield | ast.YieldFrom):
                found.append(part)
            elif not isinstance(part, _SCOPES):
                waiting.extend(ast.iter_child_nodes(part))
        return min(found, key=lambda part: (part.lineno, part.col_offset), default=None)
