from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x



@workflow
def main(x: int) -> int:
    first = double(x=x)
    second = double(x=first)
    third = double(x=x)
    second >> third
    third >> first  # E: DW491 `double-first` -> `double-second` -> `double-third` -> `double-first`
    return third
