"""Count visits in yesterday's logs, one task a file."""

from collections import Counter

from dagwright import Resources, map_task, task, workflow

FILES = [f"access-{hour:02d}.log" for hour in range(0, 24, 6)]


@task(requests=Resources(mem="100Mi"))
def parse(name: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for path in ("/", "/about", "/", "/buy", name):
        counts[path] += 1
    return dict(counts)


@task
def add_up(counts: list[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in counts:
        total.update(part)
    return dict(sorted(total.items()))


@task
def most_visited(counts: dict[str, int], top: int = 2) -> list[str]:
    return [path for path, _ in Counter(counts).most_common(top)]


@workflow
def main() -> list[str]:
    return most_visited(counts=add_up(counts=map_task(parse)(name=FILES)), top=1)
