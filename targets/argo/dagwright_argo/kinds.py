"""From the template of a workflow to the objects that run it: one run by name, or a schedule that refers to the template."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright_argo import model
from dagwright_argo.expansion import json_text
from dagwright_argo.objects import MANAGED_BY
from dagwright_argo.options import SCHEDULE
from dagwright_argo.parameters import RUN_PARAMETER, fits, parameter_text, spelling
from dagwright_argo.schedules import MAX_NAME, cron_text
from dagwright_argo.settings import TABLE, ArgoSettings, ScheduleSetting
from dagwright_compiler.diagnostics.codes import ARGO_SETTING
from dagwright_compiler.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dagwright_argo.options import Options
    from dagwright_compiler.ir.program import Program
    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import SettingKey

KICKOFF = '"{{workflow.scheduledTime}}"'
"""The time for which the controller started a run, as JSON text once Argo has put it in."""
_LATER = {"argocd.argoproj.io/sync-wave": "1"}
"""Argo CD sorts kinds it does not know by name. A schedule that is there before its template is an error to the controller, which looks again
only when the schedule changes, or after 20 minutes (seen on 4.0.2)."""
_OF_TIME = ("datetime", "str")


def run_of(template: model.WorkflowTemplate, program: Program, options: Options) -> model.Workflow:
    """The Workflow that is one run: the template's spec, with values for its parameters.

    The spec stands in it, in the place of a reference: what runs is what was compiled, whatever the cluster has under the template's name.
    """
    fields = {field.name: field for field in program.workflow.inputs}
    values = {name: parameter_text(fields[name].type, text) for name, text in options.inputs.items() if name in fields}
    metadata, spec = template.metadata, template.spec
    parameters = tuple(
        msgspec.structs.replace(item, value=values.get(item.name, item.value)) for item in spec.arguments.parameters
    )
    named = {"name": options.name} if options.name else {"name": None, "generate_name": f"{metadata.name}-"}
    return model.Workflow(
        metadata=msgspec.structs.replace(metadata, **named),
        spec=msgspec.structs.replace(spec, arguments=model.Parameters(parameters=parameters), workflow_metadata=None),
    )


def wire(value: Any) -> Any:
    """A value of a settings file as JSON has it; ``Any`` because it is what TOML holds."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: wire(item) for key, item in value.items()}
    return [wire(item) for item in value] if isinstance(value, list) else value


def check_run(
    template: model.WorkflowTemplate | model.Workflow, span: Span | None, whose: str, given: frozenset[str]
) -> Iterator[Diagnostic]:
    """Say which values a run that nobody submits by hand would lack."""
    for item in template.spec.arguments.parameters:
        if item.value is None and item.name not in given and item.name != RUN_PARAMETER:
            yield Diagnostic(ARGO_SETTING, f"{whose} has no value for `{item.name}`", span, help=_how_to_give(item.name))


def _how_to_give(name: str) -> str:
    if name in ("store", "dagwright-store"):
        return f'add `store = "s3://bucket/prefix"` to `{TABLE}`'
    return f"give `{name}` a value there, or the input a default"


