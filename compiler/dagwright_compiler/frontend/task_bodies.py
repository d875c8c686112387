"""Bodies of tasks, scanned once for what would go wrong when they run elsewhere.

Bodies are hardly ever walked: only one whose text holds a word of ``_WORDS``, the name of a task, or the name of a plain function of the same module that
does. What is wrong with a call or an attribute is said by ``nested_calls``, ``left_behind``, ``task_context`` and
``stand_in_calls``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dagwright.contract.flytekit_names import PUBLIC, WORKING
from dagwright_compiler.frontend.body_scopes import Body, read_function, read_statements
from dagwright_compiler.frontend.entities import External, FunctionEntity, ModuleEntity, PackageEntity
from dagwright_compiler.frontend.left_behind import READERS, LeftBehind
from dagwright_compiler.frontend.names import GATES
from dagwright_compiler.frontend.nested_calls import warn_nested_calls
from dagwright_compiler.frontend.stand_in_calls import check_stand_in_calls, is_refused
from dagwright_compiler.frontend.summary import Assigned, Defined, Imported, Unstable
from dagwright_compiler.frontend.task_context import check_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dagwright_compiler.frontend.definitions import Definitions
    from dagwright_compiler.frontend.findings import Findings
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.project import Project
    from dagwright_compiler.frontend.promises import Callee
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.summary import FunctionNode

_WORDS = frozenset(
    word.encode()
    for word in (
        *READERS,
        "__file__",
        "__import__",
        "import_module",
        "get_data",
        "resources",
        "current_context",
        "Deck",
        "import",
    )
)
"""Words without which nothing but a call of another task can be wrong with a body."""
_AUTHORED = frozenset({"current_context", "Deck"})


class TaskBodies:
    """Looks through the bodies of tasks, module by module."""

    def __init__(self, project: Project, resolver: Resolver, definitions: Definitions, findings: Findings) -> None:
        self._resolver = resolver
        self._definitions = definitions
        self._findings = findings
        self._left_behind = LeftBehind(project, findings)

    def check(self, module: Module, tasks: Sequence[Callee], travelling: frozenset[str]) -> None:
        """Report what is wrong in the bodies of the tasks of a module, in what they call there, and at module level.

        Args:
            module: The module.
            tasks: Those that it defines.
            travelling: Locations of the modules that go where the tasks run.
        """
        assert module.summary is not None
        words = module.words
        names, helpers = self._names(module)
        wanted = names | _WORDS
        helpers = _worth_walking(helpers, module, words, wanted)
        wanted |= helpers.keys()
        callers: dict[str, list[Callee]] = {}
        for task in tasks:
            if wanted.isdisjoint(_words_of(task.node, module, words)):
                continue
            body = read_function(task.node, module, self._resolver)
            warn_nested_calls(task.node, body, self._definitions, self._findings)
            self._left_behind.check(body, travelling)
            check_context(body, [task], self._findings)
            check_stand_in_calls(body, self._findings)
            _add_callers(callers, body, task)
        self._helpers(helpers, callers, module, travelling)
        if not _WORDS.isdisjoint(module.vocabulary):
            self._left_behind.check(read_statements(_statements(module), module, self._resolver), travelling)

    def _helpers(
        self, helpers: Mapping[bytes, FunctionNode], callers: dict[str, list[Callee]], module: Module, travelling: frozenset[str]
    ) -> None:
        """The plain functions of the module that tasks call, and those that these call."""
        bodies: dict[str, Body] = {}
        waiting = list(callers)
        while waiting:
            name = waiting.pop()
            node = helpers.get(_bytes(name))
            if node is None:
                continue
            if name not in bodies:
                bodies[name] = read_function(node, module, self._resolver)
            before = {called: len(found) for called, found in callers.items()}
            for task in callers[name]:
                _add_callers(callers, bodies[name], task)
            waiting += [called for called, found in callers.items() if len(found) > before.get(called, 0)]
        for name, body in bodies.items():
            self._left_behind.check(body, travelling)
            check_context(body, callers[name], self._findings, helper=name)
            check_stand_in_calls(body, self._findings)

    def _names(self, module: Module) -> tuple[frozenset[bytes], dict[bytes, FunctionNode]]:
        """Names of the module that may lead to a task or to what only tasks have; and its plain functions."""
        assert module.summary is not None
        found = (
            {_bytes(name) for name in (PUBLIC - WORKING) | GATES}
            if any(star.module == "flytekit" for star in module.summary.stars)
            else set()
        )
        plain: dict[bytes, FunctionNode] = {}
        for name, binding in module.summary.bindings.items():
            if isinstance(binding, Defined):
                if isinstance(binding.node, ast.ClassDef):
                    continue
                if not binding.node.decorator_list:
                    plain[_bytes(name)] = binding.node
                    continue
            elif not isinstance(binding, Imported | Assigned) or (
                isinstance(binding, Assigned) and not isinstance(binding.value, ast.Name | ast.Attribute)
            ):
                continue
            if self._matters(name, module):
                found.add(_bytes(name))
        return frozenset(found), plain

    def _matters(self, name: str, module: Module) -> bool:
        entity = self._resolver.name(name, module)
        if isinstance(entity, External):
            return entity.symbol in _AUTHORED or entity.symbol in GATES or is_refused(entity)
        return isinstance(entity, ModuleEntity | PackageEntity) or (
            isinstance(entity, FunctionEntity) and self._definitions.decoration(entity).kind in ("task", "workflow")
        )


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _words_of(node: FunctionNode, module: Module, words: bytes) -> list[bytes]:
    lines, first = module.lines, node.body[0]
    end = lines.position((node.end_lineno or node.lineno) + 1)
    return words[lines.position(first.lineno, first.col_offset) : end].split()


def _worth_walking(
    plain: Mapping[bytes, FunctionNode], module: Module, words: bytes, wanted: frozenset[bytes]
) -> dict[bytes, FunctionNode]:
    """Plain functions that hold a wanted word, or the name of one that does."""
    texts = {name: frozenset(_words_of(node, module, words)) for name, node in plain.items()}
    found = {name for name, text in texts.items() if not wanted.isdisjoint(text)}
    added = found
    while added:
        added = {name for name, text in texts.items() if name not in found and not added.isdisjoint(text)}
        found |= added
    return {name: plain[name] for name in plain if name in found}


def _add_callers(callers: dict[str, list[Callee]], body: Body, task: Callee) -> None:
    """Note which plain functions of the same module a body calls."""
    for call, scope, _ in body.calls:
        entity = scope.entity(call.func) if isinstance(call, ast.Call) else None
        if isinstance(entity, FunctionEntity) and entity.module is task.module and not entity.node.decorator_list:
            found = callers.setdefault(entity.node.name, [])
            if task not in found:
                found.append(task)


def _statements(module: Module) -> Iterable[ast.AST]:
    """What runs at module level and binds something: each statement once."""
    assert module.summary is not None
    found: dict[int, ast.AST] = {}
    for binding in module.summary.bindings.values():
        if isinstance(binding, Assigned | Unstable) and isinstance(binding.node, ast.stmt):
            found[id(binding.node)] = binding.node
    return [
        node
        for node in found.values()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Global)
    ]
