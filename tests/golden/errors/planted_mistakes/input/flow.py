"""Every mistake that was planted in the peers, one workflow each, and correct calls between them."""

import torch_that_nobody_installed

from dagwright import Resources, map_task, task, workflow
from steps import add, double, label, load, numbers, report, shout, split
from steps import summarise  # E: DW202 `steps` has no name `summarise`


@workflow
def main(path: str = "data.csv") -> str:
    n = load(path=path)
    return label(name=n)  # E: DW304 `int`


@workflow
def element_types(path: str = "data.csv") -> list[str]:
    values = numbers(count=load(path=path))
    return map_task(shout)(text=values)  # E: DW304 `list[int]`


@workflow
def map_over_a_number(path: str = "data.csv") -> list[int]:
    return map_task(double)(value=load(path=path))  # E: DW308 takes a list


@workflow
def text_over_a_result(path: str = "data.csv") -> str:
    n = load(path=path)
    return label(name=f"value {n}")  # E: DW408


@workflow
def branch_on_a_result(path: str = "data.csv") -> int:
    n = load(path=path)
    if n > 3:  # E: DW406 `if`
        n = double(value=n)
    return n


@workflow
def wrong_argument(path: str = "data.csv") -> int:
    return load(pth=path)  # E: DW402 `pth`


@workflow
def missing_argument() -> int:
    return add(b=2)  # E: DW401 `a`


@workflow
def cycle(path: str = "data.csv") -> int:
    first = load(path=path)
    second = double(value=first)
    second >> first  # E: DW491
    return second


@workflow
def unknown_task(path: str = "data.csv") -> int:
    return laod(path=path)  # E: DW201 `laod`


@workflow
def positional(path: str = "data.csv") -> int:
    return add(load(path), 2)


@workflow
def too_many(path: str = "data.csv") -> int:
    return add(load(path), 2, 3)  # E: DW404


@workflow
def wrong_return(path: str = "data.csv") -> str:
    return load(path=path)  # E: DW307


@workflow
def wrong_unpacking() -> list[int]:
    train, test, rest = split(values=[1, 2, 3])  # E: DW405
    return train


@workflow
def wrong_attribute() -> str:
    return label(name=report(rows=3).titel)  # E: DW312 `titel`


@workflow
def circle_of_values(path: str = "data.csv") -> int:
    first = add(a=second)  # E: DW209 `first` -> `second` -> `first`
    second = add(a=first)
    return second


@workflow
def circle_of_another_tool(path: str = "data.csv") -> int:
    first = load(path=path)
    second = double(value=first)
    first.after(second)  # E: DW312 the result of `load` has no method `after`
    return second


@workflow
def unknown_step(path: str = "data.csv") -> list[str]:
    return map_task(shuot)(text=[path])  # E: DW201 `shuot`


@workflow
def imported_in_vain(path: str = "data.csv") -> str:
    return summarise(path=path)


@workflow
def positional(path: str = "data.csv") -> int:
    return add(load(path), 2)


@workflow
def correct() -> str:
    return label(name=report(rows=3).title)


@task(requests=Resources(cpu="1", mem="100MiB"))  # E: DW504 `100MiB` is not a valid quantity
def heavy(value: int) -> int:
    return value


@task(requests=Resources(mem="2Gi"), limits=Resources(mem="1Gi"))  # E: DW505 lower than the request
def narrow(value: int) -> int:
    return value


@task(retries=99)  # E: DW506 between 0 and 10
def stubborn(value: int) -> int:
    return value


@task(cache=True)  # E: DW508 cache
def remembered(value: int) -> int:
    return value
