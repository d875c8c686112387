"""Names that the import of a module reads above their definitions: what is reported is what Python fails at."""

from __future__ import annotations

import ast
import builtins

import pytest
from frontend_sources import assert_marked, clean, front

from dagwright_compiler.frontend.evaluation_order import early_names

HEAD = (
    "import functools\nfrom dagwright import task, workflow\n\n\ndef keep(*given, **named):\n    return lambda made: made\n\n\n"
)

FAILING = {
    "an assignment": "A = B  # E: DW209\nB = 1\n",
    "within one line": "A = B; B = 1  # E: DW209\n",
    "itself": "A = A  # E: DW209\n",
    "what is added to": "A += 1  # E: DW209\nA = 1\n",
    "each name once, where it is read first": "A = B  # E: DW209\nC = B\nD = [B, E]  # E: DW209\nB = E = 1\n",
    "a part of a value": "A = [{1: (2, B.real)}]  # E: DW209\nB = 1\n",
    "a statement over lines": "A = [\n    1,\n    B,  # E: DW209\n]\nB = 1\n",
    "a text with values": "A = f'{1}{B:>{3}}'  # E: DW209\nB = 1\n",
    "a target": "A, B[0] = 1, 2  # E: DW209\nB = [1]\n",
    "an expression": "print(B)  # E: DW209\nB = 1\n",
    "a call": "A = f()  # E: DW209\ndef f():\n    return 1\n",
    "an import": "A = math.pi  # E: DW209\nimport math\n",
    "a part of an import": "A = pi  # E: DW209\nfrom math import e, pi\n",
    "a decorator": "@dec  # E: DW209\ndef f(): ...\ndef dec(f):\n    return f\n",
    "a decorator of its own": "@f  # E: DW209\ndef f(): ...\n",
    "a decorator's argument": "@keep(B)  # E: DW209\ndef f(): ...\nB = 1\n",
    "a decorator's keyword": "@keep(\n    1,\n    a=[B],  # E: DW209\n)\nasync def f(): ...\nB = 1\n",
    "a default": "def f(a=1, b=B): ...  # E: DW209\nB = 1\n",
    "a default of its own": "def f(a=f): ...  # E: DW209\n",
    "a default of a keyword": "def f(*, a, b=B): ...  # E: DW209\nB = 1\n",
    "a default of a lambda": "A = lambda b=B: b  # E: DW209\nB = 1\n",
    "a default over lines": "def f(\n    # all of it:\n    a=B,  # E: DW209\n): return a\nB = 1\n",
    "an annotation": "def f(a: B) -> int: ...  # E: DW209\nclass B: ...\n",
    "a part of an annotation": "def f(a: 'list[C]', *b: list[B]) -> int: ...  # E: DW209\nclass B: ...\nclass C: ...\n",
    "an annotation of the result": "def f() -> B: ...  # E: DW209\nclass B: ...\n",
    "an annotation of a variable": "A: B = 1  # E: DW209\nclass B: ...\n",
    "a base": "class A(B): ...  # E: DW209\nclass B: ...\n",
    "a base of its own": "class A(A): ...  # E: DW209\n",
    "a keyword of a class": "class A(metaclass=B): ...  # E: DW209\nclass B(type): ...\n",
    "a class body": "class A:\n    b = B  # E: DW209\nB = 1\n",
    "a class body of an enum": "from enum import Enum\nclass A(Enum):\n    B = LATER  # E: DW209\nLATER = 1\n",
    "a class within a class": "class A:\n    class B:\n        c = C  # E: DW209\nC = 1\n",
    "a method's default": "class A:\n    def f(self, b=B): ...  # E: DW209\nB = 1\n",
    "a method's annotation of its own class": "class A:\n    def f(self) -> A: ...  # E: DW209\n",
    "its own class": "class A:\n    b = A  # E: DW209\n",
    "a name of the class": "class A:\n    b = c  # E: DW209\n    c = 1\n",
    "a name of the class around": "class A:\n    b = 1\n    class C:\n        d = b  # E: DW209\nb = 2\n",
    "a condition": "if B:  # E: DW209\n    pass\nB = 1\n",
    "the first part of a condition": "A = B and C  # E: DW209\nB = C = 1\n",
    "a comparison": "A = 1 < B < C  # E: DW209\nB = C = 1\n",
    "the test of a choice": "A = C if B else C  # E: DW209\nB = C = 1\n",
    "what is looped over": "for a in B:  # E: DW209\n    pass\nB = []\n",
    "a loop that has turns": "for a in (1, 2):\n    print(a, B)  # E: DW209\nB = 1\n",
    "what a comprehension goes over": "A = [a for a in B]  # E: DW209\nB = []\n",
    "a comprehension with items": "A = [a + B for a in range(3)]  # E: DW209\nB = 1\n",
    "a comprehension's condition": "A = {a: 1 for a in (1, 2) if a in B}  # E: DW209\nB = []\n",
    "what a generator goes over": "A = (a for a in B)  # E: DW209\nB = []\n",
    "the test of `while`": "while B:  # E: DW209\n    break\nB = 0\n",
    "what `with` opens": "with open(B):  # E: DW209\n    pass\nB = ''\n",
    "what is matched": "match B:  # E: DW209\n    case 1:\n        pass\nB = 1\n",
    "what is asserted": "assert B  # E: DW209\nB = 1\n",
    "what is deleted": "del B  # E: DW209\nB = 1\n",
    "a `try` that catches nothing": "try:\n    A = B  # E: DW209\nfinally:\n    B = 1\n",
    "a definition under a condition": "A = B  # E: DW209\nif A:\n    B = 1\nelse:\n    B = 2\n",
    "a definition in a walrus": "A = B  # E: DW209\nprint(B := 1)\n",
    "a walrus below its use": "A = (B, B := 1)  # E: DW209\n",
}  # fmt: skip

