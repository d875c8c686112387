"""Plain Python in bodies whose values are known while compiling: what it makes, and where findings about it stand."""

from __future__ import annotations

import time

import pytest
from frontend_sources import TASKS, assert_marked, body, clean, front

from dagwright_compiler.diagnostics.model import Collector
from dagwright_compiler.frontend.elaboration import elaborate
from dagwright_compiler.frontend.project import Project
from dagwright_compiler.ir.program import ListBinding, LiteralBinding, OutputBinding


def _literals(lines: str, extra: str = "") -> list[object]:
    """The constants that a body's calls of ``number`` take, in order."""
    workflow = clean(extra + body(lines) if not extra else {"flow.py": body(lines).replace("@workflow", f"{extra}\n\n@workflow")})
    return [
        binding.value for node in workflow.workflow().nodes for _, binding in node.bindings if isinstance(binding, LiteralBinding)
    ]


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ("for i in range(3):\n    if i == 1:\n        continue\n    number(x=i)\nelse:\n    number(x=9)", [0, 2, 9]),
        ("i = 0\nwhile True:\n    i += 2\n    if i > 5: break\n    number(x=i)\nelse:\n    number(x=9)", [2, 4]),
        ("xs = [3, 1, 2]\nxs.sort(key=lambda x: -x)\nfor x in xs:\n    number(x=x)", [3, 2, 1]),
        ("xs = [1]\nfor x in xs:\n    if len(xs) < 4: xs.append(x + 1)\n    number(x=x)", [1, 2, 3, 4]),
        ("d = {'a': 1}\nd['b'] = 2\ndel d['a']\nd.update(c=3)\nfor k, v in d.items():\n    number(x=v)", [2, 3]),
        ("a = b = []\na.append(1)\nb += [2]\nfor x in a:\n    number(x=x)", [1, 2]),
        ("*a, b = 1, 2, 3\nnumber(x=b)\nnumber(x=len(a))", [3, 2]),
        ("z = zip([1, 2], [3, 4])\nnumber(x=sum(a * b for a, b in z))\nnumber(x=len(list(z)))", [11, 0]),
        ("if (k := 3) > 2:\n    number(x=k)\nelif 1 / 0:\n    number(x=0)", [3]),
        ("match {'a': [1, 2]}:\n    case {'a': [x, *rest]} if rest:\n        number(x=x)\n    case _:\n        number(x=9)", [1]),
        (
            "x = 1\ndef bump(by=2):\n    nonlocal x\n    x += by\n    return x\nnumber(x=bump())\nnumber(x=bump(by=5) + x)",
            [3, 16],
        ),
        (
            "fs = [lambda: i for i in range(3)]\nnumber(x=fs[0]())\nfs = [lambda i=i: i for i in range(3)]\nnumber(x=fs[1]())",
            [2, 1],
        ),
        ("number(x=max(['aa', 'b'], key=len).count('a'))\nnumber(x=min(3, 2))\nnumber(x=min([], default=7))", [2, 2, 7]),
        ("number(x=1 if all([]) and not any(x > 2 for x in (1, 2)) else 2)", [1]),
        ("from math import pi\nimport math as m\nnumber(x=1 if pi > 3 and m.pi == pi else 2)", [1]),
        ("n = None\nnumber(x=1 if isinstance('a', str) and not isinstance(1, (str, list)) else 2)", [1]),
        ("seen = set()\nfor x in (1, 2, 1):\n    if x not in seen:\n        number(x=x)\n    seen.add(x)", [1, 2]),
        ("a = number(x=7)\nnumber(x=1 if a is None else 2)", [7, 2]),
        ("a, b = 1, 2\na, b = b, a\nnumber(x=a)\ndel a\na = 5\nnumber(x=a)", [2, 5]),
        (
            "import itertools\nfor a, b in itertools.product([1, 2], [3]):\n    number(x=a * b)\nnumber(x=len(list(itertools.chain('a', 'bc'))))",
            [3, 6, 3],
        ),
        (
            "from itertools import count, islice\nfor x, i in zip('ab', count(5)):\n    number(x=i)\nnumber(x=sum(islice(range(9), 3)))",
            [5, 6, 3],
        ),
        ("import os\nfrom math import ceil\nnumber(x=len(os.path.join('a', 'b.c')))\nnumber(x=ceil(7 / 2))", [5, 4]),
        (
            "number(x=len('{}-{b:03d}{0}'.format('x', b=7)) if False else int('{:d}'.format(4)))\nnumber(x='abca'.count('a'))",
            [4, 2],
        ),
        ("pass\nassert True, 'x'\nif False:\n    raise ValueError('never')\nnumber(x=1)", [1]),
    ],
)
def test_what_is_known_is_computed_as_python_does(lines: str, values: list[object]) -> None:
    assert _literals(lines) == values


