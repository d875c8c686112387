from dagwright import map_task, task, workflow


@task
def stations(district: str) -> list[str]:
    return [f"{district}{number}" for number in range(5)]


@task
def tally(station: str) -> dict[str, int]:
    if station.endswith("3"):
        raise ValueError("the box was empty")
    return {"yes": len(station), "no": 1}


@task
def result(tallies: list[dict[str, int] | None]) -> dict[str, int]:
    found = [tally for tally in tallies if tally]
    return {answer: sum(tally[answer] for tally in found) for answer in ("yes", "no")}


@workflow
def main(district: str = "west") -> dict[str, int]:
    return result(tallies=map_task(tally, min_success_ratio=0.6)(station=stations(district=district)))
