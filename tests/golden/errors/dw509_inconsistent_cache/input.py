from datetime import timedelta

from dagwright import Cache, Resources, task


@task(cache=True, cache_version="1", cache_ignore_input_vars=("y",))  # E: DW509
def double(x: int) -> int:
    return 2 * x


@task(cache=Cache(version="1"), cache_serialize=True)  # E: DW509 cannot stand beside `cache=Cache(...)`
def triple(x: int) -> int:
    return 3 * x
