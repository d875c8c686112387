"""The table ``[tool.dagwright.batch]``: raw settings in, checked values and findings out."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright_compiler.diagnostics.codes import BATCH_SETTING, UNKNOWN_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Mapping

Platform = Literal["EC2", "FARGATE"]


class BatchSettings(msgspec.Struct, frozen=True):
    """Settings of the target; an empty text is unset.

    ``image``, ``queue`` and ``store`` that are unset become parameters of the plan. ``workers`` is the size of a pool (see
    ``lower``), ``cpu`` and ``memory`` are what a task without ``requests`` and ``limits`` gets.
    """

    image: str = ""
    queue: str = ""
    store: str = ""
    platform: Platform = "EC2"
    job_role_arn: str = ""
    execution_role_arn: str = ""
    python: str = "python3"
    workers: int = 16
    cpu: str = "1"
    memory: str = "2Gi"
    secrets: dict[str, str] = {}


def read_settings(raw: Mapping[str, Any], found: Collector) -> BatchSettings:
    """Check every setting; a wrong one is reported and replaced by its default, so that all are reported at once."""
    fields = {field.name: field for field in msgspec.structs.fields(BatchSettings)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            help_text = f"write {near[0]}" if near else f"AWS Batch knows {', '.join(fields)}"
            found.add(Diagnostic(UNKNOWN_SETTING, f"unknown setting {name} in [tool.dagwright.batch]", help=help_text))
            continue
        try:
            values[name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            text = str(error)
            _wrong(found, f"setting {name} of [tool.dagwright.batch]: {text[0].lower()}{text[1:]}")
    settings = BatchSettings(**values)
    if not 1 <= settings.workers <= 10_000:
        _wrong(found, f"setting workers of [tool.dagwright.batch] is {settings.workers}, not 1 to 10000")
        settings = msgspec.structs.replace(settings, workers=BatchSettings().workers)
    if settings.platform == "FARGATE" and not settings.execution_role_arn:
        _wrong(found, "Fargate needs a role that pulls images and writes logs", 'add execution_role_arn = "arn:aws:iam::..."')
    return settings


def _wrong(found: Collector, message: str, help_text: str = "") -> None:
    found.add(Diagnostic(BATCH_SETTING, message, help=help_text))
