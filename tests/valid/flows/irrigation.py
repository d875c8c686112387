from dagwright import task, workflow

FIELDS = ("north", "east", "south")
DAYS = 2


@task
def moisture(field: str, day: int) -> float:
    return len(field) / (day + 1)


@task
def water(field: str, levels: list[float], limit: float) -> bool:
    return min(levels) < limit


@task
def bill(decisions: list[tuple[str, bool]]) -> dict[str, bool]:
    return dict(decisions)


@workflow
def main(limit: float = 2.2) -> dict[str, bool]:
    decisions = []
    for field in FIELDS:
        if field == "south":
            continue
        levels = []
        for day in range(DAYS):
            levels.append(moisture(field=field, day=day))
        decisions.append((field, water(field=field, levels=levels, limit=limit)))
    return bill(decisions=decisions)
