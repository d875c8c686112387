"""From what a user typed (``FILE``, ``FILE:name``, a folder) to definitions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics.codes import AMBIGUOUS_NAME, NO_SUCH_DEFINITION, NO_WORKFLOW
from dagwright_compiler.diagnostics.model import Diagnostic, Label
from dagwright_compiler.diagnostics.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_compiler.driver.reading import Reading


class Wanted(msgspec.Struct, frozen=True):
    """One request: a file or folder (``None`` is everything that was read), maybe a definition in it, and how messages call it."""

    path: Path | None
    name: str | None
    shown: str


def wanted_workflows(reading: Reading, wanted: Wanted) -> tuple[str, ...]:
    """Full names of what a request selects: the definition that it names, else all workflows, in the order of the source.

    An empty result has been reported.
    """
    if wanted.name is not None:
        found = _named(reading, wanted, wanted.name)
        return (found,) if found else ()
    workflows = _inside(reading, wanted, reading.elaborated.workflows)
    if not workflows:
        _report_no_workflow(reading, wanted)
    return workflows


def wanted_definition(reading: Reading, wanted: Wanted) -> str | None:
    """Full name of the one definition that a request selects: what it names, else the only workflow; ``None`` has been reported."""
    if wanted.name is not None:
        return _named(reading, wanted, wanted.name)
    workflows = _inside(reading, wanted, reading.elaborated.workflows)
    if not workflows:
        _report_no_workflow(reading, wanted)
    if len(workflows) > 1:
        names = [_short(found) for found in workflows]
        message = f"{wanted.shown} defines several workflows: {_listed(names)}"
        _report_ambiguous(reading, message, workflows, f"name one of them, as in `{wanted.shown}:{names[0]}`")
    return workflows[0] if len(workflows) == 1 else None


def _named(reading: Reading, wanted: Wanted, name: str) -> str | None:
    elaborated = reading.elaborated
    known = _inside(reading, wanted, (*elaborated.workflows, *elaborated.tasks))
    if name in known:
        return name
    matches = [found for found in known if found.endswith(f".{name}")]
    if len(matches) == 1:
        return matches[0]
    if matches:
        message = f"`{name}` fits several definitions in {wanted.shown}: {_listed(matches)}"
        _report_ambiguous(reading, message, matches, "write the full name")
        return None
    listing = f"it defines {_listed([_short(found) for found in known])}" if known else ""
    help_text = did_you_mean(name, [*map(_short, known), *known]) or listing
    _report_absence(
        reading, Diagnostic(NO_SUCH_DEFINITION, f"{wanted.shown} defines no workflow or task `{name}`", help=help_text)
    )
    return None


def _inside(reading: Reading, wanted: Wanted, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that the requested file or folder defines."""
    if wanted.path is None:
        return tuple(names)
    place = os.path.abspath(wanted.path).replace(os.sep, "/")  # noqa: PTH100 - as the project does: symbolic links stay
    modules = reading.elaborated.modules
    locations = {name: modules[name.rpartition(".")[0]].location for name in names}
    return tuple(name for name in names if locations[name] == place or locations[name].startswith(f"{place}/"))


def _report_no_workflow(reading: Reading, wanted: Wanted) -> None:
    tasks = [_short(found) for found in _inside(reading, wanted, reading.elaborated.tasks)]
    help_text = (
        f"name a task to take it alone, as in `{wanted.shown}:{tasks[0]}`" if tasks else "decorate a function with `@workflow`"
    )
    _report_absence(reading, Diagnostic(NO_WORKFLOW, f"{wanted.shown} defines no workflow", help=help_text))


def _report_absence(reading: Reading, found: Diagnostic) -> None:
    """A file with errors may well define what was not found: those are enough to say."""
    if not reading.diagnostics.has_errors:
        reading.diagnostics.add(found)


def _report_ambiguous(reading: Reading, message: str, names: Sequence[str], help_text: str) -> None:
    spans = [(name, reading.elaborated.spans.definition(name)) for name in names]
    labels = tuple(Label(span, f"`{name}`") for name, span in spans if span is not None)
    first = labels[0] if labels else None
    reading.diagnostics.add(
        Diagnostic(
            AMBIGUOUS_NAME, message, first.span if first else None, first.text if first else "", labels[1:], help=help_text
        )
    )


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:10]]
    return ", ".join(shown) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
