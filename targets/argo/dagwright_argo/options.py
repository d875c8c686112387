"""What the command line asks of this target beyond settings: which object a workflow becomes, its name, its inputs, when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright_argo.naming import OBJECT_NAME, OBJECT_NAME_LENGTH
from dagwright_argo.schedules import MAX_NAME, cron_problem, is_zone
from dagwright_compiler.diagnostics.codes import ARGO_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEMPLATE, RUN, SCHEDULE = KINDS = ("WorkflowTemplate", "Workflow", "CronWorkflow")
_OF_THE_CLUSTER = "ClusterWorkflowTemplate"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Options of one compilation; an empty text is not given.

    ``kind`` is one of ``KINDS``; without it, a workflow becomes a WorkflowTemplate with the schedules that the settings have for it. ``inputs`` are
    texts by name, as a person writes them; ``schedule`` holds times, for a CronWorkflow that no setting describes; ``runtime`` and ``bundle`` go over the settings of
    these names.
    """

    kind: str = ""
    name: str = ""
    namespace: str = ""
    inputs: dict[str, str] = {}
    schedule: tuple[str, ...] = ()
    runtime: Literal["", "archive", "image"] = ""
    bundle: Literal["", "manifest", "store"] = ""
    timezone: str = "UTC"


def read_options(raw: Mapping[str, Any], found: Collector) -> Options:
    """Check options against each other and against what Kubernetes takes."""
    options = msgspec.convert(raw, Options)
    for message, help_text in _problems(options):
        found.add(Diagnostic(ARGO_SETTING, message, help=help_text))
    return options


def _problems(options: Options) -> Iterator[tuple[str, str]]:
    kind = options.kind
    if kind == _OF_THE_CLUSTER:
        yield (
            f"a {kind} belongs to no namespace, and the ConfigMaps with its code do: its pods would find none",
            f"compile to a {TEMPLATE} and apply it to every namespace that runs it",
        )
    elif kind and kind not in KINDS:
        yield f"a workflow does not become a {kind}", f"the kinds are {', '.join(KINDS)}"
    if options.schedule and kind != SCHEDULE:
        yield "--schedule says when a CronWorkflow runs", f"give --kind {SCHEDULE} too"
    if (options.inputs or options.name) and not (kind == RUN or options.schedule):
        what = "a name" if options.name else "inputs"
        yield (
            f"{what} can be given to a run or a schedule, not to a {TEMPLATE}",
            f"give --kind {RUN}, or --kind {SCHEDULE} with --schedule",
        )
    if options.namespace and not (OBJECT_NAME.fullmatch(options.namespace) and len(options.namespace) <= OBJECT_NAME_LENGTH):
        yield f"the namespace {options.namespace!r} is not one that Kubernetes takes", "use lower-case letters, digits and -"
    most = MAX_NAME if options.schedule else OBJECT_NAME_LENGTH
    if options.name and not (OBJECT_NAME.fullmatch(options.name) and len(options.name) <= most):
        yield (
            f"the name {options.name!r} is not one that Kubernetes takes",
            f"use at most {most} lower-case letters, digits and -",
        )
    for text in options.schedule:
        wrong = cron_problem(text)
        if wrong:
            yield (
                f"--schedule: {wrong}",
                "write minute, hour, day of the month, month and day of the week, as in 30 3 * * MON-FRI",
            )
    if not is_zone(options.timezone):
        yield f"--timezone: there is no timezone {options.timezone!r}", "write for instance Europe/Berlin or UTC"
