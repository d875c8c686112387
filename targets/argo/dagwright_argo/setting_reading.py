"""Raw settings in, checked values and findings out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagwright_argo.setting_checks import problems
from dagwright_argo.settings import TABLE, ArgoSettings
from dagwright_compiler.diagnostics.codes import ARGO_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.target_api import nowhere
from dagwright_compiler.target_settings import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import SettingKey

_TABLE = Table(TABLE, "Argo", ARGO_SETTING)


def read_settings(raw: Mapping[str, Any], found: Collector, place: Callable[[SettingKey], Span | None] = nowhere) -> ArgoSettings:
    """Check every setting; a wrong one is reported and replaced by its default, so that all are reported at once.

    Args:
        raw: The table as it was read.
        found: Takes the findings.
        place: Where a key of the table, or something below it, is written.
    """
    settings = read_table(ArgoSettings, raw, _TABLE, found, place)
    for problem in problems(settings):
        found.add(Diagnostic(ARGO_SETTING, problem.message, place(problem.setting), help=problem.help))
    return settings
