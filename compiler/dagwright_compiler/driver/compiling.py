"""From what was asked for to manifests: the composition of reading, passes and one target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright.contract.names import DEFAULT_PICKLE, ENV_PICKLE
from dagwright_compiler.diagnostics.codes import SAME_NAME
from dagwright_compiler.diagnostics.model import Collector, Diagnostic, Label
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_compiler.driver.naming import Wanted, wanted_workflows
from dagwright_compiler.driver.programs import program_of
from dagwright_compiler.driver.surveying import survey
from dagwright_compiler.ir.codec import pretty, to_pretty_json
from dagwright_compiler.target_api import PLAN_TARGET, Artefact, Request, load_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dagwright_compiler.driver.programs import Loaded
    from dagwright_compiler.driver.reading import Reading

_MOST_SHOWN = 5
"""Places of one finding."""
NO_OPTIONS: Mapping[str, Any] = {}
PLAIN_FORMS = ("ir", "plan")
"""What can be compiled to besides a target's manifest: the program, and the plan that a pod reads."""


class Compiled(msgspec.Struct, frozen=True):
    """The result of one workflow.

    ``objects`` are the texts that go into its file or stream, of which the first ``shared`` are the same for all workflows;
    ``bundle_digest`` names the code that a manifest runs, ``name`` the object of the cluster, where there is one.
    """

    workflow: str
    objects: tuple[str, ...]
    shared: int = 0
    bundle_digest: str = ""
    name: str = ""


class Compilation(msgspec.Struct, frozen=True):
    """All results of one request, in the order of the sources; empty when anything is wrong.

    ``is_listed`` asks for one file more in a folder, which lists the others for kustomize.
    """

    form: str
    syntax: Literal["yaml", "json"]
    results: tuple[Compiled, ...]
    is_listed: bool = False


def compile_all(reading: Reading, wanted: Sequence[Wanted], form: str, options: Mapping[str, Any] = NO_OPTIONS) -> Compilation:
    """Compile what is asked for.

    Args:
        reading: The project.
        wanted: Files, folders or single definitions.
        form: Name of a target, or one of ``PLAIN_FORMS``.
        options: What the command line asks of the target.

    Returns:
        Results; none at all when ``reading.diagnostics`` holds an error in the end: never half an output.

    Raises:
        KeyError: No target has the name ``form``.
    """
    lower = _lowering(form, options)
    names = {name for item in wanted for name in wanted_workflows(reading, item)}
    results: list[Compiled] = []
    # In the order of the sources, whatever the order of the request: the same bytes.
    for name in (name for name in (*reading.elaborated.workflows, *reading.elaborated.tasks) if name in names):
        loaded = program_of(reading, name)
        result = lower(loaded) if loaded.program is not None else None
        if result is not None:
            results.append(result)
    _check_names(reading, ((result.name, result.workflow) for result in results))
    if form not in PLAIN_FORMS:
        survey(reading, wanted, form)
    kept = () if reading.diagnostics.has_errors else tuple(results)
    return Compilation(form, "json" if form in PLAIN_FORMS else "yaml", kept)


def compile_one(loaded: Loaded, form: str, options: Mapping[str, Any] = NO_OPTIONS) -> Compilation:
    """Compile one program that was loaded already: see ``compile_all``."""
    result = _lowering(form, options)(loaded) if loaded.program is not None else None
    kept = () if result is None or loaded.reading.diagnostics.has_errors else (result,)
    return Compilation(form, "json" if form in PLAIN_FORMS else "yaml", kept)


def check_all(reading: Reading, target: str | None = None, wanted: Sequence[Wanted] = ()) -> None:
    """Make every workflow's program, and its manifest where a target is named, for their findings alone; ``wanted`` is what was asked for.

    Raises:
        KeyError: No target has this name.
    """
    named: list[tuple[str, str]] = []
    for name in reading.elaborated.workflows:
        loaded = program_of(reading, name)
        artefact = lower_to(loaded, target) if target is not None and loaded.program is not None else None
        if artefact is not None:
            named.append((artefact.name, name))
    _check_names(reading, named)
    if target is not None:
        survey(reading, wanted, target)