WORKING = {
    "above": "B = 1\nA = B\n",
    "within one line": "B = 1; A = B\n",
    "a function's body": "def f():\n    return B\nB = 1\n",
    "a lambda's body": "A = lambda: B\nB = 1\n",
    "a generator, which waits": "A = (B for a in (1, 2))\nB = 1\n",
    "a method's body": "class A:\n    def f(self):\n        return A, B\nB = 1\n",
    "a quoted annotation": "def f(a: 'B') -> 'list[B]': ...\nclass B: ...\n",
    "a builtin that is shadowed further down": "A = list([1])\nlist = tuple\n",
    "names of every module": "A = __name__, __file__, __doc__\n__doc__ = 'text'\n",
    "a name of nobody": "A = __unknown if False else 1\n",
    "a branch": "import sys\nif sys.platform == 'none':\n    A = B\nB = 1\n",
    "one of several parts": "A = 1 or B\nC = B if False else 2\nB = 3\n",
    "a branch that binds": "if keep:\n    B = 1\nelse:\n    pass\nA = B\n",
    "a loop that may have no turn": "for a in list():\n    print(B)\nB = 1\n",
    "a loop that binds": "for B in (1, 2):\n    A = B\n",
    "a loop that is left": "for a in (1, 2):\n    if a:\n        break\n    print(B)\nB = 1\n",
    "a comprehension without items": "A = [B for a in []]\nB = 1\n",
    "names of a comprehension": "A = [b for a in ((1,),) for b in a]\nb = a = 1\n",
    "a name that may be missing": "try:\n    unicode\nexcept NameError:\n    unicode = str\nA = unicode\n",
    "an import that may fail": "try:\n    import none_such as B\nexcept ImportError:\n    B = None\nA = B\n",
    "what `with` may catch": "import contextlib\nwith contextlib.suppress(NameError):\n    print(B)\nB = 1\n",
    "a walrus": "A = [C := 1, C]\nprint((D := 2) + D)\n",
    "a walrus in a comprehension": "A = [E := a for a in (1, 2)]\nF = E\nE = 3\n",
    "a pattern": "match [1, {2: 3}]:\n    case [a, {**b}]:\n        C = a, b\na = b = 1\n",
    "a pattern that is not met": "match 1:\n    case 2 if B:\n        print(B)\nB = 1\n",
    "a name of the class": "class A:\n    b = 1\n    c = b\n    def f(self, d=c): ...\nb = c = 2\n",
    "a property": "class A:\n    @property\n    def b(self): ...\n    @b.setter\n    def b(self, c): ...\nb = 1\n",
    "a function that binds": "def f():\n    global B\n    B = 1\nf()\nA = B\nB = 2\n",
    "a function that may bind anything": "def f():\n    globals()['B'] = 1\nf()\nA = B\nB = 2\n",
    "code that may bind anything": "exec('B = 1')\nA = B\nB = 2\n",
    "names from elsewhere": "from os.path import *\nA = join('a', 'b')\njoin = None\n",
    "a value in the annotation's place": "A: A = int\n",
    "a script": "if __name__ == '__main__':\n    print(B)\nB = 1\n",
    "what never runs": "def f():\n    return 1\nraise SystemExit if keep else ValueError\nA = B\nB = 1\n",
    "types only": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from nowhere import B\ndef f(a: 'B'): ...\n",
}  # fmt: skip


