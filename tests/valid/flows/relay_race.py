"""A loop over constants, one call a turn."""

from dagwright import task, workflow

LEGS = [("Ana", 3), ("Ben", 4), ("Cho", 2)]


@task
def run(runner: str, km: int, start: float) -> float:
    return start + km * len(runner)


@task
def splits(times: list[float]) -> list[float]:
    return [round(after - before, 1) for before, after in zip(times, times[1:])]


@workflow
def main(start: float = 0.0) -> tuple[float, list[float]]:
    times = [start]
    clock = start
    for runner, km in LEGS:
        clock = run(runner=runner, km=km, start=clock)
        times.append(clock)
    return clock, splits(times=times)
