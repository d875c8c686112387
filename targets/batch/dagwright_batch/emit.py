"""Batch plan to YAML text: layout stands in the template, every value passes a filter that quotes it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dagwright_compiler.templates import template_environment
from dagwright_compiler.yaml_text import yaml_scalar, yaml_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Template

    from dagwright_batch.model import BatchPlan, InputText, Len, Param

_REPEATED = 4096
"""Texts kept with their spelling: a node's name stands in six places of a plan, the names of variables in every job."""


def emit(plan: BatchPlan) -> str:
    """Write the plan; parsed again it is ``plan.to_data()``."""
    return _template().render(plan=plan)


def value(item: str | int | Param | Len | InputText) -> str:
    """Write a text, a number, or a symbol such as ``{$param: queue}``."""
    if isinstance(item, str):
        return yaml_scalar(item)
    if isinstance(item, int):
        return str(item)
    ((symbol, name),) = item.to_data().items()
    return f"{{{symbol}: {yaml_scalar(name)}}}"


@cache
def _template() -> Template:
    often = lru_cache(_REPEATED)
    filters: dict[str, Callable[..., str]] = {"yaml": often(yaml_scalar), "value": often(value), "text": yaml_string}
    return template_environment(Path(__file__).parent, filters).get_template("plan.yaml.j2")
