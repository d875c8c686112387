"""An index of a folder of letters: who mentions what, and how much the letters have in common.

dagwright run examples/letter_index.py --letters examples/data/letters
dagwright submit --watch examples/letter_index.py --letters examples/data/letters --min-length 6
"""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TypedDict

from dagwright import Directory, File, map_task, task, workflow


class Letter(TypedDict):
    name: str
    words: dict[str, int]


class Index(TypedDict):
    letters: dict[str, list[str]]
    most_alike: tuple[str, str, float]


@task
def sort_letters(letters: Directory) -> list[File]:
    return sorted((part for part in Directory.listdir(letters) if isinstance(part, File)), key=lambda letter: letter.name)


@task(cache=True, cache_version="2")
def count_words(letter: File, min_length: int) -> Letter:
    words: dict[str, int] = {}
    with letter.open() as file:
        for word in re.findall(r"\w+", file.read().lower()):
            if len(word) >= min_length:
                words[word] = words.get(word, 0) + 1
    return {"name": letter.name, "words": words}


@task
def make_index(counted: list[Letter]) -> Index:
    index: dict[str, list[str]] = {}
    for letter in counted:
        for word in letter["words"]:
            index.setdefault(word, []).append(letter["name"])
    pairs = [(one, other) for place, one in enumerate(counted) for other in counted[place + 1 :]]
    one, other = max(pairs, key=lambda pair: _likeness(*pair))
    return {
        "letters": {word: index[word] for word in sorted(index) if len(index[word]) > 1},
        "most_alike": (one["name"], other["name"], round(_likeness(one, other), 3)),
    }


@task
def print_index(index: Index) -> File:
    page = File.new("index.txt")
    with page.open("w") as file:
        file.writelines(f"{word}: {', '.join(names)}\n" for word, names in index["letters"].items())
    return page


def _likeness(one: Letter, other: Letter) -> float:
    """Cosine of the angle between two letters' counts."""
    common = sum(count * other["words"].get(word, 0) for word, count in one["words"].items())
    lengths = [math.sqrt(sum(count * count for count in letter["words"].values())) for letter in (one, other)]
    return common / (lengths[0] * lengths[1]) if all(lengths) else 0.0


@workflow
def letter_index(letters: Directory, min_length: int = 5) -> tuple[Index, File]:
    counted = map_task(partial(count_words, min_length=min_length))(letter=sort_letters(letters=letters))
    index = make_index(counted=counted)
    return index, print_index(index=index)


if __name__ == "__main__":
    from pathlib import Path

    found, page = letter_index(letters=Directory(Path(__file__).parent / "data" / "letters"))
    with page.open() as printed:
        print(printed.read(), end="")
    print("most alike: {} and {} ({})".format(*found["most_alike"]))
