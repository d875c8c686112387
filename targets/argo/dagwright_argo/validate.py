"""What the schema accepts and Argo, Kubernetes or the cluster's storage then refuse, in the user's own names.

Covers what this target emits and a user can cause; that the manifest is consistent in itself is held by tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.names import ENV_INPUT
from dagwright_argo import model
from dagwright_argo.counts import LiteralCount
from dagwright_argo.cuts import best_cut
from dagwright_argo.lower import MAX_ITEMS, Lowering, workflow_name
from dagwright_argo.naming import OBJECT_NAME_LENGTH, PARAMETER_NAME, TEMPLATE_NAME, dns_name
from dagwright_argo.policies import check_policies
from dagwright_argo.settings import TABLE, ArgoSettings
from dagwright_argo.waits import delayed
from dagwright_compiler.diagnostics.codes import (
    ARGO_CODE_SIZE,
    ARGO_INPUT_SIZE,
    ARGO_ITEMS,
    ARGO_NAME,
    ARGO_NO_STORE,
    ARGO_NO_TASK,
    ARGO_SAME_ID,
    ARGO_SIZE,
    ARGO_WAITS,
)
from dagwright_compiler.diagnostics.model import Diagnostic, Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.bundle import Bundle
    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.ir.spans import SpanTable
    from dagwright_compiler.source import Span

MAX_PARAMETERS = 500
MAX_INPUT_BYTES = 65_536
"""What a pod's workflow inputs may hold together: one variable stops at 128 KiB, and all of them with the arguments."""
_HOW_TO_SHRINK = (
    "split it into workflows that run one after the other, or raise "
    f"`max_workflow_bytes` in `{TABLE}` to the controller's `MAX_WORKFLOW_SIZE`"
)
_NODES_OF_A_POD = 2
"""Each has a node for its attempts and one for itself."""
_PAIRS_OF_IDS = 2.0**33
"""An id has 32 bits: of ``n`` nodes, two have the same one with a chance of about ``n * n`` divided by this (Argo up to 4.1.2)."""
_MOST_SAME_ID = 0.01
_NODE_BYTES = 110
"""What the status holds of one pod and its retry node, compressed (measured; facts: 109)."""


_IN_STORE = f'keep the code in the store: `bundle = "store"` in `{TABLE}`'


def check_program(program: Program, settings: ArgoSettings, spans: SpanTable) -> Iterator[Diagnostic]:
    """Check what is known before anything is lowered."""
    workflow = program.workflow
    span = spans.definition(workflow.name)
    name = workflow_name(program)
    if not 0 < len(name) <= OBJECT_NAME_LENGTH:
        message = f"the name of the WorkflowTemplate, `{name}`, has {len(name)} characters, and Kubernetes takes 1 to {OBJECT_NAME_LENGTH}"
        yield Diagnostic(ARGO_NAME, message, span, help="give the workflow's function a shorter name in ASCII letters")
    if not workflow.nodes:
        message = f"the workflow `{workflow.name}` calls no task, and Argo runs no empty graph"
        yield Diagnostic(ARGO_NO_TASK, message, span, help="call a task, or compile a workflow that calls this one")
    if not settings.store:
        message = "no store is configured: the manifest takes it as a required parameter"
        yield Diagnostic(ARGO_NO_STORE, message, help=f'add `store = "s3://bucket/prefix"` to `{TABLE}`')
    yield from _check_inputs(program, spans)
    yield from _check_nodes(program, spans)
    yield from check_policies(program, settings, spans)


def check_handler(handler: Program, settings: ArgoSettings, spans: SpanTable) -> Iterator[Diagnostic]:
    """Check what runs once a workflow has failed, which is a program of its own."""
    yield from _check_nodes(handler, spans)
    yield from check_policies(handler, settings, spans)


