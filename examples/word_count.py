"""Word frequencies of a text: split it, count the parts in parallel, merge the counts.

dagwright run examples/word_count.py --top 5
dagwright submit --watch examples/word_count.py --top 5
"""

from __future__ import annotations

from collections import Counter

from dagwright import map_task, task, workflow

TEXT = """\
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was
the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was
the spring of hope, it was the winter of despair.
"""


@task(cache=True, cache_version="1")
def split(text: str, lines_per_part: int) -> list[str]:
    lines = text.splitlines()
    return ["\n".join(lines[start : start + lines_per_part]) for start in range(0, len(lines), lines_per_part)]


@task(cache=True, cache_version="1")
def count(part: str) -> dict[str, int]:
    words = (word.strip(".,").lower() for word in part.split())
    return dict(Counter(words))


@task(cache=True, cache_version="1")
def merge(counts: list[dict[str, int]], top: int) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for part in counts:
        total.update(part)
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))[:top]


@workflow
def word_count(text: str = TEXT, lines_per_part: int = 1, top: int = 3) -> list[tuple[str, int]]:
    parts = split(text=text, lines_per_part=lines_per_part)
    counts = map_task(count)(part=parts)
    return merge(counts=counts, top=top)


if __name__ == "__main__":
    print(word_count())
