"""Types that a value takes where it crosses into and out of a workflow that is put in place.

A call converts what it is given and what it gives back: an ``int`` for an input of type ``float`` arrives as a float, whatever reads
it inside. Once the call is gone, the bindings must say so, but only where it changes a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright.contract.types import Type, list_of
from dagwright_compiler.ir.parts import type_of_part
from dagwright_compiler.ir.program import Binding, BuiltBinding, GateNode, InputBinding, LiteralBinding, MapNode

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import FlatNode, Library, Workflow


class Crossings:
    """The types of the values of one workflow while it is made flat; knows the flat nodes that it was given."""

    __slots__ = ("_inputs", "_library", "_nodes")

    def __init__(self, workflow: Workflow, library: Library) -> None:
        self._inputs = {field.name: field.type for field in workflow.inputs}
        self._library = library
        self._nodes: dict[str, FlatNode] = {}

    def taking(self, node: FlatNode) -> FlatNode:
        """Know a flat node; give it without crossings that its own inputs repeat."""
        self._nodes[node.id] = node
        if not any(binding.through for _, binding in node.bindings):
            return node
        mapped = node.mapped if isinstance(node, MapNode) else ()
        if isinstance(node, GateNode):
            return node
        declared = {field.name: field.type for field in self._library.tasks[node.task].inputs}
        bindings = tuple(
            (name, self.ending(binding, list_of(declared[name]) if name in mapped else declared[name]))
            for name, binding in node.bindings
        )
        return replace(node, bindings=bindings)

    def entering(self, binding: Binding, declared: Type) -> Binding:
        """The value as it is behind a place that declares a type for it."""
        if _keeps(self._type_of(binding), declared):
            return binding
        return replace(binding, through=(*binding.through, declared))

    def ending(self, binding: Binding, declared: Type) -> Binding:
        """The value where it is taken under a type of its own: a crossing just before it that says the same says nothing."""
        through = binding.through
        fills_in = isinstance(binding, LiteralBinding) and through[:1] == (binding.type,)
        while len(through) > fills_in and through[-1] == declared:
            through = through[:-1]
        return binding if through is binding.through else replace(binding, through=through)

    def _type_of(self, binding: Binding) -> Type:
        if binding.through:
            return binding.through[-1]
        if isinstance(binding, LiteralBinding | BuiltBinding):
            return binding.type
        if isinstance(binding, InputBinding):
            return type_of_part(self._inputs[binding.name], binding.path, self._library.classes)
        node = self._nodes[binding.node]
        outputs = node.outputs if isinstance(node, GateNode) else self._library.tasks[node.task].outputs
        own = next(field.type for field in outputs if field.name == binding.output)
        whole = node.type_of_list(own) if isinstance(node, MapNode) else own
        return type_of_part(whole, binding.path, self._library.classes)


def _keeps(source: Type, declared: Type) -> bool:
    """Whether every value of one type is the same under another."""
    if source == declared or declared.kind == "unknown":
        return True
    if source.kind == "union":
        return all(_keeps(part, declared) for part in source.args)
    if declared.kind == "union":
        return source in declared.args  # an exact member goes before one that converts
    return (
        source.kind == declared.kind
        and bool(source.args)
        and len(source.args) == len(declared.args)
        and all(map(_keeps, source.args, declared.args))
    )