def _check_nodes(program: Program, spans: SpanTable) -> Iterator[Diagnostic]:
    workflow = program.workflow
    for node in workflow.nodes:
        if not TEMPLATE_NAME.fullmatch(node.id) or node.id[0].isdigit():
            message = f"the name `{node.id}` of a call: Argo takes up to 128 letters, digits and `-`, with a letter first"
            help_text = 'set another one with `.with_overrides(node_name="...")`'
            yield Diagnostic(ARGO_NAME, message, spans.node(workflow.name, node.id), help=help_text)


def _check_inputs(program: Program, spans: SpanTable) -> Iterator[Diagnostic]:
    inputs = program.workflow.inputs
    for field in inputs:
        if not PARAMETER_NAME.fullmatch(field.name):
            message = f"the input `{field.name}`: Argo takes ASCII letters, digits, `-` and `_` in a parameter's name"
            yield Diagnostic(ARGO_NAME, message, spans.definition(program.workflow.name, field.name), help="rename it")
    if len(inputs) > MAX_PARAMETERS - 2:
        message = f"the workflow `{program.workflow.name}` has {len(inputs)} inputs, and Argo takes {MAX_PARAMETERS - 2} beside dagwright's own"
        help_text = "put inputs that belong together into a dataclass"
        yield Diagnostic(ARGO_ITEMS, message, spans.definition(program.workflow.name), help=help_text)


def check_manifest(
    program: Program,
    lowering: Lowering,
    manifest: model.WorkflowTemplate | model.Workflow,
    settings: ArgoSettings,
    spans: SpanTable,
) -> Iterator[Diagnostic]:
    """Check counts and sizes of what was lowered, and report what splitting did."""
    workflow = program.workflow.name
    span = spans.definition(workflow)
    templates = manifest.spec.templates
    if len(templates) > MAX_ITEMS:
        message = f"the workflow `{workflow}` needs {len(templates)} pod and DAG templates, and Argo takes {MAX_ITEMS}"
        help_text = "let more tasks have the same image, resources, retries and environment: they then share templates"
        yield Diagnostic(ARGO_ITEMS, message, span, help=help_text)
    for template in templates:
        if not TEMPLATE_NAME.fullmatch(template.name):
            yield _long_template(template.name, program, spans)
    yield from _check_environments(manifest, span)
    size, nodes = len(msgspec.json.encode(manifest)), _nodes(lowering)
    # The status of a run that refers to a template holds that once more.
    copies = 2 if isinstance(manifest, model.WorkflowTemplate) else 1
    total = copies * size + nodes * _NODE_BYTES
    if total > settings.max_workflow_bytes:
        message = (
            f"the workflow `{workflow}` takes about {total:,} bytes in the cluster "
            f"({'twice ' if copies == 2 else ''}its {size:,} bytes, and {nodes:,} pod{'s' if nodes != 1 else ''}), and the controller takes {settings.max_workflow_bytes:,}"
        )
        yield Diagnostic(ARGO_SIZE, message, span, related=_where_to_split(program, lowering, spans), help=_HOW_TO_SHRINK)
    else:
        yield from _check_ids(workflow, nodes, span)
    yield from _report_split(program, lowering, span)


def _check_ids(workflow: str, pods: int, span: Span | None) -> Iterator[Diagnostic]:
    same = (_NODES_OF_A_POD * pods) ** 2 / _PAIRS_OF_IDS
    if same > _MOST_SAME_ID:
        message = f"the workflow `{workflow}` has {pods:,} pods: in about 1 of {round(1 / same)} runs, two of them get the same id, and one does not run"
        help_text = "let more elements of a map share a pod with a smaller `map_pods`, or split the workflow"
        yield Diagnostic(ARGO_SAME_ID, message, span, help=help_text)


