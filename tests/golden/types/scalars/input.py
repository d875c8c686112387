from datetime import datetime, timedelta
from typing import Optional

from dagwright import task, workflow


@task
def show(a: int, b: float, c: bool, d: str, e: datetime, f: timedelta, g: Optional[str] = None) -> str:
    return repr((a, b, c, d, e, f, g))


@workflow
def main(
    b: float = 1,
    c: bool = True,
    e: datetime = datetime(2024, 1, 31, 10, 30),
    f: timedelta = timedelta(hours=1, seconds=0.5),
    g: Optional[str] = None,
) -> str:
    return show(a=10**30, b=b, c=c, d="text", e=e, f=f, g=g)
