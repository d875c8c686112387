from dagwright import task, workflow


@task
def load(name: str, limit: int = 10) -> int:
    return limit


@task
def add(values: list[int], offset: int) -> int:
    return sum(values) + offset


def label(kind: str, *parts: str, sep: str = "-") -> str:
    return sep.join([kind, *parts])


def load_all(names, *, limit=5, **options):
    """Tasks that several workflows call."""

    def one(name):
        return load(name=label("all", name), limit=limit)

    found = [one(name) for name in names]
    if options.get("twice"):
        found.extend(map(one, names))
    return found, len(found)


@workflow
def main(offset: int) -> int:
    found, count = load_all(["a", "b"], twice=True)
    double = lambda value: add(values=[value, value], offset=count)  # noqa: E731
    options = {"offset": offset}
    totals = [add(values=part, **options) for part in (found[:2], found[2:])]
    return double(add(*[totals, 1]))
