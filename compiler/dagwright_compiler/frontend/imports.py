"""Reports imports that must fail: of names that a module does not have, and of modules that are not there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.entities import Unresolved
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.summary import Imported, absolute_module

if TYPE_CHECKING:
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.project import Project
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.summary import FunctionNode


class ImportChecks:
    """Follows what imports name; only those that always run are looked at."""

    def __init__(self, resolver: Resolver, project: Project, findings: Findings) -> None:
        self._resolver = resolver
        self._project = project
        self._findings = findings

    def check_module(self, module: Module) -> None:
        """Report imports that must fail when the module is imported; uses of their names add nothing."""
        if module.summary is None:
            return
        for name, binding in module.summary.bindings.items():
            if not (isinstance(binding, Imported) and binding.certain):
                continue
            entity = self._resolver.name(name, module)
            if module.summary.stars and not isinstance(entity, Unresolved):
                entity = self._resolver.imported(binding, module)  # a later star may give the name: the import runs all the same
            if isinstance(entity, Unresolved) and not entity.reported:
                self._report(name, entity, module, _alias(binding, name))
                module.entities[name] = Unresolved(entity.reason, entity.help, reported=True)
        for alias, wanted in module.summary.below:
            entity = self._resolver.imported(wanted, module)
            if isinstance(entity, Unresolved) and not entity.reported:
                self._report(alias.name, entity, module, alias)
                self._note_absent(alias.name, module)

    def check_task(self, function: FunctionNode, module: Module) -> None:
        """Report imports in a task's body that must fail when it runs; those under a condition or in a ``try`` may be meant so."""
        for statement in function.body:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            for alias in statement.names:
                entity = self._resolver.imported(_wanted(statement, alias, module), module)
                if isinstance(entity, Unresolved) and not entity.reported:
                    self._report(alias.asname or alias.name, entity, module, alias, when=" when the task runs")

    def _report(self, name: str, entity: Unresolved, module: Module, at: ast.AST, when: str = "") -> None:
        message = f"the import of `{name}` fails{when}: {entity.reason}"
        self._findings.add(codes.UNRESOLVED_IMPORT, message, Place(module, at), help=entity.help)

    def _note_absent(self, name: str, importer: Module) -> None:
        """Keep uses of a module that is not there from being reported, too: its import was."""
        head, _, last = name.rpartition(".")
        parent = self._project.find(head, importer)
        if parent is not None:
            parent.entities[last] = Unresolved("there is no such module", reported=True)
        elif "." in head:
            self._note_absent(head, importer)


def _wanted(statement: ast.Import | ast.ImportFrom, alias: ast.alias, module: Module) -> Imported:
    """What one part of an import statement needs."""
    if isinstance(statement, ast.Import):
        return Imported(alias.name, "", statement)
    return Imported(absolute_module(statement, module.name, is_package=module.is_package), alias.name, statement)


def _alias(binding: Imported, name: str) -> ast.AST:
    """The part of an import statement that binds a name."""
    names = binding.node.names if isinstance(binding.node, ast.Import | ast.ImportFrom) else []
    return next((alias for alias in names if (alias.asname or alias.name.partition(".")[0]) == name), binding.node)
