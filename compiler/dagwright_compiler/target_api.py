"""What a target is: it turns a program into units and a manifest text. The compiler names targets in one static table only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from dagwright.contract.chunks import MAP_PODS
from dagwright_compiler.bundle import Bundle
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.ir.program import Program, Unit
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.source import Span

if TYPE_CHECKING:
    from importlib.metadata import EntryPoints

TARGETS = {"argo": "dagwright_argo", "batch": "dagwright_batch"}
"""Name -> module with a ``TARGET`` object; third parties use the entry-point group ``dagwright.targets``."""
PLAN_TARGET = "argo"
"""The target whose units ``compile -t plan`` shows."""


SettingKey = str | tuple[str | int, ...]
"""A setting; a text with a dot, or several keys and numbers of items, is something below it."""


def nowhere(_key: SettingKey) -> Span | None:
    """The place of a setting that stands in no file."""
    return None


class Request(msgspec.Struct, frozen=True):
    """What a target is asked to compile.

    ``settings`` is the raw table ``[tool.dagwright.<target>]``, with the project's ``store`` where the table has none; ``seal`` puts the units, and
    the most pods that a map has there, into the plan and gives the bundle whose digest names the manifest's objects; ``environment`` holds variables
    for the runtime that every container needs; ``map_pods`` bounds the pods of a map where the orchestrator does not; ``place`` tells where a
    key of the settings, or something below one, is written; ``options`` are those of the command line that only the target understands.
    """

    program: Program
    settings: Mapping[str, Any]
    spans: SpanTable
    diagnostics: Collector
    seal: Callable[[Mapping[str, Unit], int], Bundle]
    environment: Mapping[str, str] = {}
    map_pods: int = MAP_PODS
    place: Callable[[SettingKey], Span | None] = nowhere
    options: Mapping[str, Any] = {}


class Artefact(msgspec.Struct, frozen=True):
    """The manifest of one workflow.

    ``objects`` are YAML documents in order, one text each; the first ``shared`` of them are common to all workflows of a project
    (the runtime) and are written once, to a file of their own. ``name`` is what the cluster knows the workflow by, where a second one of that name
    would replace it there.
    """

    objects: tuple[str, ...]
    shared: int
    bundle: Bundle
    units: Mapping[str, Unit]
    name: str = ""


class Target(Protocol):
    """A lowering to one orchestrator."""

    name: str

    def compile(self, request: Request) -> Artefact | None:
        """Lower and emit. Findings go to ``request.diagnostics``; ``None`` when one of them is an error."""
        ...


@runtime_checkable
class Granting(Protocol):
    """A target whose orchestrator grants rights to what runs there, as objects of their own."""

    def rights(self, settings: Mapping[str, Any], namespace: str, diagnostics: Collector) -> str:
        """Write those objects.

        Args:
            settings: The target's raw table.
            namespace: Over that of the settings, where it is given.
            diagnostics: Takes findings about the settings.
        """
        ...


class Named(NamedTuple):
    """What a project has, by full names in the order of the source."""

    workflows: tuple[str, ...]
    tasks: tuple[str, ...]


@runtime_checkable
class Surveying(Protocol):
    """A target whose settings name workflows and tasks of the project."""

    def unmatched(
        self, settings: Mapping[str, Any], project: Named, place: Callable[[SettingKey], Span | None]
    ) -> Iterable[tuple[str, Diagnostic]]:
        """Find names that nothing of the project has, each with what to say of it.

        Args:
            settings: The target's raw table.
            project: The names that there are.
            place: Where a setting, or something below one, is written.
        """
        ...


def is_target(name: str) -> bool:
    """Whether a target of this name is built in or installed."""
    return name in TARGETS or any(point.name == name for point in _installed())


def target_names() -> tuple[str, ...]:
    """Names of all targets, the built-in ones first."""
    return tuple(dict.fromkeys([*TARGETS, *sorted(point.name for point in _installed())]))


def load_target(name: str) -> Target:
    """Import a target by name.

    Raises:
        KeyError: No such target is known.
    """
    module = TARGETS.get(name)
    if module is not None:
        built_in: Target = import_module(module).TARGET
        return built_in
    for point in _installed():
        if point.name == name:
            found: Target = point.load()
            return found
    raise KeyError(name)


def _installed() -> EntryPoints:
    # Slow to import, and needed only where a name is not built in.
    from importlib.metadata import entry_points

    return entry_points(group="dagwright.targets")
