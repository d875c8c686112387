"""Grammar of Python 3.12 to 3.14, which the compiler's own interpreter need not know."""

from dataclasses import dataclass

from dagwright import task, workflow

type Rows[T = str] = list[T]
type Count = int

LABELS = {"first": "ä", "second": "b"}


@dataclass
class Page[T]:
    rows: list[T]
    number: Count


@task(cache=True, cache_version=f"{LABELS["second"]}-{f"{1 + 1}"}")
def load[T: (int, str)](label: str, count: Count) -> Page:
    try:
        import numpy
    except ImportError, OSError:
        numpy = None
    print(t"{label!r:>{count}} {numpy}")
    return Page([label], count)


@task
def size(page: Page) -> Count:
    return len(page.rows)


@workflow
def main(count: Count = 2) -> Count:
    return size(page=load(label=f"{LABELS["first"]}\n", count=count))
