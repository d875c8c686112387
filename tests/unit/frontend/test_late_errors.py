"""What Python refuses only after it has parsed a file."""

from __future__ import annotations

import pytest
from frontend_sources import front

_TASK = "from dagwright import task, workflow\n\n\n@task\ndef one(a: int) -> int:\n"

_BODIES = [
    ("    return await a\n", 6, "`await` stands in a function that is not async"),
    ("    async with a:\n        return 1\n", 6, "`async with` stands in a function that is not async"),
    ("    return [b async for b in a]\n", 6, "`async for` stands in a function that is not async"),
    ("    if a:\n        break\n    return a\n", 7, "`break` stands outside a loop"),
    ("    nonlocal b\n    return a\n", 6, "`nonlocal b` names no variable of a function around this one"),
    ("    print(b)\n    global b\n    return b\n", 7, "`b` is used above the line that declares it global"),
    ("    b = 1\n    global b\n    return b\n", 7, "`b` is used above the line that declares it global"),
    ("    global a\n    return a\n", 6, "`a` is a parameter, so it cannot be global too"),
    ("    global b\n    nonlocal b\n    return a\n", 6, "`b` is declared both nonlocal and global"),
    ("    global b\n    b: int = 1\n    return a\n", 7, "`b` is global, so it takes no annotation here"),
    ("    from math import *\n    return a\n", 6, "`import *` stands inside a function or class"),
    ("    from __future__ import annotations\n    return a\n", 6, "`from __future__ import` has to be the first statement of a file"),
    ("    *b = [a]\n    return a\n", 6, "a name with `*` on the left has to stand in a list of names"),
    ("    *b, *c = [a]\n    return a\n", 6, "two names with `*` cannot share the values of one assignment"),
    ("    b, *c, *d = [a]\n    return a\n", 6, "two names with `*` cannot share the values of one assignment"),
    ("    b = *[a]\n    return a\n", 6, "`*` cannot unpack a value here"),
    ("    __debug__ = a\n    return a\n", 6, "`__debug__` belongs to Python: nobody can assign to it"),
    ("    try:\n        a += 1\n    except:\n        pass\n    except OSError:\n        pass\n    return a\n", 8, "`except:` takes every error, so that no other `except` can follow it"),
    ("    for b in [a]:\n        try:\n            a += b\n        except* OSError:\n            break\n    return a\n", 10, "`break`, `continue` and `return` cannot leave an `except*` block"),
    ("    match a:\n        case _:\n            return 1\n        case 2:\n            return 2\n", 7, "`case _` takes every value, so that no other `case` can follow it"),
    ("    match a:\n        case [b] | [c]:\n            return 1\n    return 2\n", 7, "the two sides of `|` in a pattern give different names"),
    ("    match a:\n        case [b, b]:\n            return 1\n    return 2\n", 7, "a pattern gives two values the name `b`"),
    ("    print(a, end='', end='')\n    return a\n", 6, "`end` is passed twice"),
    ("    print(\n        a,\n        end='',\n        # twice\n        sep=' ',\n        end='',\n    )\n    return a\n", 11, "`end` is passed twice"),
    ("    print( # one\n        end = '', **{}, end = '')\n    return a\n", 7, "`end` is passed twice"),
    ("    return int(str(a, errors='', errors=''))\n", 6, "`errors` is passed twice"),
    ("    b = {'a': [f'{dict(größe=1, größe=2)}']}\n    return len(b)\n", 6, "`größe` is passed twice"),
    ("    if a:\n        for b in sorted([a], key=None, key=None):\n            return b\n    return 1\n", 7, "`key` is passed twice"),
    ("    def two(b, b):\n        return b\n    return two(a, a)\n", 6, "two parameters have the name `b`"),
    ("    class B:\n        def two(self, b, *, b):\n            return b\n    return a\n", 7, "two parameters have the name `b`"),
    ("    class B(metaclass=type, metaclass=type):\n        pass\n    return a\n", 6, "`metaclass` is passed twice"),
    ("    return (lambda b, b: b)(a, a)\n", 6, "two parameters have the name `b`"),
    ("    return sum(b for b in (c := [a]))\n", 6, "assignment expression cannot be used in a comprehension iterable expression"),
]  # fmt: skip
_MODULES = [
    ("return 3\n", 1, "`return` stands outside a function"),
    ("import math\nif math:\n    return\n", 3, "`return` stands outside a function"),
    ("if __name__ == '__main__':\n    return\n", 2, "`return` stands outside a function"),
    ("class A:\n    return 3\n", 2, "`return` stands outside a function"),
    ("yield 3\n", 1, "`yield` stands outside a function"),
    ("await print()\n", 1, "`await` stands outside a function"),
    ("nonlocal a\n", 1, "`nonlocal` stands outside a function"),
    ("continue\n", 1, "`continue` stands outside a loop"),
    ("def f(a, b, a):\n    return a\n", 1, "two parameters have the name `a`"),
    ("def f(a, /, *, a):\n    return a\n", 1, "two parameters have the name `a`"),
    ("async def f(a, *a):\n    return a\n", 1, "two parameters have the name `a`"),
    ("class A:\n    def f(self, a, **a):\n        return a\n", 2, "two parameters have the name `a`"),
    ("async def f():\n    yield 1\n    return 2\n", 3, "a function that is async and yields returns a value"),
    ("A = dict(b=1, b=2)\n", 1, "`b` is passed twice"),
    ("print(1, end='', end='')\n", 1, "`end` is passed twice"),
    ("A = [1, {2: dict(b=1, b=2)}]\n", 1, "`b` is passed twice"),
    ("A = 1\nA += int('1', base=2, base=2)\n", 2, "`base` is passed twice"),
    ("assert dict(b=1, b=2)\n", 1, "`b` is passed twice"),
    ("F = lambda a, a: a\n", 1, "two parameters have the name `a`"),
    ("class A(metaclass=type, metaclass=type):\n    pass\n", 1, "`metaclass` is passed twice"),
    ("class A:\n    B = dict(b=1, b=2)\n", 2, "`b` is passed twice"),
    ("class A:\n    def f(self):\n        return dict(b=1, b=2)\n", 3, "`b` is passed twice"),
    ("def f(a=dict(b=1, b=2)):\n    return a\n", 1, "`b` is passed twice"),
    ("def f(a: dict(b=1, b=2)) -> int:\n    return a\n", 1, "`b` is passed twice"),
    (
        "import functools\n\n\n@functools.lru_cache(maxsize=1, maxsize=2)\ndef f(a):\n    return a\n",
        4,
        "`maxsize` is passed twice",
    ),
    ("import math\nfrom __future__ import annotations\n", 2, "`from __future__ import` has to be the first statement of a file"),
    ("3\nfrom __future__ import annotations\n", 2, "`from __future__ import` has to be the first statement of a file"),
    ("from __future__ import anotations\n", 1, "`__future__` has no `anotations`"),
    ("from __future__ import braces\n", 1, "`__future__` has no `braces`"),
]


