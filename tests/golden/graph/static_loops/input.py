from dagwright import task, workflow

REGIONS = {"north": 1, "south": 2}
DEPTHS = [2, 4]
DEBUG = False


@task
def load(region: str, year: int) -> int:
    return year


@task
def fit(rows: int, depth: int = 1) -> float:
    return rows / depth


@task
def best(scores: list[float], by_region: dict[str, int]) -> float:
    return max(scores)


@workflow
def main(year: int = 2024) -> float:
    scores = []
    loaded = {}
    for region, offset in sorted(REGIONS.items()):
        if DEBUG and offset > 1:
            continue
        loaded[region] = load(region=f"{region}-{offset:02d}", year=year)
        scores += [fit(rows=loaded[region], depth=depth) for depth in DEPTHS if depth >= 2 * offset]
    previous = None
    for number in range(2):
        current = load(region=f"again-{number}", year=number)
        if previous is not None:
            previous >> current
        previous = current
    first, *rest = scores
    return best(scores=[*rest, first], by_region=loaded)
