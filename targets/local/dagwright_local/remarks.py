"""What this machine does not do of a program, said once before it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Program

_WITHOUT_EFFECT = "AWSBatchConfig"
"""A configuration of one target, which means nothing elsewhere anyway."""


def remark_on_plugins(program: Program) -> None:
    """Say which tasks run as plain functions though a plugin would run them otherwise."""
    for task in program.tasks.values():
        plugin = task.policy.plugin
        if plugin is not None and plugin.name.rpartition(".")[2] != _WITHOUT_EFFECT:
            short = plugin.name.rpartition(".")[2]
            sys.stderr.write(f"dagwright: {task.name} runs as a plain function here: task_config={short}(...) has no effect\n")