@pytest.mark.parametrize(
    ("source", "line", "message"), [*((_TASK + body, line, message) for body, line, message in _BODIES), *_MODULES]
)
def test_what_python_refuses_after_parsing_is_told_where_it_stands(source: str, line: int, message: str) -> None:
    with pytest.raises(SyntaxError):  # so that the table holds what Python says, and not what we believe
        compile(source, "flow.py", "exec", dont_inherit=True)
    found = front(source).only
    assert (found.code.id, found.message) == ("DW101", message)
    assert found.span is not None
    assert found.span.line == line


@pytest.mark.parametrize(
    "source",
    [
        '"""Text."""\nfrom __future__ import annotations\nfrom __future__ import division, annotations\n',
        "def f(*args, **kwargs):\n    first, *rest = [*args, *kwargs]\n    return *rest, first\n",
        "async def f(a):\n    async with a as b:\n        return [await c async for c in b if await c]\n",
        "def f(a):\n    def g():\n        nonlocal a\n        a = 1\n    global b\n    b = 2\n    yield from g()\n",
        "try:\n    from math import *\nexcept ImportError:\n    sqrt = None\nelse:\n    pass\n",
        "def f(a):\n    for b in a:\n        if b:\n            continue\n        break\n    else:\n        return (c := b)\n",
        "def f(a):\n    match a:\n        case [b, *_]:\n            return b\n        case _:\n            return {**a}\n",
        "# await, yield, break: words of a comment\nA = 'return; nonlocal; global *'\n",
        "type Pair[T] = tuple[T, T]\n\n\ndef f[T](a: T) -> T:\n    while True:\n        break\n    return f'{a + f\"{a}\"}'\n",
        "def f(a):\n    try:\n        return a\n    except OSError, ValueError:\n        yield a\n",
        "def f(a):\n    for b in a:\n        yield t'{b}'\n        break\n",
        "def f(a=1, b=1):\n    print(dict(a=a), dict(a=b, b=dict(a=1)))\n    return (lambda a: a)(a=b), dict(a == 1, b=a == b)\n",
        "class A:\n    def f(self, a):\n        def g(a, b=lambda a: a):\n            return a\n        return g(a=dict(a=a))\n",
    ],
)
def test_what_python_compiles_is_left_alone(source: str) -> None:
    assert front(source).found == ()


def test_a_place_is_right_after_wide_characters_and_in_decorators() -> None:
    found = front('def f():\n    "größe"; await f()\n').only
    assert found.span is not None
    assert (found.span.line, found.span.column, found.span.end_column) == (2, 15, 24)
    found = front("import functools\n\n\n@functools.wraps(await functools)\ndef f():\n    return 1\n").only
    assert found.span is not None
    assert (found.span.line, found.span.column) == (4, 17)


def test_every_statement_of_the_module_is_told_of_and_the_rest_is_read() -> None:
    source = _TASK + "    return await a\n\n\ndef two():\n    break\n\n\n@task(retrys=1)\ndef three() -> int:\n    return 1\n"
    assert [(found.code.id, found.span and found.span.line) for found in front(source).found] == [
        ("DW101", 6),
        ("DW101", 10),
        ("DW501", 13),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (
            "from dagwright import task\n\n\n@task(retries=1)\ndef one() -> list[int]:\n    return [(yield b) for b in [1]]\n",
            "DW512",
        ),
        ("import flytekit\n\n\n@flytekit.task(retries=1, retries=2)\ndef one() -> int:\n    return 1\n", "DW403"),
        (_TASK + "    return a\n\n\n@workflow\ndef flow(a: int) -> int:\n    return one(a=a, a=1)\n", "DW403"),
    ],
)
def test_a_finding_of_the_same_stretch_says_more(source: str, code: str) -> None:
    assert front(source).only.code.id == code
