"""The front end never raises, whatever the bytes are, and gives the same result for the same files in any order."""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from pathlib import Path

from frontend_sources import TASKS, body, front
from hypothesis import given, settings
from hypothesis import strategies as st

from dagwright_compiler.ir.program import Library

SEED = body(
    """
a = number(x=n)
b, c = both(x=a)
d = map_task(half, concurrency=3)(x=numbers(n=b)).with_overrides(retries=2, requests=Resources(cpu="1", mem="1Gi"))
e = total(xs=d)
text(s=c, times=b) >> silent(x=a) >> [e]
return named(x=a).label, e
""",
    "def main(n: int = 3, f: float = 1.5) -> Tuple[str, float]:",
)
TOKENS = [
    *(
        "task",
        "workflow",
        "map_task",
        "number",
        "half",
        "total",
        "both",
        "named",
        "n",
        "a",
        "self",
        "None",
        "True",
        "lambda x: x",
        "yield",
        "await a",
    ),
    *(
        "1",
        "-1",
        "1e999",
        "10**9",
        "'s'",
        "f'{a}'",
        "b'x'",
        "[]",
        "[a, 1]",
        "{}",
        "{1}",
        "()",
        "(a,)",
        "...",
        "*a",
        "**a",
        "x := 1",
    ),
    *("list[int]", "Optional[int]", "'list['", "int | None", "NamedTuple('X', a=int)", "Resources(cpu=1)", "timedelta(hours=1)"),
    *(
        "with_overrides(retries=a)",
        "a.b.c",
        "a[0]",
        "a >> b",
        "a + b",
        "not a",
        "a if b else n",
        "[a for a in b]",
        "half(x=half(x=n))",
    ),
]
STATEMENTS = [
    *(
        "pass",
        "return a",
        "import os",
        "from . import x",
        "from flytekit import *",
        "global a",
        "del a",
        "a = b = 1",
        "a, *b = c",
        "a: int = 1",
    ),
    *(
        "if a:\n    b = 1",
        "for a in b:\n    pass",
        "while a: break",
        "try:\n    import x\nexcept E:\n    x = 1",
        "with a as b: pass",
        "class C: x: int = 1",
    ),
    *(
        "@task\ndef f(x: int = 1) -> int: ...",
        "@workflow\ndef g(): return f()",
        "class N(NamedTuple):\n    a: int",
        "class E(Enum): A = 1",
        "a += 1",
    ),
    *(
        "@dataclass\nclass D(D): x: 'D' = D()",
        "async def h(): ...",
        "a[0] = 1",
        "a.b = 1",
        "assert a",
        "raise a",
        "match a:\n    case 1: pass",
        "nonlocal a",
    ),
]


def _check(source: str | bytes) -> None:
    """No exception; a file that Python can parse has a library, and every finding can be shown."""
    result = front(source)
    for found in result.found:
        assert found.message
        assert found.span is None or found.span.line >= 1
    assert isinstance(result.elaborated.library, Library)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_no_exception(data: bytes) -> None:
    _check(data)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_mangled_sources_are_no_exception(data: st.DataObject) -> None:
    source = bytearray(SEED.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(source) - 1))
        length = data.draw(st.integers(0, 12))
        source[at : at + length] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([token.encode() for token in TOKENS]))
        )
    _check(bytes(source))


@given(st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_sources_with_other_expressions_in_place_are_no_exception(source: random.Random) -> None:
    tree = ast.parse(SEED)
    for _ in range(source.randint(1, 4)):
        _replace_one(tree, source)
    try:
        text = ast.unparse(tree)
    except (ValueError, RecursionError):
        return
    _check(text)


def _replace_one(tree: ast.Module, source: random.Random) -> None:
    """Put another expression or statement at a random place of the tree."""
    places: list[tuple[ast.AST, str, int | None, bool]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                places.append((node, name, None, False))
            elif isinstance(value, list):
                places.extend(
                    (node, name, index, isinstance(item, ast.stmt))
                    for index, item in enumerate(value)
                    if isinstance(item, ast.expr | ast.stmt)
                )
    node, name, index, is_statement = source.choice(places)
    if is_statement:
        replacement: ast.AST = source.choice(ast.parse(source.choice(STATEMENTS)).body)
    else:
        text = source.choice(TOKENS)
        try:
            replacement = ast.parse(text, mode="eval").body
        except SyntaxError:
            replacement = ast.Name("missing", ast.Load())
    if index is None:
        setattr(node, name, replacement)
    else:
        getattr(node, name)[index] = replacement


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_files_does_not_matter(source: random.Random) -> None:
    sources = {
        "a.py": "from dagwright import task\nfrom b import C\n@task\ndef t(c: C) -> int: ...\n",
        "b.py": "from dataclasses import dataclass\nfrom c import N\n@dataclass\nclass C:\n    x: int = N\n",
        "c.py": "N = 3\nBAD: int = missing\n",
        "d.py": "from dagwright import workflow\nfrom a import t\nfrom b import C\n@workflow\ndef main() -> int:\n    return t(c=C())\n",
        "e.py": "from dagwright import task\n@task\ndef u(x: Missing) -> int: ...\n",
    }
    expected = front(sources)
    names = list(sources)
    source.shuffle(names)
    result = front({name: sources[name] for name in names})
    assert result.found == expected.found
    assert result.elaborated.library.workflows == expected.elaborated.library.workflows
    assert result.elaborated.library.tasks == expected.elaborated.library.tasks
    assert result.elaborated.library.classes == expected.elaborated.library.classes
    assert sorted(result.elaborated.modules) == sorted(expected.elaborated.modules)


def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    broken = body("number(y=n)\nfor x in n: pass\ntext(s=n)\nreturn half(x=missing)")
    (tmp_path / "flow.py").write_text(SEED + "\n" + broken.replace("def main", "def other"), "utf-8")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from frontend_sources import front\n"
        "result = front(open(sys.argv[2], 'rb').read())\n"
        "print(result.elaborated.library, result.found, result.elaborated.tasks, result.elaborated.spans.node('flow.main', 'number'))\n"
    )
    arguments = [sys.executable, "-c", program, str(Path(__file__).parents[1]), str(tmp_path / "flow.py")]
    outputs = [
        subprocess.run(arguments, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1")
    ]
    assert "DW402" in outputs[0]
    assert outputs[0] == outputs[1]


def test_the_source_that_is_mangled_is_clean_by_itself() -> None:
    assert front(SEED).codes == []
    assert TASKS in SEED