def test_a_call_takes_a_list_as_it_is_then() -> None:
    workflow = clean(body("xs = [number(x=n)]\ntotal(xs=xs)\nxs.append(number(x=2))\nxs[0] = 5\ntotal(xs=xs)")).workflow()
    taken = [dict(node.bindings)["xs"] for node in workflow.nodes if node.id.startswith("total")]
    assert all(isinstance(each, ListBinding) for each in taken)
    first, second = (each.items for each in taken if isinstance(each, ListBinding))
    assert [type(item) for item in (*first, *second)] == [OutputBinding, LiteralBinding, OutputBinding]


def test_enums_give_their_members_in_order() -> None:
    enum = (
        "class Layer(Enum):\n    RAW = 'raw'\n    CLEAN = 'clean'\n    FIRST = 'raw'\n\n    @property\n    def short(self): ...\n"
    )
    lines = "for layer in Layer:\n    text(s=layer.value)\n[text(s=each.name) for each in list(Layer)]\ntext(s=Layer['CLEAN'].value, times=len(Layer))"
    workflow = clean(body(lines).replace("@workflow", f"{enum}\n\n@workflow")).workflow()
    taken = [dict(node.bindings) for node in workflow.nodes]
    assert [each["s"].value for each in taken if isinstance(each["s"], LiteralBinding)] == [
        "raw",
        "clean",
        "RAW",
        "CLEAN",
        "clean",
    ]
    assert_marked(
        body("Layer['NONE']  # E: DW312\nfor pair in Pair:  # E: DW410\n    pass").replace("@workflow", f"{enum}\n\n@workflow")
    )


HELPERS = """
import modules_of
from modules_of import load_twice as twice


def plain(x, /, y=2, *rest, k, **others):
    return x + y + len(rest) + k + len(others)


def shared(x, kept=[]):
    kept.append(x)  # E: DW406
    return kept
"""


def test_functions_take_arguments_as_python_binds_them() -> None:
    calls = "number(x=plain(1, k=3))\nnumber(x=plain(1, 1, 1, 1, k=1, z=1))\nnumber(x=plain(*[1], **{'k': 0}))"
    extra = HELPERS.replace("import modules_of\nfrom modules_of import load_twice as twice\n", "").partition("def shared")[0]
    assert _literals(calls, extra) == [6, 6, 3]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("plain(1)", "DW401"),
        ("plain(k=1)", "DW401"),
        ("plain(1, x=2, k=3)", ""),
        ("plain(1, 2, y=3, k=4)", "DW403"),
        ("one(1)", "DW404"),
        ("one(y=1)", "DW402"),
        ("(lambda a: a)(1, 2)", "DW404"),
    ],
)
def test_wrong_arguments_of_functions_stand_at_the_call(call: str, code: str) -> None:
    extra = HELPERS.replace("import modules_of\nfrom modules_of import load_twice as twice\n", "").partition("def shared")[0]
    source = body(f"number(x={call})").replace("@workflow", f"{extra}\n\ndef one():\n    return 1\n\n\n@workflow")
    found = front(source)
    assert found.codes == ([code] if code else [])


