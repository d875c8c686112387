"""Async functions are tasks like others: each is run to its end where its value is wanted."""

import asyncio

from dagwright import map_task, task, workflow


@task
async def fetch(page: int) -> str:
    await asyncio.sleep(0)
    return f"page {page}"


@task(retries=2, timeout=60)
async def fetch_all(pages: list[int]) -> list[str]:
    return list(await asyncio.gather(*(_text(page) for page in pages)))


async def _text(page: int) -> str:
    return f"page {page}"


@workflow
def async_pages(pages: list[int]) -> tuple[list[str], list[str], str]:
    return fetch_all(pages=pages), map_task(fetch)(page=pages), fetch(page=1)
