from dagwright import task, workflow


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def start() -> None:
    pass


@workflow
def thrice(x: int, extra: int = 1) -> tuple[int, int]:
    twice = add(a=x, b=x)
    total = add(a=twice, b=extra)
    return total, x


@workflow
def main(n: int) -> int:
    begun = start()
    total, same = thrice(x=n)
    again, _ = thrice(x=total, extra=same)
    begun >> total
    return again
