"""Elaboration: the requested files and what they import become a ``Library`` of tasks, workflows and classes.

Everything that is wrong is reported in one run. Imports nothing of the user's code, and neither networkx nor templates.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.annotations import Annotations
from dagwright_compiler.frontend.classes import Classes
from dagwright_compiler.frontend.decorators import Policies
from dagwright_compiler.frontend.definition_order import check_definition_order
from dagwright_compiler.frontend.definitions import Definitions
from dagwright_compiler.frontend.entities import External, FunctionEntity, Unresolved
from dagwright_compiler.frontend.failure_handlers import read_handler
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.frames import Services
from dagwright_compiler.frontend.image_keywords import Images
from dagwright_compiler.frontend.import_order import check_import_order
from dagwright_compiler.frontend.imports import ImportChecks
from dagwright_compiler.frontend.interfaces import Interfaces
from dagwright_compiler.frontend.late_errors import late_errors
from dagwright_compiler.frontend.late_spans import LateSpans
from dagwright_compiler.frontend.makers import Makers
from dagwright_compiler.frontend.module_calls import check_module_calls
from dagwright_compiler.frontend.modules import Module, ReadModule
from dagwright_compiler.frontend.reading import garbage_collector_off
from dagwright_compiler.frontend.resolution import Resolver
from dagwright_compiler.frontend.static_values import Evaluator
from dagwright_compiler.frontend.summary import Assigned, Defined
from dagwright_compiler.frontend.task_bodies import TaskBodies
from dagwright_compiler.frontend.typing_rules import TypingRules
from dagwright_compiler.frontend.workflows import build_workflow
from dagwright_compiler.ir.program import GraphNode, Library, Workflow
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.source import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dagwright_compiler.diagnostics.model import Collector, Diagnostic
    from dagwright_compiler.frontend.project import Project
    from dagwright_compiler.frontend.promises import Callee
    from dagwright_compiler.frontend.summary import Binding, FunctionNode


class Elaborated(msgspec.Struct, frozen=True, eq=False):
    """What the sources mean."""

    library: Library
    spans: SpanTable
    workflows: tuple[str, ...]
    """Workflows that the requested files define and that were understood, in source order."""
    tasks: tuple[str, ...]
    """Tasks that the requested files define, in source order."""
    modules: Mapping[str, ReadModule]
    """Every module of the project that was read: the requested ones and all that they import, at any depth."""
    files: tuple[SourceFile, ...]
    """Their sources, and those of files whose module has the name of another one's."""


def elaborate(
    project: Project,
    diagnostics: Collector,
    *,
    images: Mapping[str, str] | None = None,
    constants: Mapping[str, Any] | None = None,
) -> Elaborated:
    """Elaborate the requested files of a project; findings go to ``diagnostics``.

    Args:
        project: The files.
        diagnostics: Takes what is found to be wrong.
        images: References of images by the names that the settings give them.
        constants: Values of constants that the sources do not tell, by name or by module and name.
    """
    with garbage_collector_off():
        return _Elaboration(project, diagnostics, images or {}, constants or {}).run()


