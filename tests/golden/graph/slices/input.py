from enum import Enum

from dagwright import map_task, task, workflow


class Mode(Enum):
    FAST = "fast"
    SLOW = "slow"


@task
def load(name: str) -> list[str]:
    return [name] * 5


@task
def upper(text: str) -> str:
    return text.upper()


@task
def join(parts: list[str], mode: str) -> str:
    return mode.join(parts)


@workflow
def main(name: str, mode: Mode = Mode.FAST) -> tuple[str, list[str], str]:
    lines = load(name=name)
    some = map_task(upper)(text=lines[1:-1])
    return join(parts=some[::-1], mode=mode.value), lines[:2], name[:3]
