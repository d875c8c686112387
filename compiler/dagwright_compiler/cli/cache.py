"""``dagwright cache``: what is cached, why a call is not, and the removal of what nobody needs."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dagwright_compiler.cli.cache_store import entry_data, format_option, with_store, write_json
from dagwright_compiler.cli.cache_texts import Age, age_text, counted, say, size_text, table, time_text
from dagwright_compiler.cli.main import FINDINGS, SUCCESS
from dagwright_compiler.cli.options import project_options
from dagwright_compiler.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dagwright.store.verbs import Store
    from dagwright.upkeep.collection import Collected
    from dagwright.upkeep.entries import Entry
    from dagwright_compiler.config import Settings

_KEY = re.compile(r"[0-9a-f]{8,64}")
_SHOWN_DIGITS = 12
_LONGEST_VALUE = 60
_MOST_RUNS = 5


class _Commands(click.Group):
    """The commands below ``cache``; the one that compiles is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted([*super().list_commands(ctx), "why"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command."""
        if cmd_name == "why":
            from dagwright_compiler.cli.cache_why import why

            return why
        return super().get_command(ctx, cmd_name)


@click.group("cache", cls=_Commands)
def command() -> None:
    """Look at cached results and remove them.

    Results of tasks with `cache` stand in the store of the project (its setting, `--store` or DAGWRIGHT_STORE, else .dagwright/store).
    """


@command.command("ls", short_help="List cached results.")
@click.argument("tasks", nargs=-1, metavar="[TASK]...")
@click.option("--all", "everything", is_flag=True, help="Of all projects and domains, not only of this one.")
@format_option
@project_options
def ls(tasks: tuple[str, ...], *, everything: bool, output_format: str, **flags: str | None) -> int:
    """List cached results: a line for each task and version, or, where TASKs are named, for each result.

    TASK is a name such as flow.train, a pattern such as 'flow.*', or the beginning of a key.
    """
    settings = load_settings(Path.cwd(), flags=flags)
    found = _entries(settings, _here(settings, tasks, everything=everything))
    if output_format == "json":
        write_json({"store": settings.local_store, "entries": [entry_data(entry) for entry in found]})
    elif tasks:
        say(_each(found))
    else:
        say(_summary(found, settings.local_store))
    return SUCCESS


@command.command("rm", short_help="Remove cached results.")
@click.argument("tasks", nargs=-1, required=True, metavar="TASK...")
@click.option("--all", "everything", is_flag=True, help="In all projects and domains, not only in this one.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@format_option
@project_options
def rm(tasks: tuple[str, ...], *, everything: bool, dry_run: bool, output_format: str, **flags: str | None) -> int:
    """Remove cached results, so that they are computed again; runs keep theirs.

    TASK is a name such as flow.train, a pattern such as 'flow.*', or the beginning of a key. The space is freed by `dagwright cache gc`.
    """
    settings = load_settings(Path.cwd(), flags=flags)
    found = _entries(settings, _here(settings, tasks, everything=everything))
    if found and not dry_run:
        with_store(settings, lambda store: _remove(store, found))
    if output_format == "json":
        write_json({"store": settings.local_store, "dry_run": dry_run, "removed": [entry_data(entry) for entry in found]})
    elif found:
        verb = "would remove" if dry_run else "removed"
        say(f"{verb} {counted(len(found), 'cached result')} of {_names(found)}")
    else:
        click.echo(f"no cached result is of {', '.join(tasks)}; `dagwright cache ls` shows what there is", err=True)
    return SUCCESS if found else FINDINGS


@command.command("gc", short_help="Remove what no result and no run names any more.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.option(
    "--older-than", "older_than_s", type=Age(), help="Also remove runs and cached results written longer ago than this."
)
@click.option(
    "--grace",
    "grace_s",
    type=Age(),
    default="7d",
    show_default=True,
    help="Age from which what nobody names may go: longer than any task runs. 0s is for a store that nobody uses meanwhile.",
)
@click.option(
    "--offline", "is_alone", is_flag=True, help="Nothing else uses the store meanwhile. Needed where only fsspec reads the store."
)
@format_option
@project_options
def gc(
    *, dry_run: bool, older_than_s: float | None, grace_s: float, is_alone: bool, output_format: str, **flags: str | None
) -> int:
    """Remove what no cached result and no run names any more: blobs, leases, what writers left that died.

    Safe beside running work. Ages are told by the store's own clock.
    """
    from dagwright.upkeep.collection import Limits, collect
    from dagwright.upkeep.reading import concurrently

    settings = load_settings(Path.cwd(), flags=flags)
    limits = Limits(grace_s=grace_s, older_than_s=older_than_s)
    done: Collected = with_store(
        settings, lambda store: collect(store, limits, dry_run=dry_run, is_alone=is_alone, concurrently=concurrently(store))
    )
    if output_format == "json":
        write_json({"store": settings.local_store, "dry_run": dry_run, **_collected_data(done)})
    else:
        say(_collected(done, grace_s, dry_run=dry_run))
    return SUCCESS


def _entries(settings: Settings, wanted: Callable[[Entry], bool]) -> list[Entry]:
    from dagwright.upkeep.entries import read_entries
    from dagwright.upkeep.reading import concurrently

    found: list[Entry] = with_store(settings, lambda store: read_entries(store, wanted, concurrently=concurrently(store)))
    return found


def _here(settings: Settings, tasks: Sequence[str], *, everything: bool) -> Callable[[Entry], bool]:
    """Tell the entries that the command line means."""

    def is_meant(entry: Entry) -> bool:
        if not everything and (entry.project, entry.domain) != (settings.project, settings.domain):
            return False
        return not tasks or any(_fits(entry, text) for text in tasks)

    return is_meant


def _fits(entry: Entry, text: str) -> bool:
    return fnmatchcase(entry.task, text) or (_KEY.fullmatch(text) is not None and entry.cache_key.startswith(text))


def _remove(store: Store, entries: Sequence[Entry]) -> None:
    from dagwright.upkeep.entries import remove_entries

    remove_entries(store, entries)


def _summary(entries: Sequence[Entry], store: str) -> str:
    if not entries:
        return f"no cached results in {store}"
    groups: dict[tuple[str, ...], list[Entry]] = {}
    several = len({(entry.project, entry.domain) for entry in entries}) > 1
    for entry in sorted(entries, key=lambda entry: (entry.project, entry.domain, entry.task, entry.version)):
        place = (entry.project, entry.domain) if several else ()
        groups.setdefault((*place, entry.task, "damaged" if entry.damage else entry.version), []).append(entry)
    head = (*(("PROJECT", "DOMAIN") if several else ()), "TASK", "VERSION", "RESULTS", "SIZE", "LAST WRITTEN")
    rows = [
        (
            *group,
            str(len(inside)),
            size_text(sum(entry.bytes for entry in inside)),
            time_text(max(entry.written for entry in inside)),
        )
        for group, inside in groups.items()
    ]
    total = f"{counted(len(entries), 'result')}, {size_text(sum(entry.bytes for entry in entries))}, in {store}"
    return f"{table(head, rows, right=('RESULTS', 'SIZE'))}\n{total}"


def _each(entries: Sequence[Entry]) -> str:
    if not entries:
        return "no cached results"
    head = ("KEY", "TASK", "VERSION", "WRITTEN", "SIZE", "OUTPUTS")
    rows = [
        (
            entry.cache_key[:_SHOWN_DIGITS],
            entry.task,
            entry.version,
            time_text(entry.written),
            size_text(entry.bytes),
            entry.damage or _outputs(entry),
        )
        for entry in entries
    ]
    return table(head, rows, right=("SIZE",))


def _outputs(entry: Entry) -> str:
    """What the outputs are, as far as they stand in the entry itself."""
    from dagwright.contract.jsontext import dumps

    assert entry.result is not None
    parts = []
    for output in entry.result.outputs:
        text = f"<{output.type}>" if output.blob is not None else dumps(output.data)
        text = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
        parts.append(text if len(entry.result.outputs) == 1 else f"{output.name}={text}")
    return ", ".join(parts)


def _names(entries: Sequence[Entry]) -> str:
    return ", ".join(dict.fromkeys(entry.task for entry in entries))


def _collected(done: Collected, grace_s: float, *, dry_run: bool) -> str:
    kinds = (
        ("object", done.runs, f" of {counted(len(done.run_names), 'run')}"),
        ("cached result", done.entries, ""),
        ("blob", done.blobs, ""),
        ("lease", done.leases, ""),
        ("file", done.leftovers, " that dead writers left"),
    )
    verb = "would remove" if dry_run else "removed"
    lines = [
        f"{verb} {counted(tally.count, word)}{rest} ({size_text(tally.bytes)})" for word, tally, rest in kinds if tally.count
    ]
    if done.run_names:
        more = len(done.run_names) - _MOST_RUNS
        lines.append(f"runs: {', '.join(done.run_names[:_MOST_RUNS])}" + (f" and {more} more" if more > 0 else ""))
    kept = f"kept {counted(done.kept.count, 'blob')} ({size_text(done.kept.bytes)}) that cached results and runs name"
    if done.young.count:
        kept += f", and {done.young.count} ({size_text(done.young.bytes)}) that nobody names and that are younger than {age_text(grace_s)}"
    return "\n".join([*(lines or ["nothing to remove"]), kept])


def _collected_data(done: Collected) -> dict[str, Any]:
    tallies = {
        "run_objects": done.runs,
        "entries": done.entries,
        "blobs": done.blobs,
        "leases": done.leases,
        "leftovers": done.leftovers,
    }
    data: dict[str, Any] = {name: {"count": tally.count, "bytes": tally.bytes} for name, tally in tallies.items()}
    kept = {name: {"count": tally.count, "bytes": tally.bytes} for name, tally in (("named", done.kept), ("young", done.young))}
    return {"removed": {"runs": done.run_names, **data}, "kept_blobs": kept}
