"""Builtin functions over a task's list: to be called in a task."""

from dagwright import task, workflow


@task
def sizes(count: int) -> list[int]:
    return list(range(count))


@task
def counts(count: int) -> dict[str, int]:
    return {"all": count}


@task
def report(text: str) -> None:
    print(text)


@workflow
def main(count: int) -> None:
    found = sizes(count=count)
    report(text=max(found))  # E: DW408 `max` needs the elements of the result of `sizes`
    report(text=sum(found))  # E: DW408 `sum` needs the elements of the result of `sizes`
    report(text=list(found))  # E: DW408 `list` needs the elements of the result of `sizes`
    report(text=sorted(counts(count=count)))  # E: DW408 `sorted` needs the elements of the result of `counts`
    report(text=any(count))  # E: DW408 `any` goes over the input `count`, which is `int` and has no elements
    for position, size in enumerate(found):  # E: DW408 `enumerate` needs the elements of the result of `sizes`
        report(text=f"{position}: {size}")
    list(map(report, found))  # E: DW408 `map` needs the elements of the result of `sizes`
