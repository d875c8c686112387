from datetime import timedelta
from typing import Any

from flytekit import approve, sleep, task, wait_for_input, workflow

HOUR = timedelta(hours=1)


@task
def one(x: int) -> int:
    return x


@task
def log(x: int) -> None:
    print(x)


@task
def text(of: str) -> str:
    return of


@workflow
def main(x: int = 1) -> int:
    a = approve(one(x=x), "review", timeout=HOUR)
    b = approve(one(x=2), "Review", timeout=HOUR)  # E: DW415 another call of this workflow is named `review` already
    c = approve(5, "constant", HOUR)  # E: DW407 takes a result
    d = approve(log(x=x), "nothing", HOUR)  # E: DW311 `log` gives no value
    e = approve(one, "task", HOUR)  # E: DW407 the task `one`
    f = approve([one(x=3), one(x=4)], "list", HOUR)  # E: DW407 a list of results
    g = approve(one(x=x), timeout=HOUR)  # E: DW401 lacks the argument `name`
    h = approve(one(x=x), "!", HOUR)  # E: DW415 no letter or digit
    i = approve(one(x=x), 3, HOUR)  # E: DW415 takes text
    j = approve(one(x=x), f"step-{x}", HOUR)  # E: DW408 needs the value of the input `x`
    k = approve(one(x=x), "late", 60)  # E: DW503 takes a timedelta
    l = approve(one(x=x), "never", timedelta(0))  # E: DW507 more than 0 seconds
    m = approve(one(x=x), "when", timeot=HOUR)  # E: DW402 `timeot`
    n = wait_for_input("n", HOUR, int, 3)  # E: DW404 takes 3 arguments
    o = wait_for_input("o", HOUR, expected_type=Any)  # E: DW303 nobody can type a value
    p = wait_for_input("p", HOUR, expected_type=3)  # E: DW302 not a type
    q = wait_for_input("q", HOUR, expected_type=int)
    text(of=q)  # E: DW304 is `int`, but `text.of` takes `str`
    text(of=a)  # E: DW304 is `int`, but `text.of` takes `str`
    sleep("1h")  # E: DW503 takes a timedelta
    sleep()  # E: DW401 lacks the argument `duration`
    pause = sleep(timedelta(seconds=1))
    one(x=pause)  # E: DW311 `sleep` gives no value
    approve(one(x=x), "cached", HOUR).with_overrides(retries=3)  # E: DW412 which runs nothing
    return one(x=b)
