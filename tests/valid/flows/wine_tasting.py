import typing as t

import dagwright as dw

Notes = t.Mapping[str, t.Sequence[str]]


@dw.task
def taste(wines: t.Sequence[str]) -> t.Dict[str, t.List[str]]:
    return {wine: [wine[0], "oak"] for wine in wines}


@dw.task
def shared(notes: Notes) -> t.Set[str]:
    return set.intersection(*(set(words) for words in notes.values()))


@dw.task
def label(words: t.Set[str], year: t.Union[int, str] = 2019) -> str:
    return f"{year}: {' '.join(sorted(words))}"


@dw.workflow
def main(wines: t.List[str] = ["red", "rose"]) -> str:
    return label(words=shared(notes=taste(wines=wines)))
