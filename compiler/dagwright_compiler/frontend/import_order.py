"""Modules that import each other: whether what one takes from the other is there by the time that it asks.

Imports of modules run in an order that only the first one decides, so they are followed from every module that a container imports: those of
tasks and workflows. Input: those, and which module imports which. Nothing is followed where no modules import each other in a circle.

Only what must fail is reported: an import that may be caught, or that stands under a condition, is followed, and nothing that it loaded is told of.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.summary import Imported, absolute_module, is_main_guard, is_type_checking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dagwright_compiler.frontend.findings import Findings
    from dagwright_compiler.frontend.modules import Module, ReadModule
    from dagwright_compiler.frontend.project import Project

_IMPORTERS = frozenset({b"import_module", b"__import__", b"modules"})
"""Words of modules that may import, or unload, what no statement names."""
_OPENERS = frozenset({b"globals", b"global"})
"""Words of modules whose functions may bind names of theirs."""


class _Step(NamedTuple):
    """One import statement of a module; ``position`` is that of its statement in the module's body."""

    node: ast.Import | ast.ImportFrom
    position: int
    is_certain: bool


class _Absent(NamedTuple):
    """A name that a module takes from one that is still being imported."""

    importer: Module
    alias: ast.alias
    source: Module
    at: ast.stmt
    """What ``source`` is at."""


class _Outline(NamedTuple):
    """What the import of a module does, as far as it matters here."""

    steps: tuple[_Step, ...]
    names: dict[str, int]
    """Names that it binds, and the position of the first statement that may; ``*`` for those of a star."""
    is_open: bool
    """Whether it may bind names that no statement shows."""
    may_import: bool
    """Whether it may import what no statement names."""


def check_import_order(
    names: Iterable[str], modules: Iterable[Module], read: Mapping[str, ReadModule], project: Project, findings: Findings
) -> None:
    """Report imports that fail because modules import each other, by the order in which containers import them.

    Args:
        names: Qualified names of tasks and workflows: their modules are what containers import.
        modules: Every module that was read.
        read: What each of them imports, by its name.
        project: Finds what an import names.
        findings: Takes what is found.
    """
    circular = _in_circles(read)
    if not circular:
        return
    roots = circular.intersection(name.rpartition(".")[0] for name in names)
    outlines: dict[int, _Outline] = {}
    told: set[int] = set()
    by_package: dict[str, frozenset[int]] = {}
    for root in (module for module in modules if module.name in roots):
        package = root.name.partition(".")[0]
        if id(root) in by_package.get(package, ()):
            continue  # its import is over when that of its package is
        imports = _Imports(project, outlines)
        absent = imports.load(package, root)
        by_package.setdefault(package, frozenset(imports.loaded))
        absent = absent or imports.load(root.name, root)
        if absent is not None and id(absent.alias) not in told:
            told.add(id(absent.alias))
            _report(absent, findings)


def _in_circles(read: Mapping[str, ReadModule]) -> frozenset[str]:
    """Modules that import each other, and all that lead to them."""
    waiting = {name: {other for other in module.local_imports if other in read} for name, module in read.items()}
    users: dict[str, list[str]] = {}
    for name, needed in waiting.items():
        for other in needed:
            users.setdefault(other, []).append(name)
    done = [name for name, needed in waiting.items() if not needed]
    for name in done:  # which grows
        del waiting[name]
        for user in users.get(name, ()):
            needed = waiting[user]
            needed.discard(name)
            if not needed:
                done.append(user)
    return frozenset(waiting)


