"""Settings of a run chosen by constants; names of nodes made in a loop."""

from dagwright import task, workflow

ENVIRONMENT = "staging"
SIZES = {"staging": [10, 100], "production": [1000, 10_000]}[ENVIRONMENT]
assert len(SIZES) == 2


@task
def measure(size: int, repeats: int) -> float:
    return size * repeats / 7


@task
def table(rows: list[tuple[int, float]]) -> str:
    return "; ".join(f"{size}: {value:.1f}" for size, value in rows)


def rows_of(sizes: list[int], repeats: int = 3) -> list[tuple[int, float]]:
    """One call a size."""
    rows = []
    for size in sizes:
        name = f"measure-{size}"
        rows.append((size, measure(size=size, repeats=repeats).with_overrides(node_name=name)))
    return rows


@workflow
def main() -> str:
    repeats = 5 if ENVIRONMENT == "production" else 2
    rows = rows_of(SIZES, repeats=repeats)
    return table(rows=rows)
