from __future__ import annotations

import gc

import pytest
from frontend_sources import front

from dagwright_compiler.frontend.reading import decode, garbage_collector_off, read

TASK = "from dagwright import task\n@task\ndef t(s: str = 'é') -> str:\n    return s\n"


@pytest.mark.parametrize(
    "data",
    [
        TASK.encode(),
        b"\xef\xbb\xbf" + TASK.encode(),
        b"# -*- coding: latin-1 -*-\n" + TASK.encode("latin-1"),
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\n" + TASK.encode("cp1252"),
        TASK.replace("\n", "\r\n").encode(),
        TASK.replace("\n", "\r").encode(),
        TASK.replace("@task", "\x0c\n@task").encode(),
        TASK.rstrip().encode(),
    ],
    ids=["utf-8", "bom", "cookie", "cookie in the second line", "crlf", "cr", "form feed", "no final newline"],
)
def test_reads_what_python_reads(data: bytes) -> None:
    result = front(data)
    assert result.codes == []
    assert result.task("flow.t").inputs[0].default == "é"


def test_a_cookie_below_code_is_no_cookie() -> None:
    assert decode("x = 1\n# coding: latin-1\ny = 'é'\n".encode()) == "x = 1\n# coding: latin-1\ny = 'é'\n"


@pytest.mark.parametrize(
    ("data", "code", "message", "place"),
    [
        (b"x = 1\ny = '\xff'\n", "DW102", "byte 0xff is not valid utf-8", (2, 5)),
        (b"\xef\xbb\xbfx = '\xff'\n", "DW102", "byte 0xff is not valid utf-8", (1, 8)),
        (b"# coding: klingon\n", "DW102", "the file cannot be decoded: unknown encoding: klingon", (1, 0)),
        (b"# coding: rot13\n", "DW102", None, (1, 0)),
        (b"x = 1\ny = 2\0\n", "DW101", "the file contains a null byte", (2, 5)),
        (b"def f(:\n", "DW101", "invalid syntax", (1, 6)),
        (b"  x = 1\n", "DW101", "unexpected indent", (1, 1)),
        ("s = 'é' +\n".encode(), "DW101", "invalid syntax", (1, 10)),
        (b"x = " + b"(" * 300 + b")" * 300, "DW101", "too many nested parentheses", (1, 204)),
        (b"if " + b"+".join([b"1"] * 20_000) + b": ...", "DW103", "the code is nested too deeply to be read", (1, 0)),
        (b"x = " + b"-" * 100_000 + b"1", None, None, None),
    ],
)
def test_a_broken_file_is_one_finding(data: bytes, code: str | None, message: str | None, place: tuple[int, int] | None) -> None:
    found = front(data).only
    assert code is None or found.code.id == code
    assert message is None or found.message == message
    assert found.span is not None
    assert place is None or (found.span.line, found.span.column) == place


def test_a_broken_file_hides_nothing_of_others() -> None:
    result = front({"broken.py": "def (", "flow.py": TASK + "@task\ndef u(x): ...\n"})
    assert [(found.span.path, found.code.id) for found in result.found if found.span] == [
        ("broken.py", "DW101"),
        ("flow.py", "DW301"),
    ]
    assert result.elaborated.tasks == ("flow.t", "flow.u")


def test_warnings_of_the_parser_stay_inside() -> None:
    assert front("x = '\\d'\ny = 1 is 1\n").codes == []


@pytest.mark.parametrize("was_on", [True, False])
def test_the_garbage_collector_comes_back_as_it_was(was_on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with garbage_collector_off():
            assert not gc.isenabled()
        assert gc.isenabled() is was_on
        read("flow.py", "flow", b"def (")
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()
