from dagwright import task, workflow

LIMITS = [1, 2]


@task
def count(x: int) -> int:
    return x


@task
def numbers(x: int) -> list[int]:
    return [x]


@workflow
def main(x: int) -> int:
    n = count(x=x)
    if n > 3 and LIMITS:  # E: DW406 `if` needs the value of the result of `count`
        n = count(x=4)
    for number in numbers(x=x):  # E: DW406 `for` needs the elements of the result of `numbers`
        n = count(x=number)
    while x:  # E: DW406 `while` needs the value of the input `x`
        break
    assert x == 3  # E: DW406 `assert` needs the value of the input `x`
    assert len(LIMITS) == 3, "three limits"  # E: DW406 three limits
    LIMITS.append(3)  # E: DW406 a constant of a module
    total = 0
    for limit in LIMITS:
        total += count(x=limit)  # E: DW408 `+` needs the value of the result of `count`
    try:  # E: DW406
        n = count(x=1)
    except ValueError:
        n = 2
    return n
