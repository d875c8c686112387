"""Places of keys and items in TOML, held to what ``tomllib`` reads."""

import tomllib

import pytest

from dagwright_compiler.toml_places import nearest, places

TEXT = '''\
# a comment = "no key"
top = 1
"quoted.key" = 'its'
a.b . "c d" = [1, "two, # not a comment", [3, {x = "]"}]]  # a comment

[table]
text = """
[no.header]
also = "no key"
"""
raw = \'\'\'
x = 1\'\'\'
empty = []
inline = {a = 1, b.c = {d = [true, 1979-05-27T07:32:00Z]}}

[ table . "sub.table" ]
k = -1.5e3
[[items]]
name = "a"
[[items]]
name = "b"
[items.below]
z = 0x1F
[[items.parts]]
p = 1
[[items.parts]]
p = 2
'''


def paths(value, path=()):
    """Paths of everything in a document."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from paths(item, (*path, number))


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")])
def test_everything_has_a_place_and_nothing_else(text):
    assert set(places(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("top",), "top"),
        (("quoted.key",), '"quoted.key"'),
        (("a", "b"), "a.b"),
        (("a", "b", "c d"), 'a.b . "c d"'),
        (("a", "b", "c d", 1), '"two, # not a comment"'),
        (("a", "b", "c d", 2, 1, "x"), "x"),
        (("table", "inline", "b", "c", "d", 1), "1979-05-27T07:32:00Z"),
        (("table", "sub.table"), 'table . "sub.table"'),
        (("items",), "items"),
        (("items", 1, "name"), "name"),
        (("items", 1, "below", "z"), "z"),
        (("items", 1, "parts", 1, "p"), "p"),
    ],
)
def test_a_key_stands_where_it_is_written(path, written):
    start, end = places(TEXT)[path]
    assert TEXT[start:end] == written


def test_the_second_of_two_items_stands_below_the_first():
    found = places(TEXT)
    assert found["items", 0, "name"].start < found["items", 1, "name"].start
    assert found["items", 1, "parts", 0].start < found["items", 1, "parts", 1].start


def test_what_is_not_there_stands_where_its_nearest_does():
    found = places(TEXT)
    hit = nearest(found, ("table", "inline", "b", "x"), 1)
    assert hit is not None
    assert hit[0] == ("table", "inline", "b")
    assert nearest(found, ("nothing",), 1) is None


@pytest.mark.parametrize(
    "text", ["", "[", "a", "a =", 'a = "', "a = [", "a = [1", "a = {", "= 1", "[a", "[[a]\nb=[,]", "a=[=]", "a={=}", "]"]
)
def test_text_that_is_no_toml_ends_the_walk(text):
    places(text)
