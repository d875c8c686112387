"""Spans of the program's parts, kept beside it: an inserted line changes no program, digest or golden.

Almost no span of a large program is ever asked for, so the table holds few: the front end finds the others on request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dagwright_compiler.source import Span

NodeKey = tuple[str, str, str]
"""(workflow, node id, part): part is ``""`` for the call, an input's name for its argument, ``policy.<field>`` for an override,
``after.<node id>`` for the end of an order given with ``>>``."""


class SpanFinder(Protocol):
    """Finds spans that no table holds."""

    def definition(self, name: str, part: str) -> Span | None:
        """Span of exactly this part of a definition."""
        ...

    def node(self, workflow: str, node: str, part: str) -> Span | None:
        """Span of exactly this part of a call."""
        ...


class SpanTable:
    """Where definitions and calls stand in the sources.

    Args:
        finder: Where to look for what the table does not hold.
    """

    __slots__ = ("_finder", "_placed", "definitions", "nodes")

    def __init__(self, finder: SpanFinder | None = None) -> None:
        self._finder = finder
        self._placed: dict[tuple[str, str], tuple[str, str]] = {}
        self.definitions: dict[tuple[str, str], Span] = {}
        """(qualified name, part) -> span: part is ``""`` for the name itself, an input's name for its parameter, ``return``, or ``policy.<field>``.

        Only what was put in; ``definition`` finds the rest.
        """
        self.nodes: dict[NodeKey, Span] = {}
        """Only what was put in; ``node`` finds the rest."""

    def extended(self) -> SpanTable:
        """A table that knows all of this one, for additions that this one is not to see."""
        table = SpanTable(self._finder)
        table.definitions = self.definitions
        table.nodes = dict(self.nodes)
        table._placed = dict(self._placed)
        return table

    def place(self, workflow: str, node: str, origin: tuple[str, str]) -> None:
        """Let a node stand where the node ``origin`` (workflow and id) stands."""
        self._placed[workflow, node] = self._placed.get(origin, origin)

    def definition(self, name: str, part: str = "") -> Span | None:
        """Span of a definition's part, else of the definition."""
        return self._definition(name, part) or self._definition(name, "")

    def node(self, workflow: str, node: str, part: str = "") -> Span | None:
        """Span of a call's part, else of the call."""
        return self._node(workflow, node, part) or self._node(workflow, node, "")

    def policy(self, workflow: str, node: str, task: str, field: str) -> Span | None:
        """Span of a policy's field: in the call's override, else in the task's decorator, else of the call."""
        part = f"policy.{field}"
        return self._node(workflow, node, part) or self._definition(task, part) or self._node(workflow, node, "")

    def _definition(self, name: str, part: str) -> Span | None:
        found = self.definitions.get((name, part))
        if found is None and self._finder is not None:
            found = self._finder.definition(name, part)
        return found

    def _node(self, workflow: str, node: str, part: str) -> Span | None:
        workflow, node = self._placed.get((workflow, node), (workflow, node))
        found = self.nodes.get((workflow, node, part))
        if found is None and self._finder is not None:
            found = self._finder.node(workflow, node, part)
        return found
