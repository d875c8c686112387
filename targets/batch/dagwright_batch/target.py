"""The target itself: settings, lowering, rules, text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright_batch.emit import emit
from dagwright_batch.gates import refuse_gates
from dagwright_batch.handlers import refuse_handler
from dagwright_batch.limits import MAX_ARRAY
from dagwright_batch.lower import plan_of, units_of
from dagwright_batch.model import Hashed
from dagwright_batch.settings import BatchSettings, read_settings
from dagwright_batch.validate import broken_definition_rules, broken_job_rules
from dagwright_compiler.diagnostics.codes import BATCH_LIMIT, BATCH_UNSET
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.ir.program import MapNode, TaskNode
from dagwright_compiler.target_api import Artefact, Request

if TYPE_CHECKING:
    from dagwright_batch.extras import Finding
    from dagwright_batch.model import BatchPlan
    from dagwright_compiler.source import Span

_PARAMETERS = ("queue", "store", "image")


class BatchTarget:
    """Lowers a program to a ``BatchPlan``."""

    name = "batch"

    def compile(self, request: Request) -> Artefact | None:
        """Lower and emit. Findings go to ``request.diagnostics``; ``None`` when one of them is an error."""
        found = request.diagnostics
        settings = read_settings(request.settings, found, request.place)
        gates = [*refuse_gates(request.program, request.spans), *refuse_handler(request.program, request.spans)]
        for gate in gates:
            found.add(gate)
        if gates:
            return None
        units = units_of(request.program)
        bundle = request.seal(units, MAX_ARRAY)

        said: set[tuple[str, str, str, Span | None]] = set()

        def report(finding: Finding, node: TaskNode | MapNode) -> None:
            span = _policy_span(request, node, finding.field)
            once = finding.code.id, finding.message, node.task, span
            if once not in said:  # once where it is written, however many nodes have it from there
                said.add(once)
                found.add(Diagnostic(finding.code, f"{node.id}: {finding.message}", span, help=finding.help))

        plan = plan_of(request.program, settings, bundle=bundle.digest, report=report, environment=request.environment)
        if not found.has_errors:  # a wrong setting would break the rules of every job once more
            _check_limits(request, plan)
        _tell_parameters(plan, settings, found)
        if found.has_errors:
            return None
        return Artefact(objects=(emit(plan),), shared=0, bundle=bundle, units=units)


TARGET = BatchTarget()


def _policy_span(request: Request, node: TaskNode | MapNode, field: str) -> Span | None:
    return request.spans.policy(request.program.workflow.name, node.id, node.task, field)


def _check_limits(request: Request, plan: BatchPlan) -> None:
    nodes = {node.id: node for node in request.program.workflow.nodes if isinstance(node, TaskNode | MapNode)}
    about_definitions = _broken_definitions(plan)
    for submission in plan.submissions:
        counted_later = submission.fanout is not None and submission.fanout.mode == "exact"
        broken = [*broken_job_rules(submission.request.to_data(), counted_later=counted_later)]
        # Said once, where a definition is first used.
        broken += about_definitions.pop(submission.request.job_definition.definition, ())
        for rule in broken:
            node = nodes.get(submission.id)
            span = _policy_span(request, node, "environment") if node else None
            request.diagnostics.add(Diagnostic(BATCH_LIMIT, f"{submission.id}: {rule}", span))


def _broken_definitions(plan: BatchPlan) -> dict[str, tuple[str, ...]]:
    """Key -> rules that the definition breaks, for those that break any."""
    known: dict[object, tuple[str, ...]] = {}
    broken = {}
    for key, definition in plan.job_definitions.items():
        # Most differ in their names only, and names are ours: of a name, only its length can break a rule.
        name = Hashed(hashed="x" * len(definition.job_definition_name.hashed))
        stripped = replace(definition, job_definition_name=name, tags=None)  # which has no rules of its own here
        if stripped not in known:
            known[stripped] = tuple(broken_definition_rules(stripped.to_data()))
        if known[stripped]:
            broken[key] = known[stripped]
    return broken


def _tell_parameters(plan: BatchPlan, settings: BatchSettings, found: Collector) -> None:
    missing = [name for name in _PARAMETERS if name in plan.parameters and not getattr(settings, name)]
    if missing:
        them = "it" if len(missing) == 1 else "them"
        message = f"not configured: {', '.join(missing)}; the plan takes {them} when it is submitted"
        lines = "\n".join(f'{name} = "..."' for name in missing)
        found.add(Diagnostic(BATCH_UNSET, message, help=f"add to pyproject.toml:\n[tool.dagwright.batch]\n{lines}"))
