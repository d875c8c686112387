"""Batch plan to YAML text: layout stands in the template, every value passes the one quoting filter."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from dagwright_compiler.yaml_text import yaml_scalar, yaml_string

if TYPE_CHECKING:
    from dagwright_batch.model import BatchPlan


def emit(plan: BatchPlan) -> str:
    """Write the plan; parsed again it is ``plan.to_data()``."""
    return _template().render(plan=plan.to_data())


@cache
def _template() -> Template:
    # autoescape is for HTML; scalars are quoted by the filter.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("dagwright_batch"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = yaml_scalar
    environment.filters["text"] = yaml_string
    return environment.get_template("plan.yaml.j2")
