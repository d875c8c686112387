import asyncio

from dagwright import map_task, task, workflow

LANGUAGES = ["de", "fr", "it"]


@task
async def translate(language: str) -> str:
    await asyncio.sleep(0)
    return {"de": "Hallo", "fr": "Bonjour", "it": "Ciao"}[language]


@task
async def join(texts: list[str], separator: str = ", ") -> str:
    return separator.join(texts)


@workflow
def main() -> str:
    return join(texts=map_task(translate)(language=LANGUAGES))
