from dagwright import task, workflow


@task
def observe(star: str, nights: int) -> dict[str, list[float]]:
    return {"flux": [1.0 + night / 100 for night in range(nights)], "noise": [0.1] * nights}


@task
def smooth(values: list[float], window: int) -> list[float]:
    return [sum(values[at : at + window]) / window for at in range(len(values) - window + 1)]


@task
def period(curve: list[float], noise: float) -> float:
    return len(curve) / (1 + noise)


@workflow
def light_curve(star: str, nights: int, window: int = 2) -> tuple[list[float], float]:
    seen = observe(star=star, nights=nights)
    return smooth(values=seen["flux"], window=window), seen["noise"][0]


@workflow
def main(star: str = "vega") -> float:
    curve, noise = light_curve(star=star, nights=5)
    return period(curve=curve, noise=noise)
