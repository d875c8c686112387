from dagwright import map_task, task, workflow


@task
def load(name: str) -> float:
    return float(len(name))


@task
def scale(x: float) -> float:
    return 2 * x


@task
def summary(xs: list[float], labels: dict[str, float]) -> str:
    return f"{xs} {labels}"


@workflow
def main(name: str, floor: float = 0.5) -> tuple[str, list[float]]:
    first = load(name=name)
    second = load(name="second")
    scaled = map_task(scale)(x=[first, second, floor, 1])
    return summary(xs=[first, floor], labels={"first": first, "last": second}), scaled
