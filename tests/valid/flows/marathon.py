from dagwright import map_task, task, workflow


@task
def split_times(runner: int) -> list[float]:
    return [5.0 + runner / 10, 5.5, 6.25]


@task
def finish(times: list[float]) -> float:
    return sum(times)


@task
def podium(times: list[float], places: int = 3) -> list[float]:
    return sorted(times)[:places]


@workflow
def main(runners: list[int] = [4, 1, 3, 2]) -> list[float]:
    return podium(times=map_task(finish)(times=map_task(split_times)(runner=runners)))
