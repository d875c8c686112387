"""Executes a program on this machine in processes, with the store and the attempts of every other target.

Input: a loaded program, texts of its inputs, a store. Output: a report with the outputs as JSON text. What tasks print goes to standard
error, behind the name of their node.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright.contract.modes import ON
from dagwright.contract.names import CONTROL_FOLDER, PLAN_FILE
from dagwright.execution.closing import label_of
from dagwright.execution.plan_view import read_plan
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_local.answers import NONE_GIVEN, Answers
from dagwright_local.forked import ForkedLauncher
from dagwright_local.handlers import failed_as_well, handlers_to_run
from dagwright_local.local_store import hide_local_store
from dagwright_local.remarks import remark_on_plugins
from dagwright_local.schedule import Finished, Job, Schedule, Tally
from dagwright_local.units import lower

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dagwright.contract.schema import Binding, OutputBinding
    from dagwright.execution.plan_view import NodeView, PlanView, ProgramView
    from dagwright_compiler.bundle import Bundle
    from dagwright_compiler.driver.programs import Loaded
    from dagwright_local.gates import GateLauncher
    from dagwright_local.isolate import IsolatedLauncher


class Report(NamedTuple):
    """What a run came to: ``outputs`` as JSON text when it succeeded, ``failures`` as texts for people when it did not."""

    tally: Tally
    outputs: str | None
    failures: tuple[str, ...]


class Request(NamedTuple):
    """How to run: ``inputs`` are texts by name; an input that is absent takes its default. ``answers`` are those at gates."""

    inputs: Mapping[str, str]
    store: str
    max_workers: int
    cache: str = ON
    isolate: bool = False
    answers: Answers = NONE_GIVEN


def run(loaded: Loaded, request: Request) -> Report:
    """Run a program to its end."""
    assert loaded.program is not None
    remark_on_plugins(loaded.program)
    bundle = bundle_for(
        loaded.program, loaded.reading.elaborated, lower(loaded.program), map_pods=loaded.reading.settings.map_pods
    )
    hide_local_store(loaded.reading.settings)
    with tempfile.TemporaryDirectory(prefix="dagwright-run-") as folder:
        scratch = Path(folder)
        unpack(bundle, scratch)
        code = [str(scratch / "code")] if request.isolate or not stands_in_files(loaded) else source_roots(loaded)
        return _run(setup_of(loaded, request, scratch, code=code), scratch, request)


def setup_of(loaded: Loaded, request: Request, scratch: Path, *, code: list[str]) -> dict[str, Any]:
    """Say what the server needs to know of a run; ``scratch`` holds the plan."""
    assert loaded.program is not None
    return {
        "plan": str(scratch),
        "code": code,
        "store": request.store,
        "run": new_run(),
        "inputs": dict(request.inputs),
        "cache": request.cache,
        "pickle": loaded.reading.settings.pickle_text,
        "project": loaded.program.project,
        "domain": loaded.program.domain,
    }


def new_run() -> str:
    """Name a run: the second it began, and enough chance to be alone in it."""
    return f"local-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"


def _run(setup: Mapping[str, Any], scratch: Path, request: Request) -> Report:
    plan = read_plan(str(scratch))
    program = plan.program
    with ForkedLauncher(setup, scratch) as forked:
        if not request.isolate:
            tally, refusals = _schedule(plan, forked, setup, request)
            failures = tuple(
                _refusal(failed, refusals) or failure_text(failed.job, forked.errors.get(failed.job), failed.code)
                for failed in tally.failed
            )
        else:
            with _isolated(setup, scratch, program) as isolated:
                tally, refusals = _schedule(plan, isolated, setup, request)
            failures = tuple(_refusal(failed, refusals) or _failed_elsewhere(failed) for failed in tally.failed)
        if tally.lost:
            failures = (*_about_lost(program, setup, tally), *failures)
        for handler in handlers_to_run(plan, setup) if failures else ():
            failures = (*failures, *_handle(handler, forked, setup, request, scratch))
        outputs = forked.outputs() if not failures else None
    return Report(tally, outputs, failures)


def _handle(
    handler: PlanView, forked: ForkedLauncher, setup: Mapping[str, Any], request: Request, scratch: Path
) -> Iterator[str]:
    """Run what handles a failure; say what failed of that."""
    if request.isolate:
        with _isolated(setup, scratch, handler.program) as isolated:
            tally, _ = _schedule(handler, isolated, setup, request)
    else:
        tally, _ = _schedule(handler, forked, setup, request)
    for failed in tally.failed:
        if request.isolate:  # the attempt has said why
            text = _failed_elsewhere(failed)
        else:
            text = failure_text(failed.job, forked.errors.get(failed.job), failed.code)
        yield f"dagwright: {failed_as_well(handler.call)}\n{text}"


def _failed_elsewhere(failed: Finished) -> str:
    return f"dagwright: {failed.job.label} failed (exit {failed.code})\n"


def _refusal(failed: Finished, refusals: Mapping[str, str]) -> str:
    """Say why a gate let nothing through; nothing of what is no gate."""
    text = refusals.get(failed.job.node)
    return f"dagwright: {text}\n" if text else ""


def _isolated(setup: Mapping[str, Any], scratch: Path, program: ProgramView) -> IsolatedLauncher:
    from dagwright.store import open_store
    from dagwright_local.isolate import IsolatedLauncher

    environments = {node_id: program.node(node_id).policy.environment for node_id in program.node_ids}
    return IsolatedLauncher(setup, scratch, environments, open_store(setup["store"]))


def _schedule(
    plan: PlanView, launcher: ForkedLauncher | IsolatedLauncher, setup: Mapping[str, Any], request: Request
) -> tuple[Tally, Mapping[str, str]]:
    """Run to the end; give what came of it, and why gates let nothing through."""
    counts = _Counts(plan, launcher, request.inputs)

    def lose(job: Job, size: int) -> int:
        return _note_lost(plan.program, setup, job, size)

    gates = _gates(plan.program, launcher, setup, request)
    tally = Schedule(plan.program, gates or launcher, max_workers=request.max_workers, count=counts.of_node, lose=lose).run()
    return tally, gates.refusals if gates else {}


def _gates(
    program: ProgramView, launcher: ForkedLauncher | IsolatedLauncher, setup: Mapping[str, Any], request: Request
) -> GateLauncher | None:
    """Let gates wait, where the program has any."""
    if not any(program.node(node_id).gate for node_id in program.node_ids):
        return None
    from functools import cache

    from dagwright.store import open_store
    from dagwright_local.gates import GateLauncher

    store = cache(lambda: open_store(setup["store"]))
    return GateLauncher(launcher, program, run=setup["run"], store=store, texts=setup["inputs"], answers=request.answers)


def _note_lost(program: ProgramView, setup: Mapping[str, Any], job: Job, size: int) -> int:
    """Note the elements of a job that will not come; give how many they are."""
    from dagwright.execution.elements import Elements
    from dagwright.execution.lost_elements import last_words, losses, note_unheard
    from dagwright.store import open_store

    assert job.pod is not None
    store, run, mine = open_store(setup["store"]), setup["run"], job.elements or (job.pod,)
    elements = Elements(store, run, program.node(job.node), size, program.map_pods)
    noted = losses(store, run, job.node, elements)
    found = note_unheard(
        store, run, job.node, elements, noted, among=mine, why=lambda index: last_words(store, run, job.node, elements.pod(index))
    )
    return sum(loss.index in mine for loss in found)


class _Counts:
    """How many elements a map node has: from the plan, from the inputs, or from the control output of the list's producer."""

    def __init__(self, plan: PlanView, launcher: ForkedLauncher | IsolatedLauncher, inputs: Mapping[str, str]) -> None:
        self._plan = plan
        self._program = plan.program
        self._launcher = launcher
        self._inputs = inputs

    def of_node(self, node: NodeView) -> int:
        first, *others = (self._of(node.bindings[name]) for name in node.mapped)
        # Nothing to run over, but something beside it: one element runs, and says so.
        return first or int(any(others))

    def _of(self, binding: Binding) -> int:
        if binding["kind"] == "literal":
            return len(binding["value"])
        if binding["kind"] == "list" or binding["kind"] == "dict" or binding["kind"] == "struct":
            return len(binding["items"])
        if binding["kind"] == "input":
            name = binding["name"]
            text = self._inputs.get(name)
            data = self._program.inputs[name].default if text is None else json.loads(text)
            return len(data) if isinstance(data, list) else 0
        producer = self._program.node(binding["node"])
        if producer.over is not None:
            return self.of_node(producer)
        parameter = self._parameter(binding)
        # The attempt that succeeded wrote it; earlier ones of the same node have folders of their own.
        for folder in sorted(self._launcher.work_of(Job(producer.id, None, 0)).parent.iterdir(), reverse=True):
            path = folder / CONTROL_FOLDER / parameter
            if path.exists():
                return int(path.read_text("ascii"))
        raise FileNotFoundError(f"node {producer.id} left no control output {parameter}")

    def _parameter(self, binding: OutputBinding) -> str:
        """Name the control output with the length of a producer's list."""
        wanted = binding["output"], binding.get("path", [])
        published = self._plan.unit(binding["node"]).get("publish", ())
        return next(item["parameter"] for item in published if (item["output"], item.get("path", [])) == wanted)


