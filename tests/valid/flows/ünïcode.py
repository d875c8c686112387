from dagwright import task, workflow

GRÜSSE = {"de": "Grüß dich", "jp": "こんにちは", "ar": "مرحبا"}


@task
def größe(text: str) -> int:
    return len(text)


@task
def summe(werte: list[int]) -> int:
    return sum(werte)


@workflow
def main(extra: str = "👋🏽") -> int:
    return summe(werte=[größe(text=GRÜSSE["jp"]), größe(text=GRÜSSE["de"]), größe(text=extra)])
