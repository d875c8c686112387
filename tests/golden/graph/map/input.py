from dagwright import map_task, task, workflow


@task
def split(text: str) -> list[str]:
    return text.split()


@task
def measure(word: str) -> float:
    return len(word)


@task
def total(sizes: list[float], scale: float) -> float:
    return scale * sum(sizes)


@workflow
def main(text: str, scale: float = 1) -> float:
    words = split(text=text)
    sizes = map_task(measure, concurrency=5)(word=words)
    return total(sizes=sizes, scale=scale)
