from dagwright import task, workflow


@task
def load(path: str) -> list[float]:
    return [float(len(path))]


@task
def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@task
def spread(values: list[float]) -> float:
    return max(values) - min(values)


@task
def join(low: float, high: float) -> str:
    return f"{low}..{high}"


@workflow
def main(path: str) -> str:
    values = load(path)
    return join(mean(values), high=spread(values=values))
