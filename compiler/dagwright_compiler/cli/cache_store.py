"""What the commands of ``dagwright cache`` share: the project's store, and how entries are given to programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from dagwright_compiler.cli.cache_texts import time_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright.store.verbs import Store
    from dagwright.upkeep.entries import Entry
    from dagwright_compiler.config import Settings

format_option = click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people, or for programs."
)


def with_store(settings: Settings, use: Callable[[Store], Any]) -> Any:
    """Open the project's store and use it; what it cannot do ends the command in one line."""
    from dagwright.store import StoreError, open_store

    try:
        return use(open_store(settings.local_store))
    except StoreError as error:
        raise click.ClickException(str(error)) from None


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry for programs."""
    data: dict[str, Any] = {
        "task": entry.task,
        "project": entry.project,
        "domain": entry.domain,
        "key": entry.cache_key,
        "version": entry.version,
        "written": time_data(entry.written),
        "bytes": entry.bytes,
        "inputs": entry.texts("inputs"),
    }
    return {**data, "damage": entry.damage} if entry.damage else data


def write_json(data: Any) -> None:
    """Print data for machines."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
