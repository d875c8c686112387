from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Model:
    weights: list[float]
    size: tuple[int, int]


@task
def train() -> Model:
    return Model([0.5], (1, 2))


@task
def scale(weight: float) -> float:
    return 2 * weight


@task
def area(width: int, height: int) -> int:
    return width * height


@workflow
def main() -> int:
    model = train()
    scale(weight=model.wieghts[0])  # E: DW312
    return area(width=model.size[0], height=model.size[2])  # E: DW312
