"""The reader against what nobody writes: a bounded share of ``python -m fuzz``, and files that are large, deep or strange in one way."""

from __future__ import annotations

import ast
import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz.damage import damaged
from fuzz.examination import LONGEST_S, examine
from fuzz.grammar import Grammar
from fuzz.samples import real_files
from fuzz.trees import rearranged
from hypothesis import given, settings
from hypothesis import strategies as st

from dagwright_compiler.config import Settings
from dagwright_compiler.driver.compiling import check_all
from dagwright_compiler.driver.reading import read_sources
from dagwright_compiler.frontend.reading import garbage_collector_off

FILES = real_files()
CHANCES = st.randoms(use_true_random=False)
HEAD = "from dagwright import map_task, task, workflow\n\n\n@task\ndef t(x: int) -> int:\n    return x\n\n\n"


@given(CHANCES)
@settings(max_examples=80, deadline=None)
def test_modules_of_any_grammar_are_read_or_refused(chance: random.Random) -> None:
    examine(Grammar(chance).project())


@given(CHANCES)
@settings(max_examples=80, deadline=None)
def test_projects_with_other_trees_in_place_are_read_or_refused(chance: random.Random) -> None:
    examine(rearranged(chance))


@given(CHANCES)
@settings(max_examples=200, deadline=None)
def test_damaged_files_are_read_or_refused(chance: random.Random) -> None:
    examine({"flow.py": damaged(FILES, chance)})


def workflow(*lines: str) -> str:
    return HEAD + "@workflow\ndef main(x: int) -> int:\n" + "".join(f"    {line}\n" for line in lines)


SOUND = {
    "byte order mark, CRLF": ("\ufeff" + workflow("return t(x=x)")).replace("\n", "\r\n"),
    "carriage returns": workflow("return t(x=x)").replace("\n", "\r"),
    "form feeds": workflow("return t(x=x)").replace("\n\n", "\n\f\n"),
    "latin-1": ("# -*- coding: latin-1 -*-\n" + workflow("return t(x=x)  # caf\xe9")).encode("latin-1"),
    "no end of line": workflow("return t(x=x)").rstrip("\n"),
    "tabs": workflow("return t(x=x)").replace("    ", "\t"),
    "normalised names": workflow("ﬁnd = t(x=x)", "return t(x=find)"),
    "a line of a megabyte": workflow("return t(x=x)") + f"X = '{'y' * 1_000_000}'\n",
    "a comment of a megabyte": f"#{'c' * 1_000_000}\n" + workflow("return t(x=x)"),
    "a deep expression in a task": HEAD.replace("return x", "return " + "+".join(["x"] * 20_000))
    + "@workflow\ndef main(x: int) -> int:\n    return t(x=x)\n",
    "a thousand tasks in a chain": workflow("a0 = t(x=x)", *(f"a{n} = t(x=a{n - 1})" for n in range(1, 1000)), "return a999"),
    "a table of constants": workflow("return t(x=x)")
    + "TABLE = ["
    + ",\n".join(f"({n}, 'name{n}')" for n in range(20_000))
    + "]\n",
}
"""Files that are unusual, and fine."""


@pytest.mark.parametrize("source", SOUND.values(), ids=SOUND)
def test_unusual_files_are_read(source: str | bytes) -> None:
    assert examine({"flow.py": source}).codes == ()


def nested(opening: str, closing: str, times: int, inner: str = "x") -> str:
    return opening * times + inner + closing * times


