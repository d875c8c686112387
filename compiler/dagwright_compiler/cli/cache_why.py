"""``dagwright cache why``: whether a call would be found in the cache, and which part of its key differs from the nearest entry."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from dagwright_compiler.cli.cache_store import entry_data, format_option, with_store, write_json
from dagwright_compiler.cli.cache_texts import say, time_text
from dagwright_compiler.cli.inputs import Inputs, read_inputs
from dagwright_compiler.cli.main import FINDINGS, SUCCESS, UNUSABLE
from dagwright_compiler.cli.options import color_option, parse_wanted, project_options
from dagwright_compiler.cli.sources import read_wanted
from dagwright_compiler.cli.terminal import show_findings
from dagwright_compiler.driver.programs import load_definition
from dagwright_compiler.ir.codec import to_data
from dagwright_compiler.ir.program import TaskNode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.contract.schema import Program as ProgramData
    from dagwright.execution.task_call import StoredCall
    from dagwright.store.verbs import Store
    from dagwright.upkeep.entries import Entry
    from dagwright.upkeep.explaining import Difference, Wanted
    from dagwright_compiler.driver.programs import Loaded

_SHOWN_DIGITS = 12
_LONGEST_VALUE = 60
_NAMES = {"name": "task", "project": "project", "domain": "domain", "version": "cache version"}


@click.command(
    "why",
    short_help="Say whether a result is cached, or what differs.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("target", metavar="FILE:TASK")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[INPUTS]...")
@click.option("--inputs-file", metavar="FILE|-", help="Inputs as a JSON or YAML object; options given by name win.")
@format_option
@project_options
@color_option
def why(
    *,
    target: str,
    arguments: tuple[str, ...],
    inputs_file: str | None,
    output_format: str,
    project: str | None,
    domain: str | None,
    store: str | None,
    color: str,
) -> int:
    """Say whether a task's result is cached for these inputs, and if not, what differs from the nearest that is.

    Inputs stand after FILE:TASK, as for `dagwright run`; without them everything else is compared. Exit code 0: cached; 1: not.
    """
    wanted = parse_wanted(target)
    if wanted.name is None:
        raise click.UsageError(f"name the task, as in `{target}:NAME`")
    reading = read_wanted([wanted], {"project": project, "domain": domain, "store": store})
    loaded = load_definition(reading, wanted)
    if show_findings(reading, sys.stderr, color=color) != SUCCESS or loaded.program is None:
        return UNUSABLE
    _check_task(loaded, target)
    given = _given(loaded, arguments, inputs_file, f"dagwright cache why {target}")
    if given is None:
        return SUCCESS
    code: int = with_store(
        reading.settings, lambda opened: _explain(loaded, given[0], opened, has_inputs=given[1], output_format=output_format)
    )
    return code


def _check_task(loaded: Loaded, target: str) -> None:
    assert loaded.program is not None
    workflow = loaded.program.workflow
    task = loaded.program.tasks.get(workflow.name)
    if task is None:
        raise click.UsageError(f"{workflow.name} is a workflow; name one of its tasks, as in `{target.rpartition(':')[0]}:TASK`")
    if task.policy.cache is None:
        raise click.UsageError(f'{task.name} is not cached: write `@task(cache=True, cache_version="1")`')


def _given(loaded: Loaded, arguments: tuple[str, ...], inputs_file: str | None, usage: str) -> tuple[Inputs, bool] | None:
    """Read the inputs, and tell whether any are given where some must be; ``None`` when help was asked for and shown."""
    assert loaded.program is not None
    needs = any(not (field.has_default or field.deferred) for field in loaded.program.workflow.inputs)
    if needs and not arguments and inputs_file is None:
        return Inputs({}, {}), False
    inputs = read_inputs(loaded.program, arguments, inputs_file, usage)
    return None if inputs is None else (inputs, True)


def _explain(loaded: Loaded, inputs: Inputs, store: Store, *, has_inputs: bool, output_format: str) -> int:
    from dagwright.upkeep.entries import read_entries
    from dagwright.upkeep.explaining import Wanted, nearest
    from dagwright.upkeep.reading import concurrently

    assert loaded.program is not None
    call = _call(loaded, inputs, store) if has_inputs else None
    task = loaded.program.tasks[loaded.program.workflow.name]
    made = call.provenance() if call else _made_without_inputs(loaded)
    wanted = Wanted(
        project=loaded.program.project,
        domain=loaded.program.domain,
        made=made,
        outputs=[(field.name, field.type.text) for field in task.outputs],
        has_inputs=has_inputs,
    )
    entries = read_entries(
        store, lambda entry: entry.task.rpartition(".")[2] == task.name.rpartition(".")[2], concurrently=concurrently(store)
    )
    key = call.key if call else ""
    hit = next((entry for entry in entries if key and entry.cache_key == key and entry.task == task.name), None)
    if hit is not None and not hit.damage:
        _verify(hit, wanted, store)
    found = None if hit is not None and not hit.damage else nearest(wanted, entries)
    answer = _Answer(task.name, key, hit, *(found or (None, [])))
    if output_format == "json":
        write_json(_data(answer))
    else:
        say("\n".join(_lines(answer, inputs.texts)))
    return SUCCESS if answer.is_cached else FINDINGS


def _verify(hit: Entry, wanted: Wanted, store: Store) -> None:
    """Read an entry and its blobs as a run would; note what is wrong with it."""
    from dagwright.cache import lookup

    def note(damage: str) -> None:
        hit.damage = damage

    lookup(store, hit.key, outputs=wanted.outputs, remove=False, damaged=note)


def _call(loaded: Loaded, inputs: Inputs, store: Store) -> StoredCall:
    """Make the call as a run would, up to its key. The user's module is imported only where an input's type or default needs it."""
    from dagwright.contract.modes import READ
    from dagwright.execution.faults import UserFailure
    from dagwright.execution.given import Value
    from dagwright.execution.input_text import InputMismatch, parse_input
    from dagwright.execution.plan_view import ProgramView
    from dagwright.execution.task_call import Reuse, StoredCall, TaskCall
    from dagwright.files.access import StoreAccess
    from dagwright.values import Codec
    from dagwright_compiler.cli.given_files import GivenAccess

    assert loaded.program is not None
    view = ProgramView(cast("ProgramData", to_data(loaded.program)))
    node = view.node(next(node.id for node in loaded.program.workflow.nodes if isinstance(node, TaskNode)))
    modules = _Modules(loaded)
    codec = Codec(view.classes, load_class=modules.load, files=GivenAccess(inputs.blobs, StoreAccess(store)))
    try:
        given = {name: Value(parse_input(codec, view.inputs[name], text)) for name, text in inputs.texts.items()}
        reuse = Reuse(store, project=view.project, domain=view.domain, cache=READ)
        call = TaskCall(
            node.task,
            node.policy,
            given,
            codec=codec,
            function=lambda: modules.load(node.task.module, node.task.function),
            run=lambda function, arguments: function(**arguments),
            reuse=reuse,
        )
        return StoredCall(call, reuse)
    except InputMismatch as mismatch:
        raise click.UsageError(str(mismatch)) from None
    except UserFailure as failure:
        raise click.ClickException(
            f"the key needs the user's code, which raised {type(failure.error).__name__}: {failure.error}"
        ) from None


class _Modules:
    """The user's modules, put in place when the first is asked for."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded: Loaded | None = loaded

    def load(self, module: str, qualname: str) -> Any:
        from importlib import import_module

        from dagwright.execution import user_code

        if self._loaded is not None:
            runner: Any = import_module("dagwright_local.run")
            user_code.prepare(runner.source_roots(self._loaded))
            self._loaded = None
        return user_code.load(module, qualname)