def _error(source: str) -> NameError | None:
    """What Python says when it runs a module."""
    names = {"__name__": "flow", "__file__": "flow.py", "__builtins__": builtins}
    try:
        exec(compile(source, "flow.py", "exec", dont_inherit=True), names)
    except NameError as error:
        return error
    except (SystemExit, ValueError):
        return None
    return None


@pytest.mark.parametrize("lines", FAILING.values(), ids=FAILING)
def test_what_python_fails_at_is_found_where_it_does(lines: str) -> None:
    found = assert_marked(HEAD + lines).found
    error = _error(HEAD + lines)
    assert error is not None
    assert error.__traceback__ is not None
    frame = error.__traceback__.tb_next
    assert frame is not None
    first = found[0]
    assert first.message.startswith(f"`{error.name}` is not defined yet where ")
    while frame.tb_next is not None:  # comprehensions have frames of their own, up to Python 3.11
        frame = frame.tb_next
    assert first.span is not None
    assert (first.span.line, len(first.related)) == (frame.tb_lineno, 1)


@pytest.mark.parametrize("lines", WORKING.values(), ids=WORKING)
def test_what_runs_has_no_finding(lines: str) -> None:
    assert _error(HEAD + lines) is None
    assert "DW209" not in front(HEAD + lines).codes


def test_annotations_that_python_does_not_evaluate_may_name_anything() -> None:
    clean(f"from __future__ import annotations\n{HEAD}class A:\n    b: B\ndef f(a: B) -> A: ...\nB = int\n")
    assert_marked(f"from __future__ import annotations\n{HEAD}def f(a: B = B) -> B: ...  # E: DW209\nB = 1\n")
    clean(f"{HEAD}type A = B | list[A]\ntype B = int\nclass C[T]:\n    a: T\ndef f[U](a: U, b: list[U]) -> U: ...\nT = U = 1\n")
    inner = "class E:\n        a: T\n        def f[R](self, b: list[R], c: T) -> R: ..."
    clean(f"{HEAD}class D[T]:\n    b: T\n    c: list[T] = []\n    def f[U](self, x: U) -> T: ...\n    {inner}\nR = T = U = 1\n")
    assert_marked(f"{HEAD}class D[T]:\n    def f[U](self, x: B) -> T: ...  # E: DW209\nB = T = U = 1\n")


def test_what_a_class_makes_of_its_names_is_its_own_affair() -> None:
    """Grammars in classes: the namespace of their bodies gives a meaning to names that hold nothing."""
    clean(f"{HEAD}from sly import Lexer\nclass Words(Lexer):\n    tokens = {{WORD}}\n    WORD = 'x'\n")
    clean(f"{HEAD}from magic import Meta\nclass Words(metaclass=Meta):\n    tokens = {{WORD}}\nWORD = 'x'\n")


