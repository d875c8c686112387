"""Batch plan to YAML text: layout stands in the template, every value passes a filter that quotes it."""

from __future__ import annotations

import os
import sys
from functools import cache, lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from dagwright_compiler.yaml_text import yaml_scalar, yaml_string

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Template

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
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (that is HTML's escaping; ours are the filters)
        bytecode_cache=_bytecode_cache(),
    )
    often = lru_cache(_REPEATED)
    environment.filters |= {"yaml": often(yaml_scalar), "value": often(value), "text": yaml_string}
    return environment.get_template("plan.yaml.j2")


def _bytecode_cache() -> BytecodeCache | None:
    """Keep the compiled template beside this module's own bytecode: compiling it costs more than importing Jinja."""
    from jinja2 import FileSystemBytecodeCache, compiler

    folder = Path(cache_from_source(__file__)).parent
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return None
    # Jinja checks a template's source, not which Jinja compiled it and with which of our options.
    stamps = (f"{Path(file).stat().st_mtime_ns:x}" for file in (compiler.__file__, __file__))
    return FileSystemBytecodeCache(str(folder), f"%s-{'-'.join(stamps)}.jinja")
