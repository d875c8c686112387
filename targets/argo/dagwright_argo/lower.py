"""Program -> manifest model. Pure: the same program, settings and names give equal values.

Order, pods, counts: that is all that Argo sees. Values and code stay in the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.chunks import MAP_PODS
from dagwright.contract.names import VERDICT
from dagwright_argo import model
from dagwright_argo.counts import Count, LiteralCount, PodNode, counts_of, flat_nodes, pod_nodes, units_of
from dagwright_argo.dags import Call, DagTemplates, exit_steps, exit_template, map_template
from dagwright_argo.expansion import variable_text
from dagwright_argo.failed_calls import FAILED_CALLS, HandlerGraph, handling_templates, inputs_of_run, judging_kind
from dagwright_argo.gates import GateKind, gate_kind, gate_name, gate_template
from dagwright_argo.naming import LABEL_VALUE, Names, dns_name
from dagwright_argo.objects import MANAGED_BY
from dagwright_argo.parameters import store_parameter, workflow_parameters
from dagwright_argo.partition import Group, split
from dagwright_argo.pods import PodKind, Pods
from dagwright_argo.run_settings import pod_patch, spec_fields
from dagwright_compiler.ir.graph import inputs_read, predecessors
from dagwright_compiler.ir.program import FlatNode, GateNode, MapNode, Program, Unit

if TYPE_CHECKING:
    from dagwright_argo.provisions import Code
    from dagwright_argo.settings import ArgoSettings

MAX_ITEMS = 200
"""Tasks of a DAG and templates of a workflow, in the full CRDs of Argo 4."""
ON_EXIT = "on-exit"
ON_FAILURE = "on-failure"
"""Templates of what runs at the end of a run, and, where that has failed, after it."""
_SHARE_ABOVE = 150
"""Templates from which on tasks with equal pods share theirs."""
_SHARE_ABOVE_BYTES = 200_000
"""The same, by what the list of code files costs when every template repeats it."""


class Lowering(msgspec.Struct, frozen=True):
    """What lowering decides before any object has a name: units, the count of each map, the grouping of tasks into DAGs."""

    units: Mapping[str, Unit]
    counts: Mapping[str, Count]
    predecessors: Mapping[str, tuple[str, ...]]
    root: Group
    handler: Lowering | None = None
    """Of what runs once the workflow has failed; its units stand among the workflow's, too."""
    calls: Mapping[str, Lowering] = {}
    """Of what runs before that for calls in which something failed, likewise."""


def plan(program: Program, map_pods: int = MAP_PODS) -> Lowering:
    """Decide on units, counts and groups; a map gets ``map_pods`` pods at most."""
    counts = counts_of(program, map_pods)
    order = topological(flat_nodes(program).values())
    handler = plan(program.handler, map_pods) if program.handler is not None and program.handler.workflow.nodes else None
    calls = {call: plan(each, map_pods) for call, each in program.handlers_of_calls.items() if each.workflow.nodes}
    units = units_of(program)
    for part in (*calls.values(), *((handler,) if handler else ())):
        units.update(part.units)
    return Lowering(units, counts, order, split(order, MAX_ITEMS), handler, calls)


def topological(nodes: Iterable[FlatNode]) -> dict[str, tuple[str, ...]]:
    """Predecessors by node, every node behind its predecessors, otherwise in source order."""
    waiting = {node.id: tuple(predecessors(node)) for node in nodes}
    done: dict[str, tuple[str, ...]] = {}
    for start in waiting:
        stack = [start]
        while stack:
            open_ones = [name for name in waiting[stack[-1]] if name not in done]
            if open_ones:
                stack.extend(reversed(open_ones))
                continue
            name = stack.pop()
            done.setdefault(name, waiting[name])
    return done


def workflow_name(program: Program) -> str:
    """Name of the WorkflowTemplate: the function's."""
    return dns_name(program.workflow.name.rpartition(".")[2])


