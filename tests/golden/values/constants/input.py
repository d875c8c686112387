from dagwright import task, workflow

BASE = 2
SIZES = [BASE**exponent for exponent in range(4)]
NAMES = {f"size-{size}": size for size in SIZES}


@task
def use(sizes: list[int], names: dict[str, int], ratio: float, big: bool) -> int:
    return len(sizes) + len(names)


@workflow
def main() -> int:
    return use(sizes=SIZES, names=NAMES, ratio=BASE / 4, big=max(SIZES) > 4)
