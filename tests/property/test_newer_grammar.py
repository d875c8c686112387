"""Newer grammar: our format strings are those of ``ast``, and damage never gives more than one finding."""

from __future__ import annotations

import ast
import sys
import time
import warnings

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dagwright_compiler.frontend.newer_grammar import read_newer
from dagwright_compiler.frontend.reading import read

TEXTS = st.sampled_from(
    [
        "",
        "a",
        "é",
        " ",
        "{{",
        "}}",
        "\\n",
        "\\x41",
        "\\",
        "\\\\",
        "'",
        '"',
        "''",
        "\\N{DASH}",
        "%",
        ":",
        "!",
        "#",
        "\n",
        "\\\n",
        "\r\n",
    ]
)
EXPRESSIONS = st.sampled_from(
    [
        "x",
        "x.y",
        "x[0]",
        "(x, 1)",
        " x ",
        "x, y",
        "*x, y",
        "{1: 2}[1] ",
        " {x for x in y}",
        "x != y",
        "x == 1",
        "x <= y >= 2",
        "(x := 1)",
        "x or 'b'",
        'x["k"]',
        "(lambda: 1)",
        "f(a=1)",
        "(yield)",
        "'{'",
        "f'{x}'",
        "not x",
        "-x ** 2",
        "'''q'''",
        "rb'a'",
        "x if y else z",
    ]
)
SPECS = st.sampled_from(
    ["", ":", ":>10", ":{w}", ":{w!r}.{p}", ":%H:%M", ":é", ":{'a'}>{3}", "::", ":=", ":!r", ": {x[1:2]}", ":\\n"]
)
FIELDS = st.builds(
    lambda expression, debug, conversion, spec: f"{{{expression}{debug}{conversion}{spec}}}",
    EXPRESSIONS, st.sampled_from(["", "", "=", " = "]), st.sampled_from(["", "", "!r", "!s", "!a"]), SPECS,
)  # fmt: skip
STRINGS = st.builds(
    lambda prefix, quote, parts: f"{prefix}{quote}{''.join(parts)}{quote}",
    st.sampled_from(["f", "F", "rf", "fR", "", "r", "u"]),
    st.sampled_from(["'", '"', "'''", '"""']),
    st.lists(TEXTS | FIELDS, max_size=5),
)
NEWER = """\
type Rows[T: (int, str) = int, *Ts, **P] = list[T]; é = f"{f"{a["b"]}\\n" + t'''{x!r:>{w}}'''}"
class Box[T](Base): y: T
async def f[T](x: list[T], y=f"{
    "a" # comment
}") -> T:
    try: pass
    except A, B: pass
    except* (C), D: pass
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this interpreter reads all format strings itself")
@given(st.lists(STRINGS, min_size=1, max_size=3))
@settings(max_examples=300)
def test_strings_are_those_of_the_interpreter(strings: list[str]) -> None:
    """A newer neighbour has the whole string read by us; the interpreter reads it without."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = ast.parse(f"(f'{{0}}' {' '.join(strings)})")
        except (SyntaxError, ValueError):
            assume(False)
    found = read_newer(f"(f'{{0 # newer\n}}' {' '.join(strings)})")
    assert found is not None
    assert ast.dump(found) == ast.dump(expected)


@given(st.data())
@settings(max_examples=300)
def test_damage_gives_a_tree_or_one_finding(data: st.DataObject) -> None:
    text = NEWER
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        kept = at + data.draw(st.sampled_from([0, 0, 1, 3, 20]))
        text = (
            text[:at]
            + data.draw(
                st.sampled_from(
                    ["", "", "(", "]", "{", "}", '"', "'", '"""', "\n", "\\", "#", ":", ",", "=", "type ", 'f"', "t'", "é", "\r"]
                )
            )
            + text[kept:]
        )
    began = time.process_time()
    found = read("flow.py", "flow", text.encode())
    assert (found.tree is None) == (found.problem is not None)
    assert time.process_time() - began < 2
