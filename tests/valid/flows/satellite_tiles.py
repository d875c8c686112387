from functools import partial

from dagwright import Resources, map_task, task, workflow
from dagwright import accelerators

TILE = 256


@task
def tiles(scene: str, rows: int, columns: int) -> list[str]:
    return [f"{scene}/{row}/{column}" for row in range(rows) for column in range(columns)]


@task(
    requests=Resources(cpu="4", mem="8Gi", gpu="1"),
    limits=Resources(cpu="8", mem="16Gi", gpu="1"),
    accelerator=accelerators.T4,
    environment={"TILE_SIZE": f"{TILE}", "MODE": "fast"},
)
def segment(tile: str, threshold: float) -> float:
    return round(len(tile) * threshold, 3)


@task
def coverage(shares: list[float]) -> float:
    return sum(shares) / len(shares)


@workflow
def main(scene: str = "delta") -> float:
    found = tiles(scene=scene, rows=2, columns=2)
    return coverage(shares=map_task(partial(segment, threshold=0.25))(tile=found))
