"""``dagwright run``: a workflow or a task on this machine, with its inputs as options of their own."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from dagwright.contract.modes import OFF, WRITE, cache_mode
from dagwright.contract.names import ENV_CACHE
from dagwright_compiler.cli.gate_options import gate_options, read_answers
from dagwright_compiler.cli.inputs import read_inputs
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import (
    color_option,
    one_definition,
    parse_wanted,
    profile_option,
    project_options,
    refuse_option,
    set_option,
)
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.programs import load_definition

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

    from dagwright.values.form import Blobs
    from dagwright_compiler.driver.programs import Loaded

_EXECUTOR = "dagwright_local.run"
_REPLAYER = "dagwright_argo_client.commands.replay"
_EMULATORS = {"batch": "dagwright_local.emulated"}
"""Targets whose orchestrator can be played on this machine -> the module that does it."""


@click.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target", metavar="FILE[:NAME]")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[NAME] [INPUTS]...")
@click.option("--no-cache", is_flag=True, help="Neither read nor write cached results.")
@click.option("--overwrite-cache", is_flag=True, help="Compute everything, and put it in the place of what is cached.")
@click.option("--max-workers", type=click.IntRange(min=1), metavar="N", help="Attempts at a time.  [default: CPUs]")
@click.option("--inputs-file", metavar="FILE|-", help="Inputs as a JSON or YAML object; options given by name win.")
@click.option("--isolate", is_flag=True, help="A fresh interpreter and the extracted code bundle for each attempt, as in a pod.")
@click.option("-t", "--target", "form", metavar="batch", help="With --emulate: the target whose manifest is executed.")
@click.option(
    "--only", metavar="NODE", help="With --from: one task of a run of the cluster, with the inputs that it had; NODE[3] of a map."
)
@click.option("--from", "origin", metavar="RUN", help="With --only: the run of the cluster that the inputs are of.")
@click.option("-n", "--namespace", metavar="NS", help="With --from: where the run is.  [default: ARGO_NAMESPACE]")
@click.option("--emulate", is_flag=True, help="Compile to the target and play its orchestrator on this machine.")
@gate_options
@project_options
@profile_option
@set_option
@color_option
def command(
    *,
    target: str,
    arguments: tuple[str, ...],
    no_cache: bool,
    overwrite_cache: bool,
    max_workers: int | None,
    inputs_file: str | None,
    isolate: bool,
    form: str | None,
    only: str | None,
    origin: str | None,
    namespace: str | None,
    emulate: bool,
    approvals: tuple[str, ...],
    denials: tuple[str, ...],
    project: str | None,
    domain: str | None,
    store: str | None,
    profile: str | None,
    constants: dict[str, Any],
    color: str,
) -> int:
    """Run a workflow or a task on this machine.

    Options of dagwright stand before FILE, the inputs of the workflow after it: `--n-partitions 4` or `--n_partitions 4`, values as JSON, text for a
    str bare. `dagwright run FILE --help` shows them. Standard output carries the outputs as JSON and nothing else; what tasks print goes to
    standard error, behind the name of their node.
    """
    _check_emulation(form, emulate=emulate, isolate=isolate)
    refuse_option(target, command)
    mode = _cache_mode(no_cache=no_cache, overwrite_cache=overwrite_cache)
    wanted, rest = one_definition(parse_wanted(target), list(arguments))
    flags = {"project": project, "domain": domain, "store": store, "profile": profile, "set": constants}
    if only is not None or origin is not None:
        _check_replay(only, origin, rest, isolate=isolate or emulate)
        replayed: int = import_module(_REPLAYER).replay_command(wanted, flags, only, origin, namespace, color=color)
        return replayed
    reading = read_wanted([wanted], flags)
    _check_store(reading.settings.local_store)
    loaded = load_definition(reading, wanted)
    code = show_findings(reading, sys.stderr, color=color)
    if code != SUCCESS or loaded.program is None:
        return code or FINDINGS
    inputs = read_inputs(loaded.program, rest, inputs_file, f"dagwright run {target}")
    if inputs is None:
        return SUCCESS
    answers = read_answers(loaded.program, approvals, denials, can_ask=sys.stdin.isatty() and sys.stderr.isatty())
    if inputs.blobs or answers.blobs:
        _store({**inputs.blobs, **answers.blobs}, reading.settings.local_store)
    return _execute(
        loaded,
        emulator=form if emulate else None,
        answers=(answers.approved, answers.texts),
        inputs=inputs.texts,
        store=reading.settings.local_store,
        max_workers=max_workers or os.cpu_count() or 1,
        cache=mode,
        isolate=isolate,
    )


def _execute(loaded: Loaded, *, emulator: str | None, answers: tuple[Any, Any], **request: Any) -> int:
    """Hand the program to what executes it, which the compiler knows by name only."""
    executor: Any = import_module(_EXECUTOR)
    run = executor.run if emulator is None else import_module(_EMULATORS[emulator]).run
    with _ended_by_signals():
        report = run(loaded, executor.Request(**request, answers=executor.Answers(*answers)))
    executor.show(report)
    return SUCCESS if report.outputs is not None else FINDINGS


def _store(blobs: Blobs, url: str) -> None:
    """Store the files that inputs name by paths of this machine, which no task sees."""
    from dagwright.store import StoreError, open_store
    from dagwright_compiler.cli.given_files import store_files

    try:
        store_files(blobs, open_store(url))
    except StoreError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _ended_by_signals() -> Generator[None]:
    """Have SIGTERM and SIGHUP unwind the run as Ctrl-C does: its attempts end with it, and its folders go."""

    def leave(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:  # nohup has SIGHUP ignored
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_emulation(form: str | None, *, emulate: bool, isolate: bool) -> None:
    if emulate != (form is not None):
        raise click.UsageError("-t and --emulate go together: `-t batch --emulate` plays AWS Batch on this machine")
    if form is not None and form not in _EMULATORS:
        raise click.BadParameter(f"`{form}` cannot be emulated; there is {', '.join(_EMULATORS)}", param_hint="-t")
    if emulate and isolate:
        raise click.UsageError("--emulate isolates every attempt already: leave --isolate out")


def _check_replay(only: str | None, origin: str | None, rest: list[str], *, isolate: bool) -> None:
    if only is None or origin is None:
        raise click.UsageError(
            "--only and --from go together: `--only train --from RUN` runs that task with the inputs it had there"
        )
    if rest:
        raise click.UsageError(f"a replay takes its inputs from {origin}; leave {rest[0]} out")
    if isolate:
        raise click.UsageError("a replay runs in the working tree: leave --isolate and --emulate out")


def _cache_mode(*, no_cache: bool, overwrite_cache: bool) -> str:
    """Tell what the run does with the cache: the flag, else the environment."""
    if no_cache and overwrite_cache:
        raise click.UsageError("--no-cache writes nothing, and --overwrite-cache does: give one of them")
    if no_cache or overwrite_cache:
        return OFF if no_cache else WRITE
    try:
        return cache_mode(os.environ.get(ENV_CACHE))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _check_store(url: str) -> None:
    """Refuse a URL that no attempt could open, once and before any starts."""
    from dagwright.store.errors import StoreError
    from dagwright.store.opening import check_url

    try:
        check_url(url)
    except StoreError as error:
        raise click.UsageError(str(error)) from None