class Schedules:
    """The schedules of one workflow: the command line's alone where it gives one, else those of the settings.

    ``by_name`` has them by the names of their CronWorkflows.
    """

    def __init__(self, program: Program, template: model.WorkflowTemplate, settings: ArgoSettings, options: Options) -> None:
        """Find those that run the workflow."""
        self._program = program
        self._fields = {field.name: field for field in program.workflow.inputs}
        self._template = template
        self._name = template.metadata.name or ""
        self._settings = settings
        self._options = options
        self.by_name = self._find()

    def _find(self) -> dict[str, ScheduleSetting]:
        options, workflow = self._options, self._program.workflow.name
        if options.kind not in ("", SCHEDULE):
            return {}
        if options.schedule:
            given = ScheduleSetting(workflow=workflow, cron=options.schedule, timezone=options.timezone)
            return {options.name or self._name: given}
        names = (workflow, workflow.rpartition(".")[2])
        return {f"{self._name}-{key}": item for key, item in self._settings.schedules.items() if item.workflow in names}

    def objects(self) -> list[model.CronWorkflow]:
        """CronWorkflows that refer to the template, so that a new one is what the next run takes."""
        return [self._object(name, schedule) for name, schedule in self.by_name.items()]

    def _object(self, name: str, schedule: ScheduleSetting) -> model.CronWorkflow:
        settings = self._settings
        values = self._values(schedule)
        parameters = tuple(model.Parameter(name=key, value=values[key]) for key in self._fields if key in values)
        return model.CronWorkflow(
            metadata=model.Metadata(
                name=name,
                namespace=settings.namespace or None,
                labels={**settings.labels, MANAGED_BY: "dagwright", "dagwright/workflow": self._name},
                annotations={**_LATER, **settings.annotations, "dagwright/entry": self._program.workflow.name},
            ),
            spec=model.CronSpec(
                schedules=tuple(map(cron_text, schedule.cron)),
                timezone=schedule.timezone,
                concurrency_policy=schedule.concurrency,
                starting_deadline_seconds=schedule.starting_deadline_s,
                successful_jobs_history_limit=schedule.successful_history,
                failed_jobs_history_limit=schedule.failed_history,
                suspend=schedule.suspended or None,
                workflow_spec=model.ReferringSpec(
                    workflow_template_ref=model.TemplateRef(name=self._name),
                    arguments=model.Parameters(parameters=parameters) if parameters else None,
                ),
            ),
        )

    def _values(self, schedule: ScheduleSetting) -> dict[str, str]:
        values = {key: json_text(wire(value)) for key, value in schedule.inputs.items()}
        given = self._options.inputs.items()
        values |= {key: parameter_text(self._fields[key].type, text) for key, text in given if key in self._fields}
        return {**values, schedule.kickoff_input: KICKOFF} if schedule.kickoff_input else values

    def check(self, place: Callable[[SettingKey], Span | None], workflow_span: Span | None) -> Iterator[Diagnostic]:
        """Hold the schedules to the workflow that they run."""
        if self._options.kind == SCHEDULE and not self.by_name:
            workflow = self._program.workflow.name.rpartition(".")[2]
            help_text = f'write `[{TABLE[1:-1]}.schedules.nightly]` with `workflow = "{workflow}"` and `cron = ["0 3 * * *"]`, or give --schedule'
            yield Diagnostic(ARGO_SETTING, f"no schedule runs the workflow `{workflow}`", workflow_span, help=help_text)
        for name, schedule in self.by_name.items():
            key = name.removeprefix(f"{self._name}-")
            span = None if self._options.schedule else place(("schedules", key))
            whose = "the schedule" if self._options.schedule else f"the schedule {key!r}"
            if len(name) > MAX_NAME:
                message = f"{whose} gets the name {name}, of {len(name)} characters, and Argo takes {MAX_NAME}"
                yield Diagnostic(ARGO_SETTING, message, span, help="give it a shorter name")
            for message, help_text in self._problems(schedule):
                yield Diagnostic(ARGO_SETTING, f"{whose} {message}", span, help=help_text)
            given = frozenset((*schedule.inputs, *self._options.inputs, schedule.kickoff_input))
            yield from check_run(self._template, span, whose, given)

    def _problems(self, schedule: ScheduleSetting) -> Iterator[tuple[str, str]]:
        fields = self._fields
        known = f"the inputs are {', '.join(fields)}" if fields else "there are none"
        for name, value in schedule.inputs.items():
            if name not in fields:
                yield f"gives a value for `{name}`, which is not an input of the workflow", known
            elif not fits(wire(value), fields[name].type, self._program.classes):
                yield (
                    f"gives `{name}` the value {value!r}, which is not {spelling(fields[name].type)}",
                    "write a value of that type",
                )
        kickoff = schedule.kickoff_input
        if kickoff and kickoff not in fields:
            yield f"hands its time to `{kickoff}`, which is not an input of the workflow", known
        elif kickoff and fields[kickoff].type.kind not in _OF_TIME:
            yield (
                f"hands its time to `{kickoff}`, which is {spelling(fields[kickoff].type)}",
                "declare the input as datetime or str",
            )
        if kickoff in schedule.inputs:
            yield f"gives `{kickoff}` a value and its time", "leave one of them out"
