from dagwright import map_task, task, workflow

STOP_WORDS = frozenset({"the", "a", "of"})
DOCUMENTS = [
    "the price of bread",
    "a history of bread and salt",
    "the price of salt",
]


@task
def words(text: str) -> list[str]:
    return [word for word in text.split() if word not in STOP_WORDS]


@task
def frequencies(documents: list[list[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for document in documents:
        for word in document:
            found[word] = found.get(word, 0) + 1
    return found


@task
def topic(counts: dict[str, int]) -> str:
    return max(sorted(counts), key=counts.__getitem__)


@workflow
def topics(documents: list[str]) -> str:
    return topic(counts=frequencies(documents=map_task(words)(text=documents)))


@workflow
def main() -> str:
    return topics(documents=DOCUMENTS)
