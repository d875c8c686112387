# dagwright: ignore-file[DW409, DW205]  # W: DW594 `DW205` is ignored, but this file has no such finding
from dagwright import task, workflow


@task(cache=True, cache_version="1")
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    print("silenced for the whole file")
    double(x=1)  # dagwright: ignore[DW493, DW494] warms the cache  # W: DW594 `DW494` is ignored, but this line
    double(x=2)  # W: DW493
    # dagwright: ignore[DW493] the line above is not this line  # W: DW594 `DW493` is ignored
    return double(x=x)  # dagwright: ignore[DW553] only AWS Batch can tell