HOSTILE = {
    "brackets in brackets": workflow(f"return t(x={nested('(', ')', 5000)})"),
    "lists in lists": workflow(f"return t(x={nested('[', ']', 150)})"),
    "calls in calls": workflow(f"return {nested('t(x=', ')', 90)}"),
    "parts of parts": workflow(f"return t(x=x{'.a' * 5000})"),
    "items of items": workflow(f"return t(x=x{'[0]' * 5000})"),
    "a long sum": workflow(f"return t(x={'+'.join(['1'] * 20_000)})"),
    "a long sum of results": workflow(f"return t(x={'+'.join(['x'] * 20_000)})"),
    "a long order": workflow("a = t(x=x)", f"b = {' >> '.join(['a'] * 3000)}", "return b"),
    "many signs": workflow(f"return t(x={'-' * 10_000}1)"),
    "many negations": workflow(f"return t(x={'not ' * 5000}x)"),
    "lambdas in lambdas": workflow(f"return t(x={nested('lambda: ', '', 900)})"),
    "conditions in conditions": workflow(f"return t(x={nested('1 if x else ', '', 900)})"),
    "format strings in format strings": workflow("return t(x=f'{f\"{f'{x}'}\"}')") * 3,
    "many format strings": workflow("return t(x=" + " ".join(["f'{x}'"] * 5000) + ")"),
    "a deep annotation": HEAD + f"@task\ndef u(x: {nested('list[', ']', 180, 'int')}) -> int:\n    return 1\n",
    "a deep quoted annotation": HEAD + f"@task\ndef u(x: '{nested('list[', ']', 180, 'int')}') -> int:\n    return 1\n",
    "a wide union": HEAD + f"@task\ndef u(x: {' | '.join(f'list[C{n}]' for n in range(500))}) -> int:\n    return 1\n",
    "a long union": HEAD + f"@task\ndef u(x: {' | '.join(['int'] * 5000)}) -> int:\n    return 1\n",
    "thousands of elif": "x = 1\nif x:\n    pass\n" + "elif x:\n    pass\n" * 3000 + HEAD,
    "blocks in blocks": "".join(f"{' ' * n}if x:\n" for n in range(99)) + " " * 99 + "pass\n",
    "too many blocks": "".join(f"{' ' * n}if x:\n" for n in range(150)) + " " * 150 + "pass\n",
    "classes in classes": "".join(f"{' ' * n}class C{n}:\n" for n in range(90)) + " " * 90 + "pass\n",
    "many decorators": HEAD + "@t\n" * 3000 + "@task\ndef u(x: int) -> int:\n    return 1\n",
    "many parameters": HEAD + f"@task\ndef u({', '.join(f'p{n}: int' for n in range(3000))}) -> int:\n    return 1\n",
    "a huge power": workflow("return t(x=9 ** 9 ** 9)"),
    "a huge shift": workflow("return t(x=1 << 10 ** 12)"),
    "a huge text": workflow("return t(x='a' * 10 ** 12)"),
    "a huge range": workflow("return t(x=list(range(10 ** 12)))"),
    "a huge format": workflow("return t(x=f'{1:>10000000000}')", "return t(x='%1000000000d' % 1)"),
    "huge products": workflow("return t(x=[a + b for a in range(10 ** 4) for b in range(10 ** 4)])"),
    "doubling": "A0 = [1, 2]\n" + "".join(f"A{n} = A{n - 1} + A{n - 1}\n" for n in range(1, 60)) + workflow("return t(x=A59)"),
    "doubling inside": "A0 = [1, 2]\n" + "".join(f"A{n} = [A{n - 1}, A{n - 1}]\n" for n in range(1, 60)) + workflow("return t(x=A59)"),
    "a long chain of names": "A0 = 1\n" + "".join(f"A{n} = A{n - 1}\n" for n in range(1, 3000)) + workflow("return t(x=A2999)"),
    "names in a circle": "A = B\nB = C\nC = A\n" + workflow("return t(x=A)"),
    "aliases in a circle": "from typing import List\nA = List['B']\nB = List['A']\n" + HEAD + "@task\ndef u(x: A) -> B:\n    return x\n",
    "a number of many digits": workflow(f"return t(x={'9' * 5000})"),
    "workflows that multiply": HEAD + "@workflow\ndef w0(x: int) -> int:\n    return t(x=x)\n" + "".join(f"@workflow\ndef w{n}(x: int) -> int:\n" + "".join(f"    a{k} = w{n - 1}(x={'x' if not k else f'a{k - 1}'})\n" for k in range(70)) + "    return a69\n" for n in range(1, 9)),
    "doubling inside with results": workflow("a0 = t(x=x)", *(f"a{n} = [a{n - 1}, a{n - 1}]" for n in range(1, 60)), "return t(x=a59)"),
    "a ladder of lists with results": workflow("a0 = t(x=x)", *(f"a{n} = [a{n - 1}]" for n in range(1, 3000)), "return t(x=a2999)"),
    "a ladder of lists": "A0 = [1]\n" + "".join(f"A{n} = [A{n - 1}]\n" for n in range(1, 3000)) + workflow("return t(x=A2999)"),
    "null bytes": workflow("return t(x=x)") + "\0" * 100,
    "nothing but brackets": "(" * 100_000,
    "nothing but quotes": '"' * 99_999,
    "nothing but backslashes": "\\" * 100_000,
    "nothing but line ends": "\r\n" * 500_000,
    "nothing but commas in a bracket": "(" + "," * 100_000,
    "unclosed newer grammar": "type X[" * 2000,
    "newer grammar without end": "def f[" + "T, " * 5000 + "]() -> int: ...\n" * 3,
    "many newer strings": "x = t'" + "{a}" * 3000 + "'\n",
    "format strings without end": "f'{" * 3000,
    "many comments to us": workflow("return t(x=x)") + "# dagwright: ignore[DW304]\n" * 1000,
    "ten thousand findings": HEAD + "@workflow\ndef main() -> None:\n" + "".join(f"    t(y{n}={n})\n" for n in range(3000)),
    "a circle of classes": "from dataclasses import dataclass\n" + "".join(f"@dataclass\nclass C{n}:\n    x: 'C{(n + 1) % 300}'\n" for n in range(300)) + HEAD + "@task\ndef u(x: C0) -> int:\n    return 1\n",
    "a long line of bases": "class C0: pass\n" + "".join(f"class C{n}(C{n - 1}): pass\n" for n in range(1, 2000)) + HEAD + "@task\ndef u(x: C1999) -> int:\n    return 1\n",
    "imports of itself": "from flow import *\nfrom flow import t\nimport flow.flow\n" + HEAD,
}  # fmt: skip
"""Files that ask for more than there is."""


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_soon_in_findings_or_in_outputs(source: str) -> None:
    examine({"flow.py": source})


LARGE = {
    "tasks": lambda: HEAD + "\n".join(f"@task\ndef task_{n}(x: int, y: str = 'a') -> int:\n    value = x + {n}\n    return value\n" for n in range(25_000)),
    "text": lambda: HEAD + "TEXT = '''" + "lorem ipsum dolor sit amet\n" * 400_000 + "'''\n",
    "one line": lambda: HEAD + "X = [" + "1, " * 1_000_000 + "]\n",
    "no Python": lambda: "lorem ipsum dolor sit amet\n" * 400_000,
}  # fmt: skip


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE)
def test_files_of_megabytes_are_read_or_refused_in_one_clear_line(make: Callable[[], str]) -> None:
    """Held to what Python's own parser takes for the same text, which no reader can be under."""
    source = make()
    assert len(source) > 2_000_000
    start = time.thread_time()
    with contextlib.suppress(SyntaxError, MemoryError), garbage_collector_off():
        ast.parse(source)
    floor = time.thread_time() - start
    start = time.thread_time()
    reading = read_sources({"flow.py": source}, Settings(root=Path("/project")))
    check_all(reading)
    assert len(reading.diagnostics.sorted()) <= 1
    assert time.thread_time() - start < 5 * floor + LONGEST_S