def _about_lost(program: ProgramView, setup: Mapping[str, Any], tally: Tally) -> Iterator[str]:
    """Tell of every element that a map lost; give a failure for each map that lost more than it may."""
    from dagwright.execution.elements import Elements
    from dagwright.execution.handling import note_failure
    from dagwright.execution.lost_elements import describe, losses, too_many
    from dagwright.store import open_store

    store = open_store(setup["store"])
    for node_id in dict.fromkeys(finished.job.node for finished in tally.lost):
        elements = Elements(store, setup["run"], program.node(node_id), tally.sizes[node_id], program.map_pods)
        lost = losses(store, setup["run"], node_id, elements)
        if node_id in tally.exceeded:
            text = too_many(program.node(node_id), tally.exceeded[node_id], lost)
            note_failure(store, setup["run"], node_id, text)
            yield f"dagwright: {text}\n"
        else:
            for loss in lost:
                sys.stderr.write(f"dagwright: {node_id}{describe(loss)}; its place in the list holds None\n")


def failure_text(job: Job, error: Mapping[str, Any] | None, code: int) -> str:
    """Say what failed and why: the user's own traceback, or one line."""
    if error is None:
        return f"dagwright: {job.label}: its process died (exit {code})\n"
    label = job.label if error["index"] is None else label_of(error)
    shortage = f"dagwright: {error['shortage']}\n" if error.get("shortage") else ""
    if error["origin"] == "user" and error["traceback"]:
        return f"dagwright: {label} failed\n{error['traceback']}{shortage}"
    return f"dagwright: {label}: {error['message']} (exit {code})\n{shortage}"


def unpack(bundle: Bundle, folder: Path) -> None:
    """Write plan and code into a folder, as a pod has them."""
    (folder / PLAN_FILE).write_bytes(bundle.plan)
    for file in bundle.files:
        path = folder / "code" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)


def stands_in_files(loaded: Loaded) -> bool:
    """Tell whether Python could import every module from where it was read: not those of notebooks and standard input."""
    modules = loaded.reading.elaborated.modules.values()
    return all(module.location.endswith(f"/{module.bundle_path}") for module in modules)


def source_roots(loaded: Loaded) -> list[str]:
    """Give the folders from which the project's modules are imported as they stand in the working tree."""
    roots = {
        module.location[: -len(module.bundle_path)].rstrip(os.sep) or os.sep: None
        for module in loaded.reading.elaborated.modules.values()
    }
    return list(roots)


def show(report: Report) -> None:
    """Print what went wrong and the summary to standard error, and the outputs to standard output."""
    for text in report.failures:
        sys.stderr.write(text)
    sys.stderr.write(f"{report.tally}\n")
    if report.outputs is not None:
        sys.stdout.buffer.write(f"{report.outputs}\n".encode())  # JSON is UTF-8, whatever the terminal's encoding
        sys.stdout.buffer.flush()
