"""Schedules of workflows, and tables of tasks, that the project does not have: nothing else would ever say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright_argo.settings import TABLE
from dagwright_compiler.diagnostics.codes import ARGO_SETTING
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.diagnostics.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import Named, SettingKey


def unmatched_names(
    settings: Mapping[str, Any], project: Named, place: Callable[[SettingKey], Span | None]
) -> Iterator[tuple[str, Diagnostic]]:
    """Yield each name with what to say of it; tables of the wrong form have been reported by others."""
    for key, schedule in _tables(settings.get("schedules")).items():
        name = schedule.get("workflow")
        if isinstance(name, str) and not _is_among(name, project.workflows):
            message = f"the schedule {key!r} runs `{name}`, and the project has no such workflow: nothing would ever start"
            span = place(("schedules", key, "workflow"))
            yield name, Diagnostic(ARGO_SETTING, message, span, help=_help(name, project.workflows))
    for name in _tables(settings.get("tasks")):
        if not _is_among(name, project.tasks):
            message = f"{TABLE} has a table for the task `{name}`, and the project has no such task"
            yield name, Diagnostic(ARGO_SETTING, message, place(("tasks", name)), help=_help(name, project.tasks))


def _tables(value: object) -> dict[str, dict[str, Any]]:
    return {key: item for key, item in value.items() if isinstance(item, dict)} if isinstance(value, dict) else {}


def _is_among(name: str, known: Sequence[str]) -> bool:
    return any(name in (full, full.rpartition(".")[2]) for full in known)


def _help(name: str, known: Sequence[str]) -> str:
    short = [full.rpartition(".")[2] for full in known]
    return did_you_mean(name, [*short, *known]) or "rename it there, or remove the table"
