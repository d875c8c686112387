"""What Python parses, and refuses when it compiles: the file is read, and no container could import it."""

import asyncio

from dagwright import Resources, task, workflow
from __future__ import annotations  # E: DW101 has to be the first statement

SMALL = Resources(cpu="1", cpu="2")  # E: DW101 `cpu` is passed twice


async def fetch(url: str) -> str:
    await asyncio.sleep(0)
    return url


@task
def download(url: str) -> str:
    return await fetch(url)  # E: DW101 not async


@task
def first(urls: list[str]) -> str:
    for url in urls:
        print(url)
    if not urls:
        continue  # E: DW101 `continue` stands outside a loop
    return urls[0]


@task
def count(urls: list[str], urls: int) -> int:  # E: DW101 two parameters have the name `urls`
    return len(urls)


@task
def remember(url: str) -> str:
    global url  # E: DW101 is a parameter
    return url


@task
def measure(url: str) -> float:
    from math import *  # E: DW101 inside a function

    return sqrt(len(url))


@task(requests=Resources(mem="1Gi", mem="2Gi"))  # E: DW403 `mem` is passed twice
def load(url: str) -> str:
    return url


@task
def split(url: str) -> str:
    *rest = url  # E: DW101 on the left
    return rest


@task
def kind(url: str) -> str:
    match url:
        case scheme:  # E: DW101 takes every value
            return scheme
        case "file":
            return "none"


@workflow
def main(url: str) -> str:
    return download(url=url)


if __name__ == "__main__":
    print(main(url="here"))
    return  # E: DW101 outside a function