def lower(program: Program, lowering: Lowering, settings: ArgoSettings, code: Code, digest: str) -> model.WorkflowTemplate:
    """Build the WorkflowTemplate.

    Args:
        program: The flat program, with at least one node.
        lowering: See ``Lowering``.
        settings: The target's settings.
        code: What the pods mount.
        digest: Short digest of the bundle, for labels.
    """
    name = workflow_name(program)
    nodes = flat_nodes(program)
    names = Names()
    entry = names.take(name)
    kinds = _pod_kinds(program, lowering, settings, code)
    store = variable_text(settings.store) if settings.store else f"{{{{workflow.parameters.{store_parameter(program)}}}}}"
    pods = Pods(settings, code, store, program.images)
    calls, leaves = _calls(nodes, lowering, kinds, pods, names)
    dags = DagTemplates(calls, lowering.root, entry, names, fail_fast=program.workflow.failure_policy is None).templates()
    on_exit, handling = _handling(program, lowering, pods, names)
    labels = {**settings.labels, "dagwright/workflow": name, "dagwright/digest": digest}
    of_runs = model.Metadata(labels=labels, annotations=settings.annotations or None)
    return model.WorkflowTemplate(
        metadata=model.Metadata(
            name=name,
            namespace=settings.namespace or None,
            labels={**settings.labels, MANAGED_BY: "dagwright", **labels},
            annotations={**settings.annotations, "dagwright/entry": program.workflow.name},
        ),
        spec=model.WorkflowSpec(
            entrypoint=entry,
            on_exit=on_exit,
            arguments=model.Parameters(parameters=workflow_parameters(program, with_store=not settings.store)),
            workflow_metadata=of_runs,
            pod_metadata=of_runs,
            pod_spec_patch=pod_patch(settings),
            templates=(*dags, *leaves, *handling),
            **spec_fields(settings),
        ),
    )


def _pod_kinds(program: Program, lowering: Lowering, settings: ArgoSettings, code: Code) -> dict[str, PodKind]:
    """Kind of pod of each node; tasks share kinds only where templates would be too many or too large."""
    nodes, all_nodes = pod_nodes(program), flat_nodes(program)
    kinds = {name: _kind(program, node, all_nodes, lowering, settings) for name, node in nodes.items()}
    maps = [node for node in nodes.values() if isinstance(node, MapNode)]
    distinct = len(set(kinds.values())) + len(maps) + sum(node.has_holes for node in maps)
    repeated = distinct * sum(len(file.key) + len(file.path) + 24 for part in code.parts for file in part.files)
    if distinct > _SHARE_ABOVE or repeated > _SHARE_ABOVE_BYTES:
        return {name: msgspec.structs.replace(kind, task="") for name, kind in kinds.items()}
    return kinds


def _handling(program: Program, lowering: Lowering, pods: Pods, names: Names) -> tuple[str | None, tuple[model.Template, ...]]:
    """Name the template that Argo runs at a run's end, where there is one, and give it with all that it calls."""
    handlers = program.handlers_of_calls
    parts = {call: (handlers[call], part) for call, part in lowering.calls.items()}
    if program.handler is not None and lowering.handler is not None:
        parts[""] = (program.handler, lowering.handler)
    if not parts:
        return None, ()
    guard = names.take(ON_EXIT)
    handling, judge = (names.take(ON_FAILURE), names.take(FAILED_CALLS)) if lowering.calls else ("", "")
    kinds, together, nodes = _side_by_side(program, parts.values(), pods)
    calls, leaves = _calls(nodes, together, kinds, pods, names)
    if not lowering.calls and not together.counts:
        return guard, (exit_steps(guard, {name: calls[name] for name in together.predecessors}), *leaves)
    graphs = {
        call: HandlerGraph({name: calls[name] for name in part.predecessors}, part.root) for call, (_, part) in parts.items()
    }
    if not lowering.calls:
        handling = names.take(ON_FAILURE)
        return guard, (exit_template(guard, handling), *graphs[""].dags(handling, names), *leaves)
    first = next(iter(nodes))
    judging = judging_kind(program, kinds[first], tuple(lowering.calls), pods)
    steps = handling_templates(handling, judge, first, graphs, names)
    return guard, (exit_template(guard, handling), *steps, pods.template(judge, judging, labelled=False), *leaves)


