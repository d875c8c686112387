"""Newer grammar than the interpreter's compiles to what the older spelling compiles to, at the same places."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from frontend_sources import Front, clean, front
from golden_cases import Case, cases

from dagwright_compiler.frontend.newer_grammar import read_newer

if TYPE_CHECKING:
    from dagwright_compiler.ir.program import Library

HEAD = """\
from dataclasses import dataclass
from typing import Any, TypeVar
from dagwright import task, workflow
T = TypeVar("T")
NAMES = {"first": "ä", "second": "b"}
@task
def text(s: str) -> str:
    return s
@task
def anything(x: Any) -> None: ...
"""
SPELLINGS = {
    "695 alias": ("type Rows = list[int]", "Rows = list[int]", "x: Rows"),
    "695 alias of a later one": ("type A = B; type B = int", "B = int; A = B", "x: A"),
    "695 alias with parameters": ("type Rows[T] = list[T]", "Rows = list[T]", "x: Rows"),
    "695 alias over lines": ("type Rows[\n  T,  # é\n] = list[T]", "Rows = list[T]\n\n", "x: Rows"),
    "695 class": ("@dataclass\nclass Box[T]:\n  x: T\n  y: list[T]", "@dataclass\nclass Box:\n  x: T\n  y: list[T]", "x: Box"),
    "695 class over lines": ("@dataclass\nclass Box[\nT,\n]:\n  x: T", "@dataclass\nclass Box:\n\n\n  x: T", "x: Box"),
    "695 function": (
        "@task\ndef f[T: (int, str), *Ts, **P](x: T, y: list[T]) -> dict[str, T]: ...",
        "@task\ndef f(x: T, y: list[T]) -> dict[str, T]: ...",
        "x: int",
    ),
    "695 async function": ("async  def f[T](x: T) -> T: ...", "async  def f(x: T) -> T: ...", "x: int"),
    "696 defaults": (
        "@dataclass\nclass Box[T = int, *Ts = *tuple[int, ...], **P = [int]]:\n  x: T",
        "@dataclass\nclass Box:\n  x: T",
        "x: Box",
    ),
    "758 except": (
        "@task\ndef f() -> int:\n  try: pass\n  except ValueError, KeyError: pass\n  except OSError, EOFError:\n    import json\n  return 1",
        "@task\ndef f() -> int:\n  try: pass\n  except (ValueError, KeyError): pass\n  except (OSError, EOFError):\n    import json\n  return 1",
        "x: int",
    ),
    "758 import": (
        "try: import numpy\nexcept ImportError, OSError: numpy = None",
        "try: import numpy\nexcept (ImportError, OSError): numpy = None",
        "x: int",
    ),
    "750 in a task": (
        '@task\ndef f(x: int) -> int:\n  y = t"{x} {text("a")!r:>{x}}"\n  return 1',
        '@task\ndef f(x: int) -> int:\n  y = text("a")\n  return 1',
        "x: int",
    ),
}
STRINGS = {
    "quotes": (r"""f"<{NAMES["first"]}>" """, """f"<{NAMES['first']}>" """),
    "quotes within quotes": ("""f"{f"{f"{NAMES["first"]}"}"}" """, '"ä"'),
    "backslashes": (r"""f"{'a\tb'}-{"\x41"}\n" """, r'"a\tb-A\n"'),
    "lines": ('f"{\n  NAMES["first"]  # a comment\n}é"', '"äé"'),
    "specifications": ("""f"{NAMES["first"]!r:>{NAMES["second"] and 9}}|{3.14159:{"." + "2f"}}" """, """f"{'ä'!r:>9}|3.14" """),
    "debugging": ("""f"{NAMES["first"] = }" """, """"NAMES[\\"first\\"] = 'ä'" """),
    "braces": ("""f"{{{NAMES["first"]}}}" """, '"{ä}"'),
    "raw": (r"""rf"\d{NAMES["first"]}\{NAMES["second"]}" """, r'"\\dä\\b"'),
    "neighbours": ("""("a" f"{NAMES["first"]}"  # comment\n 'b' rf"\\c")""", '"aäb\\\\c"'),
    "three quotes": ('f"""é"{NAMES["""first"""]}\n"""', '"é\\"ä\\n"'),
    "named characters": (r"""f"\N{LATIN SMALL LETTER A}{NAMES["first"]}" """, '"aä"'),
}


