"""Synthetic flows of any size: the usual shapes, with tasks as people write them (nine lines, a full decorator)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

LARGEST_WORKFLOW = 1000
"""Calls in one workflow at most: larger files have several workflows."""
GROUP = 10
"""Parallel nodes between two joins of a diamond."""
LANES = 20
"""Chains that a random graph interweaves."""

HEADER = '''\
"""Generated for a benchmark."""

from __future__ import annotations

from datetime import timedelta

from dagwright import Resources, map_task, task, workflow
'''

TASK = '''

@task(cache=True, cache_version="{version}", retries=2, timeout=timedelta(minutes=5), requests=Resources(cpu="500m", mem="256Mi"), container_image="ghcr.io/acme/flows:1.4")
def {name}({parameters}) -> {result}:
    """Step of the flow."""
    total = 0
    for value in ({values},):
        total += hash(str(value)) % {version}
    return {returned}
'''

Body = tuple[list[str], list[str]]
"""Sources of the tasks, and the statements of the workflow."""


def chain(prefix: str, count: int) -> Body:
    """Each node takes the value of the one before."""
    tasks = [_task(f"{prefix}_{i}", ["a"], i) for i in range(count)]
    calls = [f"v{i} = {prefix}_{i}(a={f'v{i - 1}' if i else 'start'})" for i in range(count)]
    return tasks, [*calls, f"return v{count - 1}"]


def diamond(prefix: str, count: int) -> Body:
    """Groups of parallel nodes, each group between two joins."""
    tasks, calls, last = [], [], "start"
    group: list[str] = []
    for i in range(count):
        joins = len(group) == GROUP or (i == count - 1 and group)
        names = [f"i{k}" for k in range(len(group))] if joins else ["a"]
        sources = group if joins else [last]
        tasks.append(_task(f"{prefix}_{i}", names, i))
        calls.append(f"v{i} = {prefix}_{i}({', '.join(f'{name}={source}' for name, source in zip(names, sources, strict=True))})")
        if joins:
            last, group = f"v{i}", []
        else:
            group.append(f"v{i}")
    return tasks, [*calls, f"return v{count - 1}"]


def random_graph(prefix: str, count: int) -> Body:
    """Twenty lanes: each node takes its lane's value and one of the last hundred; the last nodes join the lanes, so that no value is unused."""
    choose = random.Random(count)
    tasks = [_task(f"{prefix}_{i}", ["a", "b"], i) for i in range(count)]
    calls = []
    for i in range(count):
        lane, other = i - LANES, choose.randrange(max(0, i - 100), i) if i else -1
        if i >= count - LANES:
            lane, other = i - 1, lane
        a, b = (f"v{source}" if source >= 0 else "start" for source in (lane, other))
        calls.append(f"v{i} = {prefix}_{i}(a={a}, b={b})")
    return tasks, [*calls, f"return v{count - 1}"]


def maps(prefix: str, count: int) -> Body:
    """Triples of a task that makes a list, a map over it, and a task that folds it."""
    tasks, calls, last = [], [], "start"
    for i in range(count):
        step = i % 3 if i < count - count % 3 else 3
        name = f"{prefix}_{i}"
        if step == 0:
            tasks.append(_task(name, ["a"], i, result="list[int]", returned="[total]"))
            calls.append(f"v{i} = {name}(a={last})")
        elif step == 1:
            tasks.append(_task(name, ["a"], i))
            calls.append(f"v{i} = map_task({name})(a=v{i - 1})")
        else:
            tasks.append(_task(name, ["a"], i, kind="list[int]" if step == 2 else "int"))
            calls.append(f"v{i} = {name}(a={f'v{i - 1}' if step == 2 else last})")
            last = f"v{i}"
    return tasks, [*calls, f"return {last}"]


SHAPES: dict[str, Callable[[str, int], Body]] = {"chain": chain, "diamond": diamond, "map": maps, "random": random_graph}


def write_file(path: Path, shape: str, count: int, largest: int = LARGEST_WORKFLOW) -> None:
    """Write one file of ``count`` tasks and as many calls, in workflows of at most ``largest``."""
    text = [HEADER]
    for number, size in enumerate(_sizes(count, largest)):
        tasks, statements = SHAPES[shape](f"step_{number}", size)
        text += [*tasks, _workflow(f"flow_{number}", statements)]
    path.write_text("".join(text))


def write_project(folder: Path, modules: int, tasks_per_module: int, largest: int = LARGEST_WORKFLOW) -> None:
    """Write modules of tasks, and modules of workflows that call every task once."""
    folder.mkdir(parents=True, exist_ok=True)
    for module in range(modules):
        tasks, _ = random_graph(f"step_{module}", tasks_per_module)
        (folder / f"part_{module}.py").write_text("".join([HEADER, *tasks]))
    per_workflow = max(1, largest // tasks_per_module)
    for number, first in enumerate(range(0, modules, per_workflow)):
        used = range(first, min(first + per_workflow, modules))
        names = [f"step_{module}_{i}" for module in used for i in range(tasks_per_module)]
        imports = "".join(
            f"from part_{module} import {', '.join(f'step_{module}_{i}' for i in range(tasks_per_module))}\n" for module in used
        )
        _, statements = random_graph("step", len(names))
        calls = [
            statement.replace(f"step_{i}(", f"{name}(")
            for i, (name, statement) in enumerate(zip(names, statements, strict=False))
        ]
        (folder / f"flow_{number}.py").write_text(HEADER + imports + _workflow(f"flow_{number}", [*calls, statements[-1]]))


def _task(name: str, inputs: list[str], version: int, *, kind: str = "int", result: str = "int", returned: str = "total") -> str:
    parameters = ", ".join(f"{each}: {kind}" for each in inputs)
    return TASK.format(
        name=name, parameters=parameters, result=result, values=", ".join(inputs), returned=returned, version=version + 1
    )


def _workflow(name: str, statements: list[str]) -> str:
    body = "".join(f"    {statement}\n" for statement in statements)
    return f"\n\n@workflow\ndef {name}(start: int = 1) -> int:\n{body}"


def _sizes(total: int, largest: int) -> Iterator[int]:
    for start in range(0, total, largest):
        yield min(largest, total - start)