class _Imports:
    """Imports modules in a process of its own, as far as that can be told without running anything."""

    def __init__(self, project: Project, outlines: dict[int, _Outline]) -> None:
        self._project = project
        self._outlines = outlines
        """Of modules that were imported before, here or in another process."""
        self.loaded: set[int] = set()
        """Modules whose import began."""
        self._running: dict[int, int] = {}
        """Of those whose import did not end: the position of the statement that runs."""
        self._uncertain: set[int] = set()
        """Modules that were imported where it may have failed, or not have happened."""
        self._guarded = 0

    def load(self, name: str, importer: Module) -> _Absent | None:
        """Import a dotted name, its packages first, from the outermost; what ends it is given back."""
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            module = self._project.find(".".join(parts[:end]), importer)
            if module is not None and module.summary is not None:
                absent = self._run(module)
                if absent is not None:
                    return absent
        return None

    def _run(self, module: Module) -> _Absent | None:
        if self._guarded:
            self._uncertain.add(id(module))
        if id(module) in self.loaded:
            return None
        self.loaded.add(id(module))
        outline = self._outline(module)
        if outline.may_import:
            self._guarded += 1  # from here on, nobody can tell what is loaded already
        for step in outline.steps:
            self._running[id(module)] = step.position
            self._guarded += not step.is_certain
            absent = self._import(step.node, module)
            self._guarded -= not step.is_certain
            if absent is not None and step.is_certain:
                return absent
        self._running.pop(id(module), None)
        return None

    def _outline(self, module: Module) -> _Outline:
        found = self._outlines.get(id(module))
        if found is None:
            found = self._outlines[id(module)] = _outline_of(module)
        return found

    def _import(self, node: ast.Import | ast.ImportFrom, module: Module) -> _Absent | None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                absent = self.load(alias.name, module)
                if absent is not None:
                    return absent
            return None
        name = absolute_module(node, module.name, is_package=module.is_package)
        absent = self.load(name, module) if name else None
        source = self._project.find(name, module) if name else None
        if absent is not None or source is None:
            return absent
        for alias in node.names:
            inner = f"{name}.{alias.name}" if source.is_package else ""
            if inner and self._project.find(inner, module) is not None:
                absent = self.load(inner, module)
                if absent is not None:
                    return absent
            elif id(source) in self._running and self._lacks(source, alias.name):
                assert source.summary is not None
                return _Absent(module, alias, source, source.summary.body[self._running[id(source)]])
        return None

    def _lacks(self, source: Module, name: str) -> bool:
        """Whether a module that is being imported cannot have a name yet: a doubt is a no."""
        if id(source) in self._uncertain:
            return False
        outline, position = self._outline(source), self._running[id(source)]
        assert source.summary is not None
        if outline.is_open or not isinstance(source.summary.body[position], ast.Import | ast.ImportFrom):
            return False
        # What is never there is reported where names are resolved.
        return outline.names.get(name, -1) >= position and outline.names.get("*", position) >= position


def _outline_of(module: Module) -> _Outline:
    summary = module.summary
    assert summary is not None
    names: dict[str, int] = {}
    for position, statement in enumerate(summary.body):
        for name in names_of(statement):
            names.setdefault(name, position)
    return _Outline(
        tuple(_steps(summary.body)),
        {name: position for name, position in names.items() if name == "*" or name in summary.bindings},
        is_open=summary.open_names or not _OPENERS.isdisjoint(module.vocabulary),
        may_import=not _IMPORTERS.isdisjoint(module.vocabulary),
    )


def _steps(body: Sequence[ast.stmt]) -> Iterator[_Step]:
    """The imports that run, or may run, while a module is imported."""
    for position, statement in enumerate(body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield _Step(statement, position, is_certain=True)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign):
            yield from (_Step(node, position, is_certain=False) for node in _within(statement))


def _within(statement: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports in the blocks of a statement, functions and what never runs on an import left out."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and (is_main_guard(node.test) or is_type_checking(node.test)):
            waiting += reversed(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def names_of(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement of the module may bind, in whichever of its blocks."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        waiting += ast.iter_child_nodes(node)


def _report(absent: _Absent, findings: Findings) -> None:
    name, source = absent.alias.name, absent.source
    assert source.summary is not None
    binding = source.summary.bindings[name]
    message = f"the import of `{name}` fails: `{source.name}` is still being imported then, and has no `{name}` yet"
    related = [(Place(source, absent.at), f"this import leads there, and `{name}` stands below it")]
    help_ = (
        f"import it from `{binding.module}`"
        if isinstance(binding, Imported) and binding.attribute
        else f"move `{name}` into a module of its own, which both import"
    )
    findings.add(codes.UNRESOLVED_IMPORT, message, Place(absent.importer, absent.alias), related=related, help=help_)
