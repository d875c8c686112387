"""Build hook: puts the runtime archive into the wheel, so that one release ships one archive."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_ARCHIVE_MODULE = "compiler/dagwright_compiler/runtime_archive.py"


class RuntimeArchiveHook(BuildHookInterface):
    """Builds ``dagwright_compiler/_runtime.pyz``; editable installs build it from the sources on first use instead."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the archive and have the wheel include it."""
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("runtime_archive", root / _ARCHIVE_MODULE)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        target = Path(self.directory) / module.PREBUILT
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(module.build_archive(root / "runtime" / "dagwright"))
        build_data["force_include"][str(target)] = f"dagwright_compiler/{module.PREBUILT}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave only the wheel behind."""
        del version, build_data, artifact_path
        (Path(self.directory) / "_runtime.pyz").unlink(missing_ok=True)
