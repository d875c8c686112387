from dagwright import task, workflow


import os

if os.environ.get("BIG"):
    SIZE = 10
else:
    SIZE = 1


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main() -> int:
    return double(x=SIZE)  # E: DW204