def _check_names(reading: Reading, named: Iterable[tuple[str, str]]) -> None:
    """Report workflows that the cluster would know by one name: the last to arrive there would replace the others."""
    by_name: dict[str, list[str]] = {}
    for name, workflow in named:
        if name:
            by_name.setdefault(name, []).append(workflow)
    for name, workflows in by_name.items():
        if len(workflows) > 1:
            reading.diagnostics.add(_same_name(reading, name, workflows))


def _same_name(reading: Reading, name: str, workflows: Sequence[str]) -> Diagnostic:
    spans = [(workflow, reading.elaborated.spans.definition(workflow)) for workflow in workflows]
    labels = [Label(span, f"`{workflow}` too") for workflow, span in spans if span is not None]
    more = len(workflows) - _MOST_SHOWN
    who = f"`{workflows[0]}` and `{workflows[1]}` both" if len(workflows) == 2 else f"{len(workflows)} workflows"
    return Diagnostic(
        SAME_NAME,
        f"{who} get the name `{name}` in the cluster, where one would replace the other",
        spans[1][1],
        related=tuple(label for label in labels[:_MOST_SHOWN] if label.span != spans[1][1]),
        notes=(f"so do {more} more",) if more > 0 else (),
        help="rename the functions, or compile each to a folder and a namespace of its own",
    )


def lower_to(
    loaded: Loaded, target: str, defaults: Mapping[str, Any] | None = None, options: Mapping[str, Any] = NO_OPTIONS
) -> Artefact | None:
    """Lower one program to a target; findings join those of the reading.

    Args:
        loaded: The program and its reading.
        target: Name of the target.
        defaults: Settings of the target that hold where none are configured.
        options: What the command line asks of the target.

    Raises:
        KeyError: No target has this name.
    """
    program = loaded.program
    assert program is not None
    reading = loaded.reading
    settings = reading.settings
    table = {**(defaults or {}), **settings.targets.get(target, {})}
    # Own collector: a target stops at errors of its own, not at those of another workflow.
    diagnostics = Collector()
    artefact = load_target(target).compile(
        Request(
            program=program,
            settings={"store": settings.store, **table} if settings.store else table,
            spans=loaded.spans,
            diagnostics=diagnostics,
            seal=lambda units, map_pods: bundle_for(program, reading.elaborated, units, map_pods=map_pods),
            map_pods=settings.map_pods,
            place=lambda key: settings.span_of_target(target, key),
            options=options,
            environment={} if settings.pickle == DEFAULT_PICKLE else {ENV_PICKLE: settings.pickle_text},
        )
    )
    for found in diagnostics.sorted():
        reading.diagnostics.add(found)
    return artefact


def _lowering(form: str, options: Mapping[str, Any]) -> Callable[[Loaded], Compiled | None]:
    if form == "ir":
        return _program
    if form == "plan":
        return _plan
    load_target(form)
    return lambda loaded: _manifest(loaded, form, options)


def _program(loaded: Loaded) -> Compiled:
    assert loaded.program is not None
    return Compiled(loaded.program.workflow.name, (to_pretty_json(loaded.program).decode(),))


def _plan(loaded: Loaded) -> Compiled | None:
    artefact = lower_to(loaded, PLAN_TARGET)
    assert loaded.program is not None
    return None if artefact is None else Compiled(loaded.program.workflow.name, (pretty(artefact.bundle.plan).decode(),))


def _manifest(loaded: Loaded, target: str, options: Mapping[str, Any]) -> Compiled | None:
    artefact = lower_to(loaded, target, options=options)
    assert loaded.program is not None
    return (
        None
        if artefact is None
        else Compiled(loaded.program.workflow.name, artefact.objects, artefact.shared, artefact.bundle.digest, artefact.name)
    )
