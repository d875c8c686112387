"""The table ``[tool.dagwright.batch]``: raw settings in, checked values and findings out."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from dagwright_compiler.diagnostics.codes import BATCH_SETTING, UNKNOWN_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Mapping

Platform = Literal["EC2", "FARGATE"]


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
