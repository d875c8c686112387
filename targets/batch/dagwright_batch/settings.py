"""The table ``[tool.dagwright.batch]``: raw settings in, checked values and findings out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from dagwright_compiler.diagnostics.codes import BATCH_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.target_api import nowhere
from dagwright_compiler.target_settings import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dagwright_compiler.source import Span
    from dagwright_compiler.target_api import SettingKey

Platform = Literal["EC2", "FARGATE"]
_TABLE = Table("[tool.dagwright.batch]", "AWS Batch", BATCH_SETTING)


def _is(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class BatchSettings(msgspec.Struct, frozen=True):
    """Settings of the target; an empty text is unset. The texts are the reference in ``docs/reference/settings.md``."""

    image: Annotated[str, _is("image of tasks that name none; unset, a parameter of the plan")] = ""
    queue: Annotated[str, _is("job queue; unset, a parameter of the plan")] = ""
    store: Annotated[str, _is("URL of the store; unset, a parameter of the plan")] = ""
    platform: Annotated[Platform, _is("what jobs run on")] = "EC2"
    job_role_arn: Annotated[str, _is("role of the task")] = ""
    execution_role_arn: Annotated[
        str, _is("role of the agent that pulls images, writes logs and reads secrets; Fargate needs one")
    ] = ""
    python: Annotated[str, _is("interpreter in the images")] = "python3"
    workers: Annotated[int, _is("children of a map whose length only a task knows, or that has `concurrency`")] = 16
    cpu: Annotated[str, _is("what a task without `requests` and `limits` gets")] = "1"
    memory: Annotated[str, _is("the same of memory")] = "2Gi"
    secrets: Annotated[
        dict[str, str], _is('ARN, or name in the Parameter Store, of each secret that tasks ask for, by `"group.key"`')
    ] = {}


def read_settings(
    raw: Mapping[str, Any], found: Collector, place: Callable[[SettingKey], Span | None] = nowhere
) -> BatchSettings:
    """Check every setting; a wrong one is reported and replaced by its default, so that all are reported at once.

    Args:
        raw: The table as it was read.
        found: Takes the findings.
        place: Where a key of the table, or something below it, is written.
    """
    settings = read_table(BatchSettings, raw, _TABLE, found, place)
    if not 1 <= settings.workers <= 10_000:
        message = f"setting workers of {_TABLE.name} is {settings.workers}, not 1 to 10000"
        found.add(Diagnostic(BATCH_SETTING, message, place("workers")))
        settings = msgspec.structs.replace(settings, workers=BatchSettings().workers)
    if settings.platform == "FARGATE" and not settings.execution_role_arn:
        message = "Fargate needs a role that pulls images and writes logs"
        help_ = 'add execution_role_arn = "arn:aws:iam::..."'
        found.add(Diagnostic(BATCH_SETTING, message, place("platform"), help=help_))
    return settings
