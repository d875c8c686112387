from dagwright import task, workflow


@task
def count(x: int) -> int:
    return x


def half(x: int) -> int:
    text = f"{x} / 2"
    return x // 2


def halves(x):
    found = []
    for divisor in (1, 2):
        found.append(count(x=x // divisor))  # E: DW408
    return found


def pick(values, at):
    return values[at]  # E: DW312 none at 5


@workflow
def main(x: int) -> int:
    n = count(x=x)
    pick([n, x], 5)
    count(x=half(n))  # E: DW207 `half` is a plain function
    halves(n)
    return pick([n, x], 1)