class _Elaboration:
    def __init__(self, project: Project, diagnostics: Collector, images: Mapping[str, str], constants: Mapping[str, Any]) -> None:
        self._project = project
        self._findings = Findings(diagnostics)
        self._resolver = Resolver(project)
        evaluator = Evaluator(self._resolver, constants)
        self._images = Images(images, lambda path, place: project.file(path, place.module))
        policies = Policies(evaluator, self._findings, self._images)
        self._late_spans = LateSpans(policies)
        self._spans = SpanTable(self._late_spans)
        annotations = Annotations(self._resolver, self._findings)
        classes = Classes(self._resolver, annotations, evaluator, self._findings, self._spans)
        interfaces = Interfaces(
            annotations=annotations,
            evaluator=evaluator,
            classes=classes,
            findings=self._findings,
            resolver=self._resolver,
        )
        self._definitions = Definitions(
            interfaces=interfaces,
            makers=Makers(self._resolver, evaluator),
            policies=policies,
            classes=classes,
            spans=self._late_spans,
            findings=self._findings,
            resolver=self._resolver,
        )
        self._services = Services(
            annotations=annotations,
            evaluator=evaluator,
            classes=classes,
            definitions=self._definitions,
            policies=policies,
            rules=TypingRules(classes.ancestors, classes.types_of_fields, classes.types_of_needed_fields),
            findings=self._findings,
            resolver=self._resolver,
        )
        self._workflows: dict[str, Workflow] = {}
        self._handlers: dict[str, Workflow] = {}
        self._built: set[str] = set()
        self._waiting: deque[Callee] = deque()
        self._late_errors: list[Diagnostic] = []
        self._seen_through: set[int] = set()
        self._imports = ImportChecks(self._resolver, project, self._findings)
        self._task_bodies = TaskBodies(project, self._resolver, self._definitions, self._findings)

    def run(self) -> Elaborated:
        requested = tuple(map(self._looked_through, self._project.requested()))
        modules, read = self._read_all(requested)
        self._resolver.apply_changes(modules)
        for module in modules:
            self._imports.check_module(module)
            check_module_calls(module, self._resolver, self._findings)
            self._check_classes(module)
        tasks: list[str] = []
        workflows: list[str] = []
        travelling = frozenset(record.location for record in read.values())
        for module in dict.fromkeys(requested):
            for callee in self._module(module, travelling):
                (tasks if callee.kind == "task" else workflows).append(callee.name)
        self._drop_callers()
        names = (*self._definitions.tasks, *self._definitions.workflows)
        check_import_order(names, modules, read, self._project, self._findings)
        try:
            self._services.classes.definition("")  # reads the classes that nothing asked for yet
        except RecursionError:
            self._findings.add(codes.NESTED_TOO_DEEPLY, "a class refers to others through too many steps to be read", None)
        for problem in self._late_errors:
            self._findings.keep_alone(problem)
        definitions = dict(self._services.classes.definitions)
        library = Library(
            classes=definitions,
            tasks=dict(self._definitions.tasks),
            workflows=self._workflows,
            images=self._images.specs,
            handlers=self._handlers,
        )
        understood = tuple(dict.fromkeys(name for name in workflows if name in self._workflows))
        files = tuple(module.source for module in modules)
        return Elaborated(library, self._spans, understood, tuple(dict.fromkeys(tasks)), read, files)

    def _read_all(self, requested: tuple[Module, ...]) -> tuple[list[Module], dict[str, ReadModule]]:
        """Read the closure over imports; every file that cannot be read is one finding."""
        waiting = deque(dict.fromkeys(requested))
        seen: dict[int, Module] = {}
        read: dict[str, ReadModule] = {}
        imported: set[int] = set()
        while waiting:
            module = waiting.popleft()
            if id(module) in seen:
                continue
            seen[id(module)] = module
            if module.problem is not None:
                self._findings.keep(module.problem)
            self._looked_through(module)
            local = self._local_imports(module)
            record = ReadModule(
                module.name, module.source.path, module.location, module.source, module.is_package, tuple(sorted(local))
            )
            read.setdefault(module.name, record)
            imported.update(map(id, local.values()))
            waiting.extend(local[name] for name in sorted(local))
        for module in seen.values():
            self._check_name(module, read, is_imported=id(module) in imported)
        return list(seen.values()), read

    def _looked_through(self, module: Module) -> Module:
        """Look once for what needs no other module: soon after it was read, while its syntax tree is near the processor."""
        if module.summary is not None and id(module) not in self._seen_through:
            self._seen_through.add(id(module))
            self._late_errors += late_errors(module, module.summary)
            check_definition_order(module, self._findings)
        return module

    def _check_name(self, module: Module, read: dict[str, ReadModule], *, is_imported: bool) -> None:
        """Report a file that cannot be imported, and one that another file of its module name would stand in for in a bundle."""
        path = module.source.path
        stem = path.rpartition("/")[2].removesuffix(".py").removesuffix(".ipynb")
        if "." in stem:
            message = f"`{stem}` is not a module name: Python reads the part before the dot as a package"
            self._findings.add(codes.UNIMPORTABLE_FILE_NAME, message, Span(path, 1, 0, 1, 1), help="rename the file")
        other = read.get(module.name)
        if other is None or other.location == module.location or module.summary is None:
            return
        if is_imported or any(isinstance(binding, Defined) for binding in module.summary.bindings.values()):
            message = f"`{path}` and `{other.path}` are both the module `{module.name}`"
            help_ = "add an `__init__.py` to their folders, or name the folder of sources: `[tool.dagwright] source_roots`"
            self._findings.add(codes.DUPLICATE_MODULE, message, Span(path, 1, 0, 1, 1), help=help_)

    def _local_imports(self, module: Module) -> dict[str, Module]:
        """Modules of the project that a module imports at any depth, with the packages around them."""
        found: dict[str, Module] = {}
        if module.summary is None:
            return found
        names: dict[str, None] = {}
        own = module.name.split(".")
        for end in range(1, len(own)):
            names[".".join(own[:end])] = None
        for statement in module.summary.imports:
            parts = statement.module.split(".")
            for end in range(1, len(parts) + 1):
                names[".".join(parts[:end])] = None
            source = self._project.find(statement.module, module)
            if source is None or source.is_package:  # what a plain file gives is no module
                listed = source.summary.exported if source is not None and source.summary is not None else None
                for name in (*statement.names, *(listed or () if "*" in statement.names else ())):
                    names[f"{statement.module}.{name}"] = None
        for name in names:
            target = self._project.find(name, module)
            if target is not None and target is not module:
                found[name] = target
        return found

    def _check_classes(self, module: Module) -> None:
        """Report classes that are decorated as what only a function can be: their module cannot be imported."""
        bindings = module.summary.bindings.values() if module.summary is not None else ()
        for node in (binding.node for binding in bindings if isinstance(binding, Defined)):
            for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                named = self._resolver.expression(decorator.func if isinstance(decorator, ast.Call) else decorator, module)
                if isinstance(named, External) and named.symbol in ("task", "workflow"):
                    message = f"`@{named.symbol}` takes a function, and `{node.name}` is a class"
                    help_ = f"decorate a function, and use `{node.name}` in it"
                    self._findings.add(codes.WRONG_FUNCTION, message, Place(module, decorator), help=help_)

    def _module(self, module: Module, travelling: frozenset[str]) -> list[Callee]:
        """Elaborate the tasks and workflows that a requested module defines, in source order."""
        if module.summary is None:
            return []
        self._check_definitions(module)
        callees: list[Callee] = []
        for name, binding in module.summary.bindings.items():
            if not _may_be_task(binding):
                continue
            entity = self._resolver.name(name, module)
            callee = self._callee(entity) if isinstance(entity, FunctionEntity) else None
            if callee is not None:
                callees.append(callee)
        for callee in callees:
            if callee.kind == "workflow":
                self._workflow(callee)
        tasks = [callee for callee in callees if callee.kind == "task"]
        for callee in tasks:
            self._imports.check_task(callee.node, module)
        if tasks:
            self._task_bodies.check(module, tasks, travelling)
        return callees

    def _callee(self, entity: FunctionEntity) -> Callee | None:
        try:
            return self._definitions.callee(entity)
        except RecursionError:
            message = f"what `{entity.node.name}` names is nested too deeply to be read"
            help_ = "shorten its annotations, or the chain of names and classes that they lead to"
            self._findings.add(codes.NESTED_TOO_DEEPLY, message, entity.module.name_span(entity.node), help=help_)
            return None

    def _check_definitions(self, module: Module) -> None:
        assert module.summary is not None
        for name, earlier, later in module.summary.redefined:
            if not isinstance(earlier, ast.ClassDef) and earlier.decorator_list and not _are_equal(module, earlier, later):
                message = f"`{name}` is defined again below: only the last definition counts, also where the first one is called"
                self._findings.add(
                    codes.REDEFINED,
                    message,
                    module.name_span(earlier),
                    related=[(module.name_span(later), "defined again here")],
                    help="give it another name",
                )
        self._check_misplaced(module, module.summary.misplaced)

    def _check_misplaced(self, module: Module, nodes: Iterable[FunctionNode]) -> None:
        """Report tasks and workflows inside other statements, each name once; uses of it add nothing."""
        found: dict[str, list[FunctionNode]] = {}
        for node in nodes:
            if self._definitions.is_decorator_of(node, FunctionEntity(module, node)):
                found.setdefault(node.name, []).append(node)
        for name, (first, *others) in found.items():
            message = f"`{name}` is defined under a condition, so a container may not find it"
            related = [(module.name_span(other), "and here") for other in others]
            at = module.name_span(first)
            self._findings.add(codes.MISPLACED_DEFINITION, message, at, related=related, help="define it once, at module level")
            module.entities[name] = Unresolved("it is defined under a condition", reported=True)

    def _workflow(self, callee: Callee) -> None:
        """Build a workflow and, after it, every workflow that it calls."""
        self._waiting.append(callee)
        while self._waiting:
            current = self._waiting.popleft()
            if current.name in self._built:
                continue
            self._built.add(current.name)
            built = self._build(current)
            if built is None:  # its graph is unknown, but not what it named: findings there belong to the same report
                known = self._definitions.workflows.values()
                self._waiting.extend(named for named in known if named.name not in self._built)
                continue
            self._workflows[current.name] = built
            self._waiting.extend(
                self._definitions.workflows[node.workflow] for node in built.nodes if isinstance(node, GraphNode)
            )

    def _build(self, callee: Callee) -> Workflow | None:
        before = self._findings.errors
        try:
            built = build_workflow(callee, self._services, self._late_spans)
            handler = read_handler(callee, self._services) if callee.options else None
        except RecursionError:
            message = f"the body of `{callee.node.name}` is nested too deeply to be read"
            self._findings.add(
                codes.NESTED_TOO_DEEPLY,
                message,
                callee.module.name_span(callee.node),
                help="assign parts of the longest expression to variables",
            )
            return None
        if handler is not None:
            self._handlers[callee.name] = handler
            called = (node.workflow for node in handler.nodes if isinstance(node, GraphNode))
            self._waiting.extend(self._definitions.workflows[name] for name in called)
        return built if self._findings.errors == before else None

    def _drop_callers(self) -> None:
        """A workflow that calls one with findings was not understood either."""
        callers: dict[str, list[str]] = {}
        missing: deque[str] = deque()
        for workflow in self._workflows.values():
            for node in workflow.nodes:
                if isinstance(node, GraphNode):
                    callers.setdefault(node.workflow, []).append(workflow.name)
                    if node.workflow not in self._workflows:
                        missing.append(node.workflow)
        while missing:
            for caller in callers.get(missing.popleft(), ()):
                if self._workflows.pop(caller, None) is not None:
                    missing.append(caller)


def _may_be_task(binding: Binding) -> bool:
    """Whether a name may stand for a task or workflow of this module: a decorated function, or a call that takes one thing."""
    if isinstance(binding, Defined):
        return not isinstance(binding.node, ast.ClassDef) and bool(binding.node.decorator_list)
    return isinstance(binding, Assigned) and isinstance(binding.value, ast.Call) and len(binding.value.args) == 1


def _are_equal(module: Module, earlier: FunctionNode, later: ast.AST) -> bool:
    """Whether two definitions of a name are the same text, decorators included: whichever counts, nothing changes."""
    if not isinstance(later, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    first, second = ([module.lines.cut(part) for part in (*node.decorator_list, node)] for node in (earlier, later))
    return first == second