def meaning(result: Front) -> Library:
    return result.elaborated.library


def spans(result: Front) -> list[tuple[int, int]]:
    """Where the tasks of a source and their parameters stand, by line."""
    table = result.elaborated.spans
    found = [
        (table.definition(name, part), name)
        for name, task in sorted(result.elaborated.library.tasks.items())
        for part in ("", *(field.name for field in task.inputs))
    ]
    return [(span.line, span.end_line) for span, _ in found if span is not None]


@pytest.mark.parametrize(("newer", "older", "parameter"), SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_means_what_the_older_spelling_means(newer: str, older: str, parameter: str, line_end: str) -> None:
    tail = f"\n@task\ndef last({parameter}) -> None: ...\n"
    of_newer, of_older = (front(f"{HEAD}{source}{tail}".replace("\n", line_end)) for source in (newer, older))
    assert meaning(of_newer) == meaning(of_older)
    places = [
        [(found.code.severity, found.code.id, found.span and found.span.line) for found in result.found]
        for result in (of_newer, of_older)
    ]
    assert places[0] == places[1]
    assert of_newer.elaborated.modules["flow"].source.data == f"{HEAD}{newer}{tail}".replace("\n", line_end).encode()
    assert "error" not in str(places)
    assert len(of_newer.elaborated.library.tasks) >= 3
    assert of_newer.task("flow.last") == of_older.task("flow.last")
    assert spans(of_newer) == spans(of_older)
    modules = [result.elaborated.modules["flow"] for result in (of_newer, of_older)]
    assert modules[0].local_imports == modules[1].local_imports


@pytest.mark.parametrize(("newer", "older"), STRINGS.values(), ids=STRINGS)
def test_strings_have_the_value_that_newer_pythons_give_them(newer: str, older: str) -> None:
    bodies = [
        f"{HEAD}CONSTANT = {text}\n@workflow\ndef main() -> str:\n    text(s=CONSTANT)\n    return text(s={text})\n"
        for text in (newer, older)
    ]
    of_newer, of_older = map(front, bodies)
    assert of_newer.codes == of_older.codes == []
    assert meaning(of_newer) == meaning(of_older)


def test_every_column_stays_where_it_is() -> None:
    source = textwrap.dedent("""\
        type Örtlich = int; é = f"{"é"}" + same
        def f[T: "ü" = int](x: T, *, y: list[T] = f"é{é["k"]}{x}") -> T: return [t"{x}", x]
        class C[T](Base, key=f'''{
            é["'''"]
        }''' + x): y: T; type Z = T
        """)
    tree = read_newer(source)
    assert tree is not None
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    assert len(names) == 19
    assert [ast.get_source_segment(source, name) for name in names] == [name.id for name in names]
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    segments = [ast.get_source_segment(source, node) for node in strings]
    assert segments == ['f"{"é"}"', 'f"é{é["k"]}{x}"', "f'''{\n    é[\"'''\"]\n}'''"]


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("x = 1\ndef f[1+](y): ...\n", (2, 5, 9), "invalid syntax"),
        ("type X = int\nx = = 1\n", (2, 4, 5), "invalid syntax"),
        ("type X = int\nx = (1\n", (2, 4, 5), "`(` was never closed"),
        ("try: x\nexcept A, B as e: x\n", (2, 8, 16), "invalid syntax"),
        ('type X = int\nx = f"{y["a"}"\n', (2, None, None), None),
        ("print 'x'\n", (1, 0, 9), "missing parentheses in call to `print`"),
        ('x = 1\ny = t"{"\n', (2, None, None), None),
        ('x = t"{a b}"\n', (1, 4, 12), "invalid syntax"),
        ('x = t"a" b"c"\n', (1, 4, 13), "invalid syntax"),
        ("class C[" + "(" * 300 + ")" * 300 + "]: ...\n", (1, None, None), None),
        ('x = f"{y["a"]!z}"\n', (1, None, None), None),
        ("def f[T: " + "-" * 100_000 + "1](): ...\n", (1, 0, 1), "the code is nested too deeply to be read"),
        ("x = " + 'f"{' * 200 + "1" + '}"' * 200 + "\n", (1, None, None), None),
    ],
)
def test_what_no_python_reads_is_one_finding_at_its_place(
    source: str, place: tuple[int, int | None, int | None], message: str | None
) -> None:
    found = front(source).only
    assert found.span is not None
    actual = (found.span.line, found.span.column, found.span.end_column)
    assert actual == tuple(wanted if wanted is not None else real for wanted, real in zip(place, actual, strict=True))
    assert message is None or found.message == message


