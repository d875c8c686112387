"""Fixes change what they are about and nothing else: layout, comments, line ends and encodings stay."""

from __future__ import annotations

import ast

import pytest
from fixing_texts import fixed_bytes, fixed_text

FLOAT = "@task(timeout=1.5)\ndef f(x: int) -> int:\n    return x\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("from dagwright import task\n", "from datetime import timedelta\n\nfrom dagwright import task\n"),
        (
            "from datetime import date\nfrom dagwright import task\n",
            "from datetime import date, timedelta\nfrom dagwright import task\n",
        ),
        (
            "from datetime import (\n    date,\n    tzinfo,\n)\nfrom dagwright import task\n",
            "from datetime import (\n    date,\n    timedelta,\n    tzinfo,\n)\nfrom dagwright import task\n",
        ),
        (
            "from datetime import (  # dates\n    date,  # one\n)\nfrom dagwright import task\n",
            "from datetime import (  # dates\n    date,  # one\n    timedelta,\n)\nfrom dagwright import task\n",
        ),
        ("from datetime import timedelta as td\nfrom dagwright import task\n", None),
        ("import datetime\nfrom dagwright import task\n", None),
        (
            "import os\nimport sys\n\nfrom dagwright import task\n",
            "import os\nimport sys\nfrom datetime import timedelta\n\nfrom dagwright import task\n",
        ),
        (
            "from typing import List\nfrom dagwright import task\n",
            "from datetime import timedelta\nfrom typing import List\nfrom dagwright import task\n",
        ),
        (
            '"""Doc."""\n\nfrom __future__ import annotations\n\nfrom dagwright import task\n',
            '"""Doc."""\n\nfrom __future__ import annotations\n\nfrom datetime import timedelta\n\nfrom dagwright import task\n',
        ),
        (
            "#!/usr/bin/env python\n# a comment\nfrom dagwright import task\n",
            "#!/usr/bin/env python\n# a comment\nfrom datetime import timedelta\n\nfrom dagwright import task\n",
        ),
    ],
)
def test_an_import_goes_where_sorting_puts_it(head: str, expected: str | None) -> None:
    after = fixed_text(head + FLOAT)
    name = "td" if " as td" in head else "datetime.timedelta" if "import datetime\n" in head else "timedelta"
    assert after == (expected or head) + FLOAT.replace("1.5", f"{name}(seconds=1.5)")


def test_a_name_that_is_taken_is_not_imported_over() -> None:
    text = "from dagwright import task\n\ntimedelta = 3\n\n" + FLOAT
    assert fixed_text(text, unsafe=True) == text


def test_missing_names_are_imported_from_where_the_others_come() -> None:
    text = "from flytekit import task\n\n\n@task(requests=Resources(cpu='1'))\ndef f(x: Optional[int]) -> int:\n    return 1\n"
    assert fixed_text(text) == text.replace(
        "from flytekit import task\n", "from typing import Optional\n\nfrom flytekit import Resources, task\n"
    )
    assert "from dagwright import Resources, task\n" in fixed_text(text.replace("flytekit", "dagwright"))


def test_a_name_of_typing_is_spelled_and_imported_in_two_passes() -> None:
    text = "from dagwright import task\n\n\n@task\ndef f(x: optional[int]) -> int:\n    return 1\n"
    assert fixed_text(text) == text.replace("optional", "Optional").replace(
        "from dagwright", "from typing import Optional\n\nfrom dagwright", 1
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("@task(\n    cache=True,\n)", '@task(\n    cache=True,\n    cache_version="1",\n)'),
        ("@task(\n    cache=True\n)", '@task(\n    cache=True,\n    cache_version="1"\n)'),
        (
            "@task(\n    cache=True,  # expensive\n    retries=2,\n)",
            '@task(\n    cache=True,  # expensive\n    cache_version="1",  # expensive\n    retries=2,\n)',
        ),
        ("@task( cache = True )", '@task( cache = True, cache_version="1" )'),
        ("@task(retries=2,cache=True)", '@task(retries=2,cache=True,cache_version="1")'),
    ],
)
def test_an_added_argument_is_laid_out_as_its_neighbours(call: str, expected: str) -> None:
    tail = "\ndef f(x: int) -> int:\n    return x\n"
    head = "from dagwright import task\n\n\n"
    assert (
        fixed_text(head + call + tail, unsafe=True)
        == head + expected.replace('cache_version="1",  # expensive', 'cache_version="1",') + tail
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("@task(timeout=T, retries=2)", "@task(retries=2)"),
        ("@task(retries=2, timeout=T)", "@task(retries=2)"),
        ("@task(\n    retries=2,\n    timeout=T,\n)", "@task(\n    retries=2,\n)"),
        ("@task(\n    retries=2,  # twice\n    timeout=T,\n)", "@task(\n    retries=2,  # twice\n)"),
        ("@task(\n    timeout=T,\n    retries=2\n)", "@task(\n    retries=2\n)"),
        ("@task(timeout=T)", "@task()"),
    ],
)
def test_a_removed_argument_takes_its_comma_along(call: str, expected: str) -> None:
    head = "from datetime import timedelta\n\nfrom dagwright import task\n\n\n"
    tail = "\ndef f(x: int) -> int:\n    return x\n"
    after = fixed_text(head + call.replace("T", "timedelta(0)") + tail, unsafe=True)
    assert after == head + expected + tail


