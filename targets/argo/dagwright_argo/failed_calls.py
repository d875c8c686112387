"""What handles failures of calls, at the end of a run that did not succeed: a pod tells in which something failed, and their handlers run one by one.

A handler that fails keeps no other one from running; the workflow's own comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.failures import result_of
from dagwright.contract.names import CALLS
from dagwright_argo import model
from dagwright_argo.counts import flat_nodes
from dagwright_argo.dags import Call, DagTemplates, steps_of
from dagwright_argo.partition import Group
from dagwright_argo.pods import INDEX, UNIT
from dagwright_compiler.ir.graph import inputs_behind
from dagwright_compiler.ir.program import OutputBinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_argo.naming import Names
    from dagwright_argo.pods import PodKind, Pods
    from dagwright_compiler.ir.program import Program

FAILED_CALLS = "failed-calls"
"""The template, and the step, of the pod that tells in which calls something failed."""
_GO_ON = model.ContinueOn(failed=True, error=True)


class HandlerGraph(msgspec.Struct, frozen=True):
    """The calls of one handler, and how they would stand in DAGs."""

    calls: Mapping[str, Call]
    root: Group

    @property
    def has_maps(self) -> bool:
        """Whether steps cannot hold it: only in a DAG, lengths of lists get to where they count."""
        return any(call.count is not None for call in self.calls.values())

    def dags(self, name: str, names: Names) -> tuple[model.Template, ...]:
        """The DAG of the name, with those in it."""
        return DagTemplates(self.calls, self.root, name, names).templates()


def handling_templates(
    name: str, judge: str, unit: str, handlers: Mapping[str, HandlerGraph], names: Names
) -> tuple[model.Template, ...]:
    """Give the template that runs all handlers, and DAGs that it calls.

    Args:
        name: Of the template.
        judge: Template of the pod that tells in which calls something failed.
        unit: One of the units of handlers: it shows that pod its plan.
        handlers: By call, in the order in which they run; of the workflow's own, which stands last, the call is empty.
        names: For templates.
    """
    asked = model.Parameters(parameters=(model.Parameter(name=UNIT, value=unit), model.Parameter(name=INDEX, value=CALLS)))
    groups: list[tuple[model.Step, ...]] = [(model.Step(name=FAILED_CALLS, template=judge, arguments=asked),)]
    dags: list[model.Template] = []
    for call, graph in handlers.items():
        failed = f"'{{{{steps.{FAILED_CALLS}.outputs.parameters.{call}}}}}' == 'true'" if call else None
        go_on = _GO_ON if call else None
        if graph.has_maps:
            dag = names.take(f"{name}-of-{call}" if call else f"{name}-of-all")
            dags += graph.dags(dag, names)
            groups.append((model.Step(name=dag, template=dag, when=failed, continue_on=go_on),))
        else:

            def when(step: Call, failed: str | None = failed) -> str | None:
                # A step that failed lets those behind it go on: they look whether it is one that they need.
                needed = (f"'{{{{steps.{before}.status}}}}' == 'Succeeded'" for before in step.predecessors)
                return None if failed is None else " && ".join([failed, *needed])

            groups += steps_of(graph.calls, when, go_on)
    return (model.Template(name=name, steps=tuple(groups)), *dags)


def judging_kind(program: Program, first: PodKind, calls: tuple[str, ...], pods: Pods) -> PodKind:
    """The pod that tells in which calls something failed: where the first handler runs, with what looking takes."""
    handlers = program.handlers_of_calls.values()
    read = [field.name for handler in handlers for field in handler.workflow.inputs if result_of(field.name)]
    return msgspec.structs.replace(pods.verdict(first), task="", inputs=inputs_of_run(program, read), published=calls)


def inputs_of_run(program: Program, names: Sequence[str]) -> tuple[str, ...]:
    """Inputs of a run behind those of what handles a failure in it: its own, and those that say how long lists of the failed run are."""
    read = (result_of(name) for name in names)
    results = [OutputBinding(node=found[0], output=found[1]) for found in read if found is not None]
    needed = {*names, *inputs_behind(results, flat_nodes(program))}
    return tuple(field.name for field in program.workflow.inputs if field.name in needed)
