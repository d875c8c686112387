"""Distributions as an installer lays them out: modules, and metadata with entry points beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def install(
    site: Path, name: str, modules: Mapping[str, str], entry_points: Mapping[str, str], *, group: str = "dagwright.codecs"
) -> Path:
    """Lay a distribution out in a folder of a path.

    Args:
        site: The folder; it is made where it is not there.
        name: Of the distribution.
        modules: Texts of its modules, by their names.
        entry_points: What it registers in the group: objects by name.
        group: The group of the entry points.
    """
    metadata = site / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    lines = [f"[{group}]", *(f"{left} = {right}" for left, right in entry_points.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
    for module, text in modules.items():
        (site / f"{module}.py").write_text(text, "utf-8")
    return site
