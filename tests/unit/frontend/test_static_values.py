from __future__ import annotations

import time

import pytest
from frontend_sources import clean, front

HEAD = """\
import os, random, time, uuid, math
from datetime import datetime, timedelta, timezone
from enum import Enum, auto
from typing import Any
from dagwright import task, workflow
from config import LIMIT, names
import config
class Color(Enum):
    RED = "red"
    CRIMSON = "red"
    BLUE = auto()
BASE = 4
NAME = f"model-{BASE:03d}"
TABLE = {"a": [1, 2, 3], **{"b": [4]}}
SORTED = sorted(v for values in TABLE.values() for v in values)
TRUTHS = [any(i > 2 for i in TABLE["a"]), all(i > 2 for i in TABLE["a"])]
@task
def t(x: Any) -> None: ...
"""
CONFIG = "LIMIT = 10 * 2\nnames = ['a', 'b']\nDEEP = {'k': LIMIT}\n"


def _value(expression: str) -> object:
    source = f"{HEAD}@workflow\ndef main() -> None:\n    t(x={expression})\n"
    result = clean({"flow.py": source, "config.py": CONFIG}, ["flow.py"])
    ((_, binding),) = result.workflow().nodes[0].bindings
    return binding.value  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("-3", -3),
        ("BASE * 2 + LIMIT", 28),
        ("config.LIMIT // 3", 6),
        ("NAME", "model-004"),
        ("f'{NAME!r:>12}|{1.5:.2f}'", " 'model-004'|1.50"),
        ("TABLE['a'][-1]", 3),
        ("TABLE['a'][1:]", [2, 3]),
        ("[*names, 'c']", ["a", "b", "c"]),
        ("[i * i for i in range(5) if i % 2]", [1, 9]),
        ("{k: len(v) for k, v in TABLE.items()}", {"$d": [["a", 3], ["b", 1]]}),
        ("SORTED", [1, 2, 3, 4]),
        ("tuple(f'chr{i}' for i in range(2))[1]", "chr1"),
        ("'-'.join(name.upper() for name in names)", "A-B"),
        ("dict((k, len(v)) for k, v in TABLE.items())['a']", 3),
        ("sum(i for i in range(4)) + max(i for i in [5, 1])", 11),
        ("TRUTHS", [True, False]),
        ("sorted({i % 2 for i in range(9)})", [0, 1]),
        ("round(math.pi + math.e + math.tau, 9)", 12.143059789),
        ("math.inf", {"$u": "float", "v": "inf"}),
        ("max(1, 2) if BASE > 3 else None", 2),
        ("1 < BASE < 5 and not False", True),
        ("'-'.join(names).upper()", "A-B"),
        ("config.DEEP['k']", 20),
        ("(1, 'a')", {"$u": "tuple[unknown, unknown]", "v": [1, "a"]}),
        ("Color.RED.value", "red"),
        ("Color.BLUE.name", "BLUE"),
        ("timedelta(minutes=1.5).total_seconds()", 90.0),
        ("timedelta(days=1, seconds=30.5)", {"$u": "timedelta", "v": "P1DT30.5S"}),
        ("datetime(2024, 1, 31, 10, tzinfo=timezone.utc)", {"$u": "datetime", "v": "2024-01-31T10:00:00+00:00"}),
        ("float('inf')", {"$u": "float", "v": "inf"}),
        ("b'ab'", {"$u": "bytes", "v": "YWI="}),
        ("+".join(["1"] * 600), 600),
        ("'é\\U0001f525\\n{{x}}'", "é\U0001f525\n{{x}}"),
    ],
)
def test_computes_what_is_known(expression: str, value: object) -> None:
    assert _value(expression) == value


