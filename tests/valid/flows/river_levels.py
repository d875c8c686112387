from dagwright import Resources, task, workflow

SMALL = Resources(cpu="250m", mem="128Mi")
LARGE = Resources(cpu=("1", "2"), mem=("1Gi", "2Gi"))


@task(requests=SMALL)
def gauge(name: str) -> float:
    return len(name) * 0.4


@task(resources=LARGE)
def model(levels: list[float], days: int) -> list[float]:
    return [sum(levels) / len(levels) + day for day in range(days)]


@task
def warn(forecast: list[float], limit: float) -> bool:
    return max(forecast) > limit


@workflow
def main(limit: float = 5.0) -> bool:
    upper = gauge(name="upper bridge")
    lower = gauge(name="mill").with_overrides(requests=Resources(cpu="500m", mem="256Mi"))
    forecast = model(levels=[upper, lower], days=3).with_overrides(interruptible=True)
    return warn(forecast=forecast, limit=limit)
