"""The flow that attempts and calls are measured with; its first task says when user code begins."""

from __future__ import annotations

from pathlib import Path

TASKS = 200
"""Length of the chains that per-task costs are taken from."""
RUN_TASKS = 40
"""Length of the chain that ``run`` is measured with: it starts processes."""
ELEMENTS = 2000
STAMP = "BENCH_STAMP"
"""Environment name of the file that takes the moment at which user code begins, and the KiB that its supervisor took until then."""

BARE = f"import os, time\nwith open(os.environ['{STAMP}'], 'w') as file: file.write(str(time.monotonic_ns()))"
"""What a bare interpreter runs."""

HEAD = f'''\
"""Generated for a benchmark."""

import os
import time
from typing import List

from dagwright import map_task, task, workflow


@task
def begin(number: int) -> int:
    with open(os.environ["{STAMP}"], "w") as file:
        file.write(str(time.monotonic_ns()))
        with open(f"/proc/{{os.getppid()}}/status") as supervisor:
            file.write(supervisor.read().partition("VmHWM:")[2].partition("kB")[0])
    return number + 1


@task
def step(number: int) -> int:
    return number + 1


@task(cache=True, cache_version="1")
def kept(number: int) -> int:
    return number + 1


@workflow
def begins(number: int = 1) -> int:
    return begin(number=number)


@workflow
def single(number: int = 0) -> int:
    return step(number=number)


@workflow
def single_kept(number: int = 0) -> int:
    return kept(number=number)


@workflow
def mapped(numbers: List[int]) -> List[int]:
    return map_task(step)(number=numbers)
'''


def write_flow(folder: Path) -> Path:
    """Write the flow: single calls, chains of ``TASKS`` calls, and a map."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "flow.py"
    chains = (("chain", "step", TASKS), ("chain_kept", "kept", TASKS), ("chain_run", "step", RUN_TASKS))
    path.write_text(HEAD + "".join(_chain(*chain) for chain in chains))
    return path


def _chain(name: str, task: str, length: int) -> str:
    lines = [f"    v{i} = {task}(number={f'v{i - 1}' if i else 'number'})\n" for i in range(length)]
    return f"\n\n@workflow\ndef {name}(number: int = 0) -> int:\n{''.join(lines)}    return v{length - 1}\n"