def test_what_is_written_out_may_be_long() -> None:
    text = "\u00e9" * 1_500_000
    assert _value(repr(text)) == text


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        (
            "os.environ['HOME']",
            "DW410",
            "`os.environ` depends on the environment, and the same source must always compile to the same program",
        ),
        (
            "os.getenv('HOME')",
            "DW410",
            "`os.getenv` depends on the environment, and the same source must always compile to the same program",
        ),
        (
            "datetime.now()",
            "DW410",
            "`datetime.now` depends on the clock, and the same source must always compile to the same program",
        ),
        ("time.time()", "DW410", "`time.time` depends on the clock, and the same source must always compile to the same program"),
        (
            "random.random()",
            "DW410",
            "`random.random` depends on randomness, and the same source must always compile to the same program",
        ),
        (
            "uuid.uuid4().hex",
            "DW410",
            "`uuid.uuid4` depends on randomness, and the same source must always compile to the same program",
        ),
        ("open('x').read()", "DW410", "`open` depends on a file, and the same source must always compile to the same program"),
        ("[x for x in {1, 2}]", "DW410", None),
        ("(i for i in range(3))", "DW305", None),
        ("len(i for i in range(3))", "DW410", None),
        ("math.sqrt(2)", "DW410", "`math.sqrt` is code that compiling never runs"),
        ("list({1, 2})", "DW410", None),
        ("{[1]}", "DW410", "a value of type `list` cannot be hashed"),
        ("'%d' % 3", "DW410", "`%` formatting is not computed while compiling; use an f-string"),
        ("1 / 0", "DW410", "`/` fails: division by zero"),
        ("TABLE['zz']", "DW312", "the dict has no key 'zz'"),
        ("sum([0.1] * 10)", "DW410", "the sum of floats differs between versions of Python in its last digits"),
        ("Color.RED + [1]", "DW410", "`+` fails: unsupported operand type(s) for +: 'Enum' and 'list'"),
        ("Color.GREEN", "DW312", "`Color` has no member `GREEN`"),
        ("t", "DW407", None),
        ("1j", "DW410", "`1j` is not a value that can travel to a task"),
        ("(-8) ** 0.5", "DW410", "`**` gives a complex number, which cannot travel to a task"),
        ("'\\ud800'", "DW410", "the text holds a lone surrogate, which no UTF-8 file can carry"),
        ("config", "DW410", "`config` is a module, not a value"),
    ],
)
def test_says_why_a_value_is_not_known(expression: str, code: str, message: str | None) -> None:
    source = f"{HEAD}@workflow\ndef main() -> None:\n    t(x={expression})\n"
    found = front({"flow.py": source, "config.py": CONFIG}, ["flow.py"]).only
    assert found.code.id == code
    assert message is None or found.message == message


@pytest.mark.parametrize(
    "expression",
    [
        "10 ** 10 ** 10",
        "1 << 10 ** 9",
        "'a' * 10 ** 9",
        "[0] * 10 ** 9",
        "list(range(10 ** 12))",
        "f'{1:1000000000}'",
        "[[[i for i in range(1000)] for j in range(1000)] for k in range(1000)]",
        "9 ** 9999",
        "(" * 90 + "1" + " and 1)" * 90 + " and " + "-" * 160 + "1",
        "[[0] * 100000] * 100000",
        "'ab'.replace('', 'x' * 400000)",
        "'x'.join(['y'] * 100000) * 100",
    ],
)
def test_work_and_size_are_bounded(expression: str) -> None:
    source = f"{HEAD}@workflow\ndef main() -> None:\n    t(x={expression})\n"
    started = time.process_time()
    found = front({"flow.py": source, "config.py": CONFIG}, ["flow.py"]).only
    assert found.code.id in ("DW411", "DW305", "DW103")
    assert time.process_time() - started < 3


def test_a_constant_defined_by_itself_is_a_finding() -> None:
    source = "from dagwright import task\nA = [B]\nB = [A]\n@task\ndef t(x: int = 1) -> None: ...\n"
    assert front(source).codes == ["DW209"]
    used = front(source + "from dagwright import workflow\n@workflow\ndef main() -> None:\n    t(x=A)\n")
    assert "it is defined by itself" in used.found[-1].message


def test_a_default_that_only_the_task_can_compute_is_left_to_it() -> None:
    result = clean(
        "import time\nfrom dagwright import task, workflow\n@task\ndef t(x: float = time.time()) -> None: ...\n@workflow\ndef main() -> None:\n    t()\n"
    )
    (field,) = result.task("flow.t").inputs
    assert (field.deferred, field.has_default) == (True, False)
    assert result.workflow().nodes[0].bindings == ()


def test_a_default_that_names_nothing_is_found() -> None:
    """It is computed when the file is imported, which every container does."""
    found = front("from dagwright import task\nLIMITS = [3]\n@task\ndef t(x: int = LIMIT[0]) -> None: ...\n").only
    assert (found.code.id, found.span.line if found.span else 0) == ("DW201", 4)
    assert found.help == "did you mean `LIMITS`?"
    through = front("from dagwright import task\nA = NOWHERE + 1\n@task\ndef t(x: int = A) -> None: ...\n").only
    assert (through.code.id, through.span.line if through.span else 0) == ("DW201", 2)
    clean("from dagwright import task\n@task\ndef t(x: int = 1 or NOWHERE) -> None: ...\n")


def test_a_workflow_input_needs_a_known_default() -> None:
    found = front("import time\nfrom dagwright import workflow\n@workflow\ndef main(x: float = time.time()) -> None: ...\n").only
    assert (found.code.id, found.span.line if found.span else 0) == ("DW410", 4)