@pytest.mark.parametrize(("argument", "code"), [('x=t"{n}"', "DW408"), ('x=t""', "DW410"), ("x=t'a' tr'b'", "DW410")])
def test_a_template_has_no_value_in_a_workflow(argument: str, code: str) -> None:
    result = front(f"{HEAD}@workflow\ndef main(n: int) -> None:\n    anything({argument})\n")
    assert result.codes == [code]
    assert result.only.span is not None
    assert (result.only.span.line, result.only.span.column) == (HEAD.count("\n") + 3, 15)


def test_a_string_may_be_long_and_deep() -> None:
    prompt = "words " * 2000 + f"{{{'+'.join(['1'] * 2500)}}}"
    assert len(clean(f'{HEAD}PROMPT = f"""{prompt} {{NAMES["""first"""]}}"""\n').elaborated.tasks) == 2
    assert clean("x = " + " ".join(['t"{a}"'] * 2000)).elaborated.tasks == ()


DEEP = pytest.mark.parametrize(("operator", "count"), [("+", 8000), ("+", 2990), (".", 8000), ("if x else", 3100)])


def too_deep(operator: str, count: int) -> tuple[str, str]:
    """An expression beyond the limits of some interpreters, and a file that holds it without any need."""
    deep = f" {operator} ".join(["x"] * count)
    return deep, f"{HEAD}TABLE = {deep}\n@task\ndef f(x: int) -> int:\n    import json\n    y = ({deep})\n    return {deep}\n"


@DEEP
def test_an_expression_too_deep_for_the_tree_hurts_nobody_who_does_not_use_it(operator: str, count: int) -> None:
    _, unused = too_deep(operator, count)
    found = clean(unused).task("flow.f")
    assert clean(unused.replace("def f(", "def f[S](") + "type X = int\n").task("flow.f") == found


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="its tree holds them all, and other limits are met later")
@DEEP
def test_an_expression_too_deep_for_the_tree_has_no_value(operator: str, count: int) -> None:
    deep, unused = too_deep(operator, count)
    found = front(f"{unused}@workflow\ndef main(x: int) -> int:\n    return f(x={deep})\n").only
    assert found.code.id == "DW410"
    assert found.span is not None
    assert (found.span.line, found.span.column) == (unused.count("\n") + 3, 11)


def test_a_file_in_older_grammar_has_nothing_to_lower() -> None:
    texts = [case.entry.read_bytes().decode("utf-8", "replace") for case in cases()]
    texts += [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")]
    accepted = [text for text in texts if parses(text)]
    assert len(accepted) > 60
    assert [text for text in accepted if read_newer(text) is not None] == []


@pytest.mark.parametrize("case", [case for case in cases() if case.entry.name == "input.py"], ids=lambda case: case.name)
def test_one_newer_statement_changes_nothing_else(case: Case) -> None:
    """Both readers give the same library and the same places."""
    data = case.entry.read_bytes()
    line_end = b"\r\n" if b"\r\n" in data else b"\n"
    if not parses(data.decode("utf-8", "replace")):
        pytest.skip("no Python at all")
    alone, beside = front(data), front(data + line_end + b"type Newer[T] = list[T]" + line_end)
    assert beside.elaborated.library == alone.elaborated.library
    assert beside.found == alone.found
    assert spans(beside) == spans(alone)


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def test_files_that_the_interpreter_reads_do_not_pay() -> None:
    code = (
        "import sys\nfrom dagwright_compiler.frontend.reading import read\n"
        "assert read('a.py', 'a', b'x = f\"{1}\"').tree\n"
        "print([name for name in sys.modules if name.endswith(('newer_grammar', 'deep_expressions', 'format_strings')) or name == 'libcst'])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
