"""The type grammar: text and parser agree, and nothing else is read."""

from __future__ import annotations

import pytest

from dagwright.contract.types import FILE, INT, Type, class_named, dict_of, list_of, literal_of, parse, set_of, union_of

TEXTS = [
    "int",
    "date",
    "list[class[a.Box[dict[str, list[int]]]]]",
    "class[a.b.Box[int]]",
    "file",
    "file[csv]",
    "union[file[csv], directory, none]",
    'dict[str, literal["a]", "b\\"[", 1]]',
    "set[frozenset[uuid]]",
    "tuple[]",
    "tuple[decimal, path, time]",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_back(text):
    assert parse(text).text == text


def test_names_and_arguments_are_told_apart():
    assert parse("list[class[m.Box[int]]]") == list_of(class_named("m.Box[int]"))
    assert parse('dict[file[csv], literal["]"]]') == dict_of(Type("file", (), "csv"), literal_of('"]"'))
    assert parse("union[file, set[int]]") == union_of([FILE, set_of(INT)])


@pytest.mark.parametrize(
    "text", ["", "int[", "class[a", "class[a[int]", "list[int", "int]", "nothing", "int[str]", 'literal["a]', "set[x]"]
)
def test_what_is_no_type_is_refused(text):
    with pytest.raises(ValueError, match="not a type"):
        parse(text)