def _where_to_split(program: Program, lowering: Lowering, spans: SpanTable) -> tuple[Label, ...]:
    """Show the call at which the workflow falls into two with the fewest results between them."""
    if len(lowering.predecessors) < 2:
        return ()
    cut = best_cut(lowering.predecessors)
    place = spans.node(program.workflow.name, cut.behind)
    if place is None:
        return ()
    behind = len(lowering.predecessors) - cut.before
    results = "no result" if not cut.crossing else "1 result" if cut.crossing == 1 else f"{cut.crossing:,} results"
    return (Label(place, f"a cut before this leaves {cut.before:,} calls and {behind:,}, with {results} between them"),)


def _long_template(template: str, program: Program, spans: SpanTable) -> Diagnostic:
    """A template whose name is too long: it holds the name of one of the tasks."""
    task = next((task for task in program.tasks.values() if dns_name(task.function) in template), None)
    whose = f"`{task.function}`" if task else f"{template[:40]}..."
    return Diagnostic(
        ARGO_NAME,
        f"the template of {whose} gets a name of {len(template)} characters, and Argo takes 128",
        spans.definition(task.name if task else program.workflow.name),
        help="give the function a shorter name",
    )


def _check_environments(manifest: model.WorkflowTemplate | model.Workflow, span: Span | None) -> Iterator[Diagnostic]:
    sizes = {item.name: len((item.value or "").encode()) for item in manifest.spec.arguments.parameters}
    whose = "defaults" if isinstance(manifest, model.WorkflowTemplate) else "values"
    reported: set[tuple[str, ...]] = set()
    for template in manifest.spec.templates:
        variables = template.container.env if template.container else ()
        ours = (item.name for item in variables if isinstance(item, model.Variable))
        names = tuple(name.removeprefix(ENV_INPUT) for name in ours if name.startswith(ENV_INPUT))
        total = sum(sizes[name] for name in names)
        if total > MAX_INPUT_BYTES and names not in reported:
            reported.add(names)
            largest = max(names, key=lambda name: sizes[name])
            message = (
                f"the {whose} of the inputs of `{template.name}` take {total:,} bytes, the largest is `{largest}` "
                f"with {sizes[largest]:,}; a pod's environment takes {MAX_INPUT_BYTES:,}"
            )
            help_text = "let a task make the value, or pass a reference to it"
            yield Diagnostic(ARGO_INPUT_SIZE, message, span, help=help_text)


def _nodes(lowering: Lowering) -> int:
    return sum(count.pods if isinstance(count := lowering.counts.get(name), LiteralCount) else 1 for name in lowering.units)


def _report_split(program: Program, lowering: Lowering, span: Span | None) -> Iterator[Diagnostic]:
    parts = sum(1 for _ in lowering.root.groups())
    late = delayed(lowering.root, lowering.predecessors) if parts else []
    if late:
        shown = ", ".join(late[:3]) + (", ..." if len(late) > 3 else "")
        message = (
            f"the workflow `{program.workflow.name}` has {len(lowering.units):,} calls, and a DAG of Argo holds {MAX_ITEMS}: "
            f"in {parts} nested DAGs, {len(late):,} of them wait for more than their inputs ({shown})"
        )
        yield Diagnostic(ARGO_WAITS, message, span, help="group calls that belong together into workflows of their own")


def check_code(bundle: Bundle, settings: ArgoSettings, span: Span | None) -> Iterator[Diagnostic]:
    """Check that the plan and each module fit into a ConfigMap: files are spread over several, never cut."""
    takes = f"and a ConfigMap of dagwright takes {settings.max_code_bytes:,}"
    if len(bundle.plan) > settings.max_code_bytes:
        message = f"the plan takes {len(bundle.plan):,} bytes, {takes}"
        yield Diagnostic(ARGO_CODE_SIZE, message, span, help=f"{_IN_STORE}, or let a task make its large constants")
    for file in bundle.files:
        if len(file.data) > settings.max_code_bytes:
            message = f"the module `{file.path}` takes {len(file.data):,} bytes, {takes}"
            yield Diagnostic(ARGO_CODE_SIZE, message, span, help=f"{_IN_STORE}, or split the module")