SOURCE = "from dagwright import task\r\n\r\n\f\r\n@task(timeout=1.5,\tretrys=2)  # ä\r\ndef f(x: int) -> int:\r\n\treturn x  \r\n"
FIXED = "from datetime import timedelta\r\n\r\n" + SOURCE.replace("1.5", "timedelta(seconds=1.5)").replace("retrys", "retries")


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "cookie", "encoding"),
    [
        (b"", "", "utf-8"),
        (b"\xef\xbb\xbf", "", "utf-8"),
        (b"", "# -*- coding: latin-1 -*-\r\n", "latin-1"),
        (b"", "# coding: cp1252\r\n", "cp1252"),
    ],
)
def test_line_ends_encodings_and_form_feeds_stay(newline: str, mark: bytes, cookie: str, encoding: str) -> None:
    before, after = ((cookie + text).replace("\r\n", newline).encode(encoding) for text in (SOURCE, FIXED))
    assert fixed_bytes(mark + before) == mark + after


def test_a_file_without_a_last_line_end_stays_so() -> None:
    text = "from dagwright import task\n\n\n@task(retrys=2)\ndef f(x: int) -> int: return x"
    assert fixed_text(text) == text.replace("retrys", "retries")


def test_newer_grammar_is_fixed_too() -> None:
    text = "from dagwright import task\n\ntype Number = int\n\n\n@task(retrys=2)\ndef f(x: Number) -> int:\n    return x\n"
    assert fixed_text(text) == text.replace("retrys", "retries")


def test_wide_characters_before_a_fix_do_not_move_it() -> None:
    text = 'from dagwright import task\n\n\n@task(environment={"é日本": "ü"}, retrys=2)\ndef f(x: int) -> int:\n    return x\n'
    assert fixed_text(text) == text.replace("retrys", "retries")


def test_fixes_in_each_others_way_take_turns() -> None:
    text = "from dagwright import task\n\n\n@task(cache=True, timeout=-1.5, retrys=11)\ndef f(x: int) -> Optional[int]:\n    return x\n"
    after = fixed_text(text, unsafe=True)
    ast.parse(after)
    assert fixed_text(after, unsafe=True) == after
    assert "retries=10" in after
    assert 'cache=True, cache_version="1"' in after


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("@task(\n    cache=True,  # slow\n)", '@task(\n    cache=True,  # slow\n    cache_version="1",\n)'),
        ("@task(\n    cache=True  # slow\n)", '@task(\n    cache=True,  # slow\n    cache_version="1"\n)'),
        ("@task(cache=True,  # slow\n      )", '@task(cache=True,  # slow\n      cache_version="1",\n      )'),
    ],
)
def test_comments_stay_beside_what_they_are_about(call: str, expected: str) -> None:
    tail = "\ndef f(x: int) -> int:\n    return x\n"
    head = "from dagwright import task\n\n\n"
    assert fixed_text(head + call + tail, unsafe=True) == head + expected + tail


def test_an_insertion_within_a_word_that_is_renamed_waits() -> None:
    text = "from dagwright import task\n\n\n@task(cache=True, cache_seiralize=True)\ndef f(x: int) -> int:\n    return x\n"
    expected = text.replace("cache=True, cache_seiralize", 'cache=True, cache_version="1", cache_serialize')
    assert fixed_text(text, unsafe=True) == expected
