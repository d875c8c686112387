"""Places of a generated project where a mistake can be planted, and edits of its text."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Mapping
from typing import NamedTuple

from mutation.flows import Body, Callable, root
from mutation.modules import OUTSIDE, SYMBOL
from mutation.projects import Generated
from mutation.records import CLASSES
from mutation.vocabulary import CONSTANTS

Sources = Mapping[str, str | bytes]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Planted(NamedTuple):
    """A project with one mistake, and the only finding that it must give."""

    sources: Sources
    path: str
    line: int
    code: str


class CallSite(NamedTuple):
    """A call of a task or workflow in the body of a workflow; ``given`` holds its arguments by input."""

    body: Body
    statement: ast.stmt
    call: ast.Call
    callee: Callable
    given: dict[str, ast.expr]

    @property
    def is_alone(self) -> bool:
        """Whether the statement is for this call: which is no argument of another, and in no loop, whose names its arguments may hold."""
        value = self.statement.value if isinstance(self.statement, ast.Assign | ast.Expr) else None
        while isinstance(value, ast.Call) and value is not self.call:
            value = value.func.value if isinstance(value.func, ast.Attribute) else None
        return value is self.call

    @property
    def holds_calls(self) -> bool:
        """Whether a task or workflow is called in an argument."""
        parts = (part for value in self.given.values() for part in ast.walk(value))
        return any(isinstance(part, ast.Call) and ast.unparse(part.func) in self.body.callees for part in parts)


class MapSite(NamedTuple):
    """A map in the body of a workflow: ``function`` is a name or a ``partial``, ``source`` its list, or the first of several."""

    body: Body
    statement: ast.stmt
    callee: Callable
    function: ast.expr
    over: str
    source: ast.expr


class TaskSite(NamedTuple):
    """A task where it is defined."""

    path: str
    node: FunctionNode
    task: Callable


class View:
    """A generated project to plant mistakes in.

    Args:
        project: The project, which stays as it is.
        chance: Where a mutator makes its choices.
    """

    def __init__(self, project: Generated, chance: random.Random) -> None:
        self.project = project
        self.chance = chance
        self.trees = {path: ast.parse(text) for path, text in project.sources.items()}
        self._lines = {path: text.encode().split(b"\n") for path, text in project.sources.items()}

    def function(self, body: Body) -> FunctionNode:
        """The definition of a workflow."""
        return self._definition(body.path, body.workflow.name)

    def calls(self) -> list[CallSite]:
        """Every direct call in every workflow, in random order."""
        found = []
        for body in self.project.bodies:
            for statement in self.function(body).body:
                for node in ast.walk(statement):
                    callee = body.callees.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
                    if callee is not None:
                        assert isinstance(node, ast.Call)
                        given = dict(zip((each.name for each in callee.inputs), node.args, strict=False))
                        given |= {keyword.arg or "": keyword.value for keyword in node.keywords}
                        found.append(CallSite(body, statement, node, callee, given))
        return self.chance.sample(found, len(found))

    def maps(self) -> list[MapSite]:
        """Every map, in random order."""
        found = []
        for body in self.project.bodies:
            for statement in self.function(body).body:
                value = statement.value if isinstance(statement, ast.Assign) else None
                if (
                    isinstance(value, ast.Call)
                    and isinstance(value.func, ast.Call)
                    and "map_task" in ast.unparse(value.func.func)
                ):
                    function = value.func.args[0]
                    name = function.args[0] if isinstance(function, ast.Call) else function
                    keyword = value.keywords[0]
                    callee = body.callees[ast.unparse(name)]
                    found.append(MapSite(body, statement, callee, function, keyword.arg or "", keyword.value))
        return self.chance.sample(found, len(found))

    def tasks(self) -> list[TaskSite]:
        """Every task, in random order."""
        tasks = [each for each in self.project.callables if each.is_task]
        found = [
            TaskSite(path, self._definition(path, each.name), each)
            for each in tasks
            for path in [self.project.paths[each.module]]
        ]
        return self.chance.sample(found, len(found))

    def bodies(self) -> list[Body]:
        """Every workflow, in random order."""
        return self.chance.sample(self.project.bodies, len(self.project.bodies))

    def promises(self, body: Body, before: ast.stmt, *, at_end: bool = False) -> list[tuple[str, str]]:
        """Results and inputs that stand before a statement (or anywhere in the body), with their kinds."""
        known = {each.name for each in body.workflow.inputs}
        for statement in self.function(body).body:
            if statement is before and not at_end:
                break
            if isinstance(statement, ast.Assign):
                known |= {node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)}
        found = [(text, kind) for text, kind in body.kinds.items() if root(text) in known]
        return self.chance.sample(found, len(found))

    def replaced(self, path: str, node: ast.AST, text: str) -> str:
        """The text of a file with another one in the place of a node."""
        lines = list(self._lines[path])
        first, last = node.lineno - 1, (node.end_lineno or 0) - 1  # type: ignore[attr-defined]
        lines[first : last + 1] = [lines[first][: node.col_offset] + text.encode() + lines[last][node.end_col_offset :]]  # type: ignore[attr-defined]
        return b"\n".join(lines).decode()

    def cut(self, path: str, node: ast.AST) -> str:
        """The text of a node, on one line."""
        return " ".join((ast.get_source_segment(self.project.sources[path], node) or "").split())

    def inserted(self, path: str, line: int, *added: str) -> str:
        """The text of a file with lines before one of its own (numbered from 1)."""
        lines = self.project.sources[path].split("\n")
        lines[line - 1 : line - 1] = added
        return "\n".join(lines)

    def with_file(self, path: str, text: str | bytes) -> Sources:
        """The project with another text of one file."""
        return {**self.project.sources, path: text}

    def swapped(self, path: str, node: ast.AST, text: str, code: str) -> Planted:
        """Plant by replacing a node; the finding is at its first line."""
        return Planted(self.with_file(path, self.replaced(path, node, text)), path, node.lineno, code)  # type: ignore[attr-defined]

    def spelled(self, text: str) -> tuple[str, dict[str, None]]:
        """A static expression with every ``$Name`` under a name of its own, and the imports that give it."""
        imports: dict[str, None] = {}

        def name(match: re.Match[str]) -> str:
            symbol = match.group(1)
            stem = "constants" if symbol in CONSTANTS else "records" if symbol in CLASSES else ""
            home = next((module for module in self.project.paths if module.rpartition(".")[2] == stem), OUTSIDE.get(symbol, ""))
            imports[f"from {'dagwright' if home.startswith('flytekit') else home} import {symbol} as {symbol}_of_it"] = None
            return f"{symbol}_of_it"

        return SYMBOL.sub(name, text), imports

    def added(self, path: str, line: int, code: str, *lines: str, at: int = 0) -> Planted:
        """Plant by adding lines before one; the finding is ``at`` one of them."""
        return Planted(self.with_file(path, self.inserted(path, line, *lines)), path, line + at, code)

    def importing(self, planted: Planted, statement: str) -> Planted:
        """The same mistake in a file that imports something first."""
        text = planted.sources[planted.path]
        assert isinstance(text, str)
        lines = text.split("\n")
        lines.insert(self.first_import(planted.path) - 1, statement)
        return planted._replace(sources={**planted.sources, planted.path: "\n".join(lines)}, line=planted.line + 1)

    def first_import(self, path: str) -> int:
        """Line before which an import can stand."""
        body = self.trees[path].body
        first = 0 if not isinstance(body[0], ast.Expr) else 1
        while first < len(body) and isinstance(node := body[first], ast.ImportFrom) and node.module == "__future__":
            first += 1
        return body[first].lineno if first < len(body) else (body[-1].end_lineno or 1) + 1

    def end(self, path: str) -> int:
        """The line behind the last one with code."""
        return self.project.sources[path].rstrip("\n").count("\n") + 2

    def _definition(self, path: str, name: str) -> FunctionNode:
        return next(node for node in self.trees[path].body if isinstance(node, FunctionNode) and node.name == name)


def misspelt(name: str, chance: random.Random) -> str:
    """A name with two of its letters in the wrong order, or, where it is too short for that, its last one twice."""
    places = [at for at in range(1, len(name) - 1) if name[at] != name[at + 1]]
    if not places:
        return name + name[-1]
    at = chance.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
