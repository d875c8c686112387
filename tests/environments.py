"""Environments of Python with more in them than the one that runs the tests: what an image holds."""

from __future__ import annotations

import sysconfig
import venv
from pathlib import Path


def make_environment(folder: Path, *paths: Path) -> Path:
    """Make an environment that sees these folders before all that this one sees; give its interpreter."""
    venv.EnvBuilder(symlinks=True).create(folder)
    here = str(folder)
    site = Path(sysconfig.get_path("purelib", "venv", vars={"base": here, "platbase": here}))
    lines = [*map(str, paths), f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})"]
    (site / "more.pth").write_text("\n".join(lines) + "\n", "utf-8")
    return folder / "bin" / "python"
