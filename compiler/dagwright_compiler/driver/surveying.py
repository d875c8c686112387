"""Names in a target's settings that nothing of the project has: the schedule of a workflow that was renamed, the table of a task that is gone.

Asked only where folders are compiled: one file of many says nothing of the others. A name that the project's other files define is none of these.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.frontend.source_tree import find_files
from dagwright_compiler.target_api import Named, Surveying, load_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from dagwright_compiler.driver.naming import Wanted
    from dagwright_compiler.driver.reading import Reading


def survey(reading: Reading, wanted: Sequence[Wanted], target: str) -> None:
    """Report such names, in a project that has no errors.

    Args:
        reading: The project, with what was found in it.
        wanted: What was asked for.
        target: Name of the target; its settings are looked at.
    """
    surveyor = load_target(target)
    settings = reading.settings
    table = settings.targets.get(target)
    folders = [item for item in wanted if item.name is None and (item.path is None or item.path.is_dir())]
    if not (table and folders and isinstance(surveyor, Surveying)) or reading.diagnostics.has_errors:
        return
    program = reading.elaborated
    names = Named(workflows=tuple(program.workflows), tasks=tuple(program.tasks))
    found = list(surveyor.unmatched(table, names, lambda key: settings.span_of_target(target, key)))
    is_all = any(item.path is None for item in folders)
    elsewhere = frozenset() if is_all or not found else _defined(settings.root, {name for name, _ in found})
    # Own collector: what is said twice of one place is said once.
    told = Collector()
    for name, diagnostic in found:
        if name not in elsewhere:
            told.add(diagnostic)
    for diagnostic in told.sorted():
        reading.diagnostics.add(diagnostic)


def _defined(root: Path, names: Iterable[str]) -> frozenset[str]:
    """Those names whose last part some file of the project defines as a function."""
    waiting = {name: re.compile(rb"\bdef\s+" + re.escape(name.rpartition(".")[2].encode()) + rb"\b") for name in names}
    found: set[str] = set()
    for path in find_files([root]):
        try:
            data = path.read_bytes()
        except OSError:
            continue  # a folder that cannot be listed, or a file that went away: reading it would have said so
        found |= {name for name, pattern in waiting.items() if name not in found and pattern.search(data)}
    return frozenset(found)