def _side_by_side(
    program: Program, parts: Iterable[tuple[Program, Lowering]], pods: Pods
) -> tuple[dict[str, PodKind], Lowering, dict[str, FlatNode]]:
    """Give what handlers are made of as if they were one graph: equal pods of all of them are of one template."""
    kinds: dict[str, PodKind] = {}
    nodes: dict[str, FlatNode] = {}
    counts: dict[str, Count] = {}
    order: dict[str, tuple[str, ...]] = {}
    for handler, part in parts:
        own = _pod_kinds(handler, part, pods.settings, pods.code)
        kinds |= {name: msgspec.structs.replace(kind, inputs=inputs_of_run(program, kind.inputs)) for name, kind in own.items()}
        nodes |= flat_nodes(handler)
        counts |= part.counts
        order |= part.predecessors
    return kinds, Lowering({}, counts, order, Group(())), nodes


def _may_share(count: Count) -> bool:
    return not isinstance(count, LiteralCount) or count.is_shared


def _kind(program: Program, node: PodNode, nodes: Mapping[str, FlatNode], lowering: Lowering, settings: ArgoSettings) -> PodKind:
    task = program.tasks[node.task]
    policy = node.policy or task.policy
    needed = inputs_read(node, nodes)
    return PodKind(
        task=task.name,
        policy=msgspec.structs.replace(policy, cache=None, plugin=None, deck=False),
        mapped=isinstance(node, MapNode),
        may_share=isinstance(node, MapNode) and bool(policy.timeout_s) and _may_share(lowering.counts[node.id]),
        inputs=tuple(field.name for field in program.workflow.inputs if field.name in needed),
        published=tuple(published.parameter for published in lowering.units[node.id].publish),
        own=settings.of_task(task.name),
    )


def _calls(
    nodes: Mapping[str, FlatNode],
    lowering: Lowering,
    kinds: Mapping[str, PodKind],
    pods: Pods,
    names: Names,
) -> tuple[dict[str, Call], list[model.Template]]:
    """Give every node its template, in the order in which the source first needs them."""
    templates: list[model.Template] = []
    of_kind: dict[PodKind, str] = {}
    of_map: dict[tuple[str, int, str], str] = {}
    of_gate: dict[GateKind, str] = {}
    unlabelled = {kind for name, kind in kinds.items() if not LABEL_VALUE.fullmatch(name)}
    calls: dict[str, Call] = {}
    for name, node in nodes.items():
        if isinstance(node, GateNode):
            gate = gate_kind(node)
            if gate not in of_gate:
                of_gate[gate] = names.take(gate_name(gate))
                templates.append(gate_template(of_gate[gate], gate))
            calls[name] = Call(of_gate[gate], lowering.predecessors[name], None)
            continue
        kind = kinds[name]
        template = of_kind.get(kind)
        if template is None:
            template = of_kind[kind] = names.take(_pod_name(kind, name, taken=names))
            templates.append(pods.template(template, kind, labelled=kind not in unlabelled))
        if isinstance(node, MapNode):
            verdict = ""
            if node.has_holes:
                judging = pods.verdict(kind)
                verdict = of_kind.get(judging, "")
                if not verdict:
                    verdict = of_kind[judging] = names.take(f"{template}-{VERDICT}")
                    templates.append(pods.template(verdict, judging, labelled=kind not in unlabelled))
            loop = (template, node.concurrency, verdict)
            if loop not in of_map:
                of_map[loop] = names.take(f"map-{template}")
                templates.append(map_template(of_map[loop], template, node.concurrency, verdict))
            template = of_map[loop]
        calls[name] = Call(template, lowering.predecessors[name], lowering.counts.get(name))
    return calls, templates


def _pod_name(kind: PodKind, node: str, *, taken: Names) -> str:
    """The function's name; where the same function needs a second template, the node's."""
    name = (dns_name(kind.task.rpartition(".")[2]) or "task") if kind.task else "pod"
    if name in taken and kind.task:
        return f"{name}-element" if kind.mapped and node == name else node
    return name
