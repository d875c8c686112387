"""Spans of the program's parts, kept beside it: an inserted line changes no program, digest or golden."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagwright_compiler.source import Span

NodeKey = tuple[str, str, str]
"""(workflow, node id, part): part is ``""`` for the call, an input's name for its argument, ``policy.<field>`` for an override,
``after.<node id>`` for the end of an order given with ``>>``."""


class SpanTable:
    """Where definitions and calls stand in the sources."""

    __slots__ = ("definitions", "nodes")

    def __init__(self) -> None:
        self.definitions: dict[tuple[str, str], Span] = {}
        """(qualified name, part) -> span: part is ``""`` for the name itself, an input's name for its parameter, ``return``, or ``policy.<field>``."""
        self.nodes: dict[NodeKey, Span] = {}

    def definition(self, name: str, part: str = "") -> Span | None:
        """Span of a definition's part, else of the definition."""
        return self.definitions.get((name, part)) or self.definitions.get((name, ""))

    def node(self, workflow: str, node: str, part: str = "") -> Span | None:
        """Span of a call's part, else of the call."""
        return self.nodes.get((workflow, node, part)) or self.nodes.get((workflow, node, ""))
