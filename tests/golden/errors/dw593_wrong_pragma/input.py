from dagwright import task, workflow


@task(cache=True, cache_version="1")
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    # dagwright: ingore[DW493]  # W: DW593 `ingore` is not a comment
    # dagwright: ignore  # W: DW593 `ignore` does not say which code
    # dagwright: a sentence that begins with our name is none of our business
    text = "# dagwright: ignore[DW999]"
    return double(x=x)  # noqa: E501 # dagwright: ignore[dw493, DW943]  # W: DW593 there is no code `DW943`  # W: DW594 `DW493` is ignored
