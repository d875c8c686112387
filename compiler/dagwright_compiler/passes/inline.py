"""Puts the nodes of subworkflows in the place of their calls: targets and runtime see one flat workflow.

Finer edges follow: a node waits for the values that it takes, not for a whole subworkflow. Orders given with ``>>`` keep their
meaning: before the first nodes of the callee, after its last ones. So do the types that subworkflows declare: a value that another
type than its own was declared for on the way takes that type (``crossings``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright.contract.failures import CALL_ERR
from dagwright.contract.paths import NoSuchPart, spell_path
from dagwright_compiler.diagnostics.codes import UNKNOWN_PART
from dagwright_compiler.diagnostics.model import Diagnostic, InternalError
from dagwright_compiler.ir.graph import predecessors, producers
from dagwright_compiler.ir.node_ids import NodeIds
from dagwright_compiler.ir.parts import default_of, map_leaves, part_of
from dagwright_compiler.ir.program import Binding, GateNode, GraphNode, InputBinding, Node, OutputBinding, Program, Workflow
from dagwright_compiler.passes.call_order import call_order
from dagwright_compiler.passes.crossings import Crossings
from dagwright_compiler.passes.handled_calls import CallHandlers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.ir.program import LeafBinding, MapNode, Path, Policy, TaskNode
    from dagwright_compiler.ir.spans import NodeKey
    from dagwright_compiler.passes.context import Context


def inline(program: Program, context: Context) -> Program:
    """Flatten the entry workflow; its calls end (``validate_calls``)."""
    entry = program.workflow
    if not any(isinstance(node, GraphNode) for node in entry.nodes):
        return program
    order = call_order(entry, context.library)
    if order.circle:
        raise InternalError(f"{entry.name} calls itself")
    flat: dict[str, Workflow] = {}
    handlers = CallHandlers(context.library)
    for workflow in order.workflows:
        flat[workflow.name] = _Flattening(workflow, flat, handlers, context).result()
    return replace(program, workflow=flat[entry.name], call_handlers=handlers.of_calls_in(entry))


class _Flattening:
    """One workflow whose callees are flat already.

    ``_outputs`` says where a callee's output comes from now, ``_ends`` which nodes stand for a call that others wait for.
    """

    def __init__(self, workflow: Workflow, flat: Mapping[str, Workflow], handlers: CallHandlers, context: Context) -> None:
        self._workflow = workflow
        self._flat = flat
        self._handlers = handlers
        self._context = context
        # Own nodes keep their ids, whatever a callee's nodes would like to be called.
        self._ids = NodeIds(node.id for node in workflow.nodes)
        self._nodes: list[Node] = []
        self._outputs: dict[tuple[str, str], Binding] = {}
        self._ends: dict[str, tuple[str, ...]] = {}
        self._crossings = Crossings(workflow, context.library)

    def result(self) -> Workflow:
        """The workflow with every call of another one replaced."""
        for node in self._workflow.nodes:
            if isinstance(node, GraphNode):
                self._place(node)
            else:
                self._add(replace(node, bindings=self._resolved(node)))
        outputs = tuple(
            replace(output, binding=self._crossings.ending(self._now(output.binding, ""), output.type))
            for output in self._workflow.outputs
        )
        # ``>>`` may name a call that stands later in the source, so ends are put in only when all are known.
        nodes = tuple(replace(node, after=self._expanded(node.after)) if node.after else node for node in self._nodes)
        return replace(self._workflow, nodes=nodes, outputs=outputs)

    def _place(self, call: GraphNode) -> None:
        callee = self._flat[call.workflow]
        arguments = self._arguments(call, callee)
        renamed = {node.id: self._ids.take(f"{call.id}-{node.id}") for node in callee.nodes}
        followed: set[str] = set()
        for node in callee.nodes:
            earlier = predecessors(node)
            followed.update(earlier)
            assert not isinstance(node, GraphNode)
            bindings = tuple(
                (name, self._substituted(binding, arguments, renamed, (callee.name, node.id, name)))
                for name, binding in node.bindings
            )
            after = tuple(renamed[before] for before in node.after) if earlier else call.after
            placed = replace(node, id=renamed[node.id], bindings=bindings, after=after)
            self._add(placed if isinstance(placed, GateNode) else replace(placed, policy=self._policy(placed, call)))
            # A placed node stands where the callee's author wrote it.
            self._context.spans.place(self._workflow.name, renamed[node.id], (callee.name, node.id))
        for output in callee.outputs:
            binding = self._substituted(output.binding, arguments, renamed, (self._workflow.name, call.id, ""))
            self._outputs[call.id, output.name] = self._crossings.entering(binding, output.type)
        if self._handlers.are_there(callee):
            given = {**arguments, CALL_ERR: InputBinding(name=CALL_ERR)}

            def bound(binding: Binding) -> Binding:
                return self._substituted(binding, given, renamed, (self._workflow.name, call.id, ""))

            self._handlers.place(call, callee, self._workflow, renamed, bound)
        last = tuple(renamed[node.id] for node in callee.nodes if node.id not in followed)
        # A callee without nodes has ended when its arguments are there and its own order is kept.
        self._ends[call.id] = last or (*call.after, *dict.fromkeys(producers(call)))

    def _policy(self, node: TaskNode | MapNode, call: GraphNode) -> Policy | None:
        """How a callee's node runs here; ``None`` where that is how its task runs anywhere."""
        if call.interruptible is None:
            return node.policy
        declared = self._context.library.tasks[node.task].policy
        policy = (node.policy or declared).within(interruptible=call.interruptible)
        return policy if policy != declared else None

    def _add(self, node: Node) -> None:
        assert not isinstance(node, GraphNode)
        self._nodes.append(self._crossings.taking(node))

    def _arguments(self, call: GraphNode, callee: Workflow) -> dict[str, Binding]:
        given = dict(self._resolved(call))
        for field in callee.inputs:
            if field.name not in given:
                if not field.has_default:
                    raise InternalError(f"call {call.id} of {callee.name} leaves {field.name} open")
                given[field.name] = default_of(field)
            given[field.name] = self._crossings.entering(given[field.name], field.type)
        return given

    def _resolved(self, node: Node) -> tuple[tuple[str, Binding], ...]:
        return tuple((name, self._now(binding, node.id, name)) for name, binding in node.bindings)

    def _now(self, binding: Binding, node: str, part: str = "") -> Binding:
        """What a binding of the workflow is now that calls before it are put in place."""

        def change(leaf: LeafBinding) -> Binding:
            found = self._outputs.get((leaf.node, leaf.output)) if isinstance(leaf, OutputBinding) else None
            if found is None or not isinstance(leaf, OutputBinding):
                return leaf
            return self._part(found, leaf.path, (self._workflow.name, node, part))

        return map_leaves(binding, change)

    def _substituted(
        self, binding: Binding, arguments: Mapping[str, Binding], renamed: Mapping[str, str], place: NodeKey
    ) -> Binding:
        """What a binding of a callee is in its caller."""

        def change(leaf: LeafBinding) -> Binding:
            if isinstance(leaf, InputBinding):
                argument = self._part(arguments[leaf.name], leaf.path, place)
                return replace(argument, through=(*argument.through, *leaf.through)) if leaf.through else argument
            return replace(leaf, node=renamed[leaf.node]) if isinstance(leaf, OutputBinding) else leaf

        return map_leaves(binding, change)

    def _part(self, binding: Binding, path: Path, place: NodeKey) -> Binding:
        """A part of what was bound; that a value known by now has no such part is a finding."""
        try:
            return part_of(binding, path, self._context.library.classes)
        except NoSuchPart as missing:
            message = f"`{spell_path(path)}` is not there: {missing}"
            self._context.diagnostics.add(Diagnostic(UNKNOWN_PART, message, self._context.spans.node(*place)))
            return binding

    def _expanded(self, after: tuple[str, ...]) -> tuple[str, ...]:
        """Replace calls that were put in place by their last nodes, through empty callees too."""
        found: dict[str, None] = {}
        pending = list(reversed(after))
        seen: set[str] = set()
        while pending:
            before = pending.pop()
            if before in seen:
                continue
            seen.add(before)
            if before in self._ends:
                pending.extend(reversed(self._ends[before]))
            else:
                found[before] = None
        return tuple(found)
