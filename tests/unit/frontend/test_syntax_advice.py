from __future__ import annotations

import pytest
from frontend_sources import front


@pytest.mark.parametrize(
    ("source", "message", "help_text"),
    [
        ('print "hello"\n', "missing parentheses in call to `print`", "did you mean `print(...)`?"),
        ("if x = 3:\n    pass\n", "invalid syntax", "did you mean `==` or `:=` instead of `=`?"),
        ('d = {"a": 1 "b": 2}\n', "invalid syntax", "is a comma missing?"),
        ("x = \u201ca\u201d\n", "`\u201c` is not a quotation mark in Python", 'write `"`, as editors for code do'),
        ("x = 1 \u2013 2\n", "`\u2013` is not a minus sign in Python", "write `-`"),
        ("x\u00a0= 1\n", "an invisible character (U+00A0) stands here", "write a plain space, or nothing"),
        (
            "x = 0\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
            "a merge conflict stands in the file",
            "keep one of the two sides, and remove the lines of `<<<<<<<`, `=======` and `>>>>>>>`",
        ),
        ("x = (1\n", "`(` was never closed", ""),
    ],
)
def test_what_is_no_python_is_told_with_what_to_write(source: str, message: str, help_text: str) -> None:
    found = front(source).only
    assert (found.code.id, found.message, found.help) == ("DW101", message, help_text)
