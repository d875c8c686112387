from typing import Literal, Optional

from dagwright import task, workflow

Mode = Literal["fast", "exact"]


@task
def choose(size: int) -> Mode:
    return "fast" if size < 10 else "exact"


@task
def solve(mode: Mode, level: Literal[1, 2, -3], strict: Optional[Literal[True]] = None) -> str:
    return f"{mode} {level} {strict}"


@task
def text(value: str) -> str:
    return value


@workflow
def main(size: int = 3) -> tuple[str, str]:
    chosen = choose(size=size)
    return text(value=chosen), text(value=solve(mode="exact", level=-3, strict=True))