def _made_without_inputs(loaded: Loaded) -> dict[str, Any]:
    assert loaded.program is not None
    task = loaded.program.tasks[loaded.program.workflow.name]
    assert task.policy.cache is not None
    return {
        "task": task.name,
        "cache_version": task.policy.cache.version,
        "signature": to_data(loaded.program)["tasks"][task.name]["signature"],
        "types": {field.name: field.type.text for field in task.inputs},
    }


class _Answer(NamedTuple):
    """What was found: ``hit`` stands under the call's own key, ``different`` says what differs from ``nearest``; ``key`` is empty without inputs."""

    task: str
    key: str
    hit: Entry | None
    nearest: Entry | None
    different: list[Difference]

    @property
    def is_cached(self) -> bool:
        """Whether a run would use the result."""
        return self.hit is not None and not self.hit.damage


def _lines(answer: _Answer, texts: Mapping[str, str]) -> list[str]:
    key, hit = answer.key[:_SHOWN_DIGITS], answer.hit
    if hit is not None and not hit.damage:
        return [f"cached: {answer.task}, written {time_text(hit.written)}, key {key}"]
    lines = [f"not cached: {answer.task} with these inputs, key {key}"]
    if not key:
        lines = [f"{answer.task} without inputs: all but the inputs is compared"]
    if hit is not None:
        return [*lines, f"an entry stands there and does not hold ({hit.damage}): it is computed again"]
    if answer.nearest is None:
        return [*lines, "the store holds no result of a task of this name"]
    entry = answer.nearest
    where = f"the nearest result was written {time_text(entry.written)}, key {entry.cache_key[:_SHOWN_DIGITS]}"
    if not answer.different:
        return [*lines, f"{where}, and differs in nothing else"]
    return [*lines, f"{where}, and differs in", *(f"  {_difference(item, texts)}" for item in answer.different)]


def _difference(item: Difference, texts: Mapping[str, str]) -> str:
    from dagwright.upkeep.explaining import ABSENT

    if item.part == "input":
        if item.there == ABSENT:
            return f"input {item.name}: part of the key here, not there"
        if item.here == ABSENT:
            return f"input {item.name}: part of the key there, not here"
        text = texts.get(item.name, "its default")
        shown = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
        return f"input {item.name}: {shown} here, another value there"
    if item.part == "signature":
        if item.name == "classes":
            return "interface: a class in it has other fields"
        return f"interface: {item.name}: {item.here} here, {item.there} there"
    return f"{_NAMES[item.part]}: {item.here} here, {item.there} there"


def _data(answer: _Answer) -> dict[str, Any]:
    data: dict[str, Any] = {"task": answer.task, "key": answer.key or None, "cached": answer.is_cached}
    if answer.hit is not None:
        data["entry"] = entry_data(answer.hit)
    if answer.nearest is not None:
        data["nearest"] = entry_data(answer.nearest)
        data["differences"] = [
            {"part": item.part, "name": item.name, "here": item.here, "there": item.there} for item in answer.different
        ]
    return data
