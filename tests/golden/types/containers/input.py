"""Sets, tuples of any length, and abstract containers: as types, constants and defaults."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from dagwright import task, workflow

SEEN = {"beta", "alpha"}
ALLOWED = frozenset({3, 1, 2})


@task
def split(text: str, dropped: set[str] = SEEN) -> set[str]:
    return set(text.split()) - dropped


@task
def ranks(words: AbstractSet[str], allowed: frozenset[int] = ALLOWED) -> tuple[float, ...]:
    return tuple(float(len(word)) for word in sorted(words) if len(word) in allowed)


@task
def mean(values: Sequence[float], weights: Mapping[str, int]) -> float:
    return sum(values) * sum(weights.values())


@task
def joined(parts: Iterable[str], ends: tuple[int, ...] = ()) -> str:
    return ",".join(sorted(parts)) + repr(ends)


@workflow
def main() -> tuple[float, str]:
    words = split(text="alpha be gam", dropped={"gamma", "alpha"})
    return mean(values=ranks(words=words), weights={"a": 2}), joined(parts=words, ends=(1, 2))