def test_a_function_of_another_module_calls_tasks_of_its_own() -> None:
    library = TASKS + "BASE = 10\n\n\ndef load_twice(x, times=2):\n    return [number(x=x + i + BASE) for i in range(times)]\n"
    flow = "from lib import load_twice\nfrom dagwright import workflow\n@workflow\ndef main() -> int:\n    a, b = load_twice(1)\n    return b\n"
    workflow = clean({"flow.py": flow, "lib.py": library}, ["flow.py"]).workflow()
    assert [dict(node.bindings)["x"] for node in workflow.nodes if isinstance(dict(node.bindings)["x"], LiteralBinding)]
    assert workflow.outputs[0].binding == OutputBinding(node="number-2", output="o0")
    wrong = library.replace("number(x=x + i + BASE)", "number(y=x)")
    found = front({"flow.py": flow, "lib.py": wrong}, ["flow.py"]).only
    assert (found.code.id, found.span.path if found.span else "") == ("DW402", "lib.py")
    assert [(label.span.path, label.text) for label in found.related][-1] == ("flow.py", "called from here")


@pytest.mark.parametrize(
    "lines",
    [
        "for i in range(5):\n    number(x=str(i))  # E: DW305",
        "for i in range(3):\n    for j in range(3):\n        text(s=number(x=i + j))  # E: DW304",
        "[text(s=number(x=i)) for i in range(4)]  # E: DW304",
        "i = 0\nwhile i < 3:\n    i += 1\n    mising(x=i)  # E: DW201",
        "def f(x):\n    return text(s=number(x=x))  # E: DW304\nf(1)\nf(2)\nlist(map(f, [3, 4]))",
        "for x in numbers(n=n):  # E: DW406\n    y = number(x=x)\nnumber(x=y)",
        "if n > 2:  # E: DW406\n    number(y=1)  # E: DW402\n    raise ValueError\nelse:\n    text(s=undefined)  # E: DW201\nnumber(x='a')  # E: DW305",
        "for x in numbers(n=n):  # E: DW406\n    for y in x:\n        z = [text(s=1, times=x)]  # E: DW305\n        break\nnumber(x=z)",
        "xs = [1]\nif n:  # E: DW406\n    xs.clear()\nelif len(xs) == 1:\n    a = xs[0]\n    assert a == 7\n    return None\nelse:\n    number(x=xs[0])\nxs[5]",
        "def f(x):\n    if x:  # E: DW406\n        return number(x=x)\n    return number(x=2)\nnumber(x=f(number(x=1)))\nf(n)",
        "xs = []\nif n > 2:  # E: DW406\n    xs.append(1)\na, b, c = xs",
        "[number(x=x) for x in numbers(n=n) if x]  # E: DW408",
        "d = {number(x=1): 2}  # E: DW408\nd[1]",
        "d = {}\nd[number(x=1)] = 2  # E: DW408",
        "len(number(x=1))  # E: DW408",
        "sorted([number(x=1), number(x=2)])  # E: DW408",
        "sum([number(x=1), 2])  # E: DW408",
        "number(x=1) in [1]  # E: DW408",
        "[number(x=1)].index(1)  # E: DW408",
        "[number(x=1)].remove(1)  # E: DW408",
        "any([number(x=1)])  # E: DW408",
        "isinstance(number(x=1), int)  # E: DW408",
        "[1, 2][5]  # E: DW312",
        "[].pop()  # E: DW410",
        "for x in {1, 2}:  # E: DW410\n    number(x=x)",
        "for x in 3:  # E: DW410\n    pass",
        "d = {'a': 1}\nfor k in d:  # E: DW410\n    d[k + 'x'] = 1",
        "a, *b = 3  # E: DW405",
        "a, *b = []  # E: DW405",
        "if n is None:\n    number(x=1)\nnumber(x=undefined)  # E: DW201",
        "if False:\n    a = 1\nnumber(x=a)  # E: DW209",
        "for i in []:\n    pass\nnumber(x=i)  # E: DW209",
        "del a  # E: DW209\na = 1",
        "raise ValueError(f'no {1}')  # E: DW406\nnumber(x='a')  # E: DW305",
        "assert 1 > 2, 'never'  # E: DW406",
        "from nowhere_here import x  # E: DW201\nx()" if False else "from . import nothing  # E: DW202\nnothing()",
        "number.submit(x=1)  # E: DW207",
        "(lambda: (yield))()  # E: DW407",
        "def again():\n    return again()  # E: DW103\nagain()",
        "x = 5\nx()  # E: DW207",
        "xs = [1]\nxs.missing()  # E: DW410",
        "Pair(1, 'a').count += 1  # E: DW406",
        "match number(x=1):  # E: DW406\n    case 1:\n        pass",
        "match 1:\n    case int():  # E: DW406\n        pass",
        "total(xs={1.0}.union({2.0}))  # E: DW305",
        "p = Pair(count=number(x=1), label='a')\np.count = 2  # E: DW406",
        "from functools import partial\nxs = [1.0]\nf = partial(total, xs=xs)\nxs.append(2.0)  # E: DW406\nf()",
    ],
)
def test_findings_stand_once_on_their_lines(lines: str) -> None:
    assert_marked(body(lines))


