"""Jinja environments of the targets: one set of options, and compiled templates kept as Python keeps compiled modules.

Layout stands in templates; every value passes a filter that quotes it. Jinja itself is imported only when a manifest is written.
"""

from __future__ import annotations

import os
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import BytecodeCache, Environment


def template_environment(package: Path, filters: Mapping[str, Callable[..., str]]) -> Environment:
    """Read templates from the folder ``templates`` of a package.

    Args:
        package: Folder of the package.
        filters: What templates may pass values through, beside Jinja's own.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(package / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (that is HTML's escaping; ours are the filters)
        bytecode_cache=_bytecode_cache(package),
    )
    environment.filters.update(filters)
    # Templates read attributes of the model alone, ten of each call: Jinja's own look-up would fall back to items of a mapping.
    environment.getattr = getattr  # type: ignore[assignment]
    return environment


def _bytecode_cache(package: Path) -> BytecodeCache | None:
    """Keep templates beside the package's own bytecode: compiling them costs more than importing Jinja."""
    from jinja2 import FileSystemBytecodeCache, compiler

    folder = Path(cache_from_source(str(package / "__init__.py"))).parent
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return None
    # Jinja checks a template's source, not which Jinja compiled it and with which of our options.
    stamps = (f"{Path(file).stat().st_mtime_ns:x}" for file in (compiler.__file__, __file__))
    return FileSystemBytecodeCache(str(folder), f"%s-{'-'.join(stamps)}.jinja")