@pytest.mark.parametrize(
    "imports", ["from .core import one\n", "from pk.core import one\n", "import pk.core\n", "import pk.other\n"], ids=str.strip
)
def test_importing_a_module_of_a_package_binds_its_name(imports: str) -> None:
    sources = {
        "pk/__init__.py": f"{imports}A = core.one\nfrom . import core\n",
        "pk/core.py": f"{HEAD}@task\ndef one(a: int) -> int:\n    return a\n",
        "pk/other.py": "from . import core\n",
    }
    clean(sources)
    late = {**sources, "pk/__init__.py": f"A = core\n{imports}from . import core\n"}
    assert front(late).codes == ["DW209"]


def test_modules_that_travel_along_are_looked_at() -> None:
    found = front(
        {
            "flow.py": f"{HEAD}from limits import LIMIT\n@task\ndef one(a: int = LIMIT) -> int:\n    return a\n",
            "limits.py": "LIMIT = MOST\nMOST = 3\n",
        },
        ["flow.py"],
    ).only
    assert found.span is not None
    assert (found.code.id, found.span.path, found.span.line) == ("DW209", "limits.py", 1)


def test_names_are_compared_as_python_reads_them() -> None:
    assert_marked(f"{HEAD}def f(a=größe, b=ﬁn): ...  # E: DW209 DW209\ngröße = fin = 1\n")
    clean(f"{HEAD}größe = ﬁn = 1\ndef f(a=größe, b=fin): ...\n")
    assert_marked(f"{HEAD}def f(a=limit_2): ...  # E: DW209\nlimit_1 = limit_2 = 1\n")
    clean(f"{HEAD}limit_2 = 1\ndef f(a=limit_2): ...\nlimit_1 = 1\n")


@pytest.mark.parametrize(
    ("lines", "message", "help_"),
    [
        ("@task(retries=B)\ndef f(a: int) -> int: ...\nB = 1\n", "`retries` names it", "move `B` above this function"),
        ("def f(a=B): ...\nB = 1\n", "the default of `a` names it", "move `B` above this function"),
        ("@dec\nclass A: ...\nfrom m import dec\n", "the decorator names it", "move the import of `dec` above this class"),
        ("A = f()\ndef f(): ...\n", "this line names it", "move `f` above this line"),
        ("A = A\n", "this line names it", "give `A` a value above this line"),
        ("class A:\n    b = A\n", "this line names it", "`A` exists only below its own definition: name something else, or do this there"),
        ("def f(a: B): ...\nclass B: ...\n", "the annotation of `a` names it", 'put it in quotes: `"B"`, or move `B` above this function'),
        ("class A:\n    class B:\n        b = C\nC = 1\n", "this line names it", "move `C` above this class"),
        ("class A:\n    b = c\n    c = 1\n", "this line names it", "move `c` above this line"),
        ("class A:\n    def f(self) -> A: ...\n", "the annotation of the result names it", 'put it in quotes: `"A"`'),
        ("class A:\n    b: list[B]\nclass B: ...\n", "the annotation of `b` names it", 'put it in quotes: `"B"`, or move `B` above this class'),
    ],
)  # fmt: skip
def test_the_message_tells_what_reads_the_name_and_the_help_where_to_put_it(lines: str, message: str, help_: str) -> None:
    found = next(each for each in front(HEAD + lines).found if each.code.id == "DW209")
    assert found.message.endswith(f" is not defined yet where {message}")
    assert found.help == help_
    assert len(found.related) == 1


def test_what_is_nested_too_deeply_to_be_followed_is_left_alone() -> None:
    tree = ast.parse("A = B\nB = 1\n")
    assert [early.use.id for early in early_names(tree.body)] == ["B"]
    for _ in range(10_000):
        tree.body[:1] = [
            ast.copy_location(ast.Expr(ast.copy_location(ast.Await(_value(tree.body[0])), tree.body[0])), tree.body[0])
        ]
    assert early_names(tree.body) == ()


def _value(node: ast.stmt) -> ast.expr:
    assert isinstance(node, ast.Assign | ast.Expr)
    return node.value