def test_constants_of_modules_and_defaults_stay_as_they_are() -> None:
    source = body("KEPT.append(1)  # E: DW406\nKEPT[0]['a'] = 2  # E: DW406\nkept = list(KEPT)\nkept.append(2)\nadd(1)")
    helper = "KEPT = [{'a': 1}]\n\n\ndef add(x, to=[]):\n    to.append(x)  # E: DW406\n    return to\n"
    assert_marked(source.replace("@workflow", f"{helper}\n\n@workflow"))


@pytest.mark.parametrize(
    "lines",
    [
        "while True:\n    pass",
        "xs = [1]\nfor x in xs:\n    xs.append(x)",
        "for i in range(100000):\n    for j in range(100000):\n        pass",
        "[[number(x=1) for _ in range(1000)] for _ in range(1000)]",
        "def f(x):\n    return [f(x), f(x)] if x else number(x=1)\nf(1)",
        "a = [1]\nfor _ in range(60):\n    a = [a, a]\na == a",
        "a = []\nfor _ in range(60):\n    b = []\n    b.append(a)\n    b.append(a)\n    a = b\nnumber(x=a)",
        "a = []\na.append(a)\ntotal(xs=a)",
        "a = [number(x=1)]\na.append(a)\ntotal(xs=a)",
        "s = 'a'\nfor _ in range(100):\n    s += s",
    ],
)
def test_endless_and_growing_bodies_end_soon(lines: str) -> None:
    started = time.process_time()
    found = front(body(lines))
    assert {each.code.id for each in found.found if each.is_error} <= {"DW411", "DW103", "DW305"}
    assert any(each.is_error for each in found.found)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "lines",
    [
        "x = 1\nwhile True:  # E: DW411 this loop\n    x = number(x=x)",
        "for i in range(9):\n    while True:  # E: DW411 this loop\n        pass",
        "for i in range(100000):  # E: DW411 this loop\n    for j in range(100000):\n        pass",
    ],
)
def test_a_loop_that_takes_too_long_is_marked_itself(lines: str) -> None:
    assert_marked(body(lines))


UNKNOWN = """
import os

REGION = os.environ["REGION"]
if os.environ.get("BIG"):
    SIZES = [1, 2]
else:
    SIZES = [1]
"""


def test_constants_that_the_user_gives_need_no_value_in_the_source() -> None:
    source = body("text(s=REGION)\nfor size in SIZES:\n    number(x=size)").replace("@workflow", f"{UNKNOWN}\n\n@workflow")
    collector = Collector()
    elaborated = elaborate(Project.from_sources({"flow.py": source}), collector, constants={"flow.REGION": "eu", "SIZES": [4, 5]})
    assert collector.sorted() == ()
    nodes = elaborated.library.workflows["flow.main"].nodes
    taken = [binding.value for node in nodes for _, binding in node.bindings if isinstance(binding, LiteralBinding)]
    assert taken == ["eu", 2, 4, 5]
    assert set(front(source).codes) == {"DW204", "DW410"}
