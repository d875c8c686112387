"""What to write instead of what Python parses, but does not compile: the interpreter's sentence in clear words, and a help."""

from __future__ import annotations
import __future__

import re

from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.syntax_advice import quoted

_RULES: tuple[tuple[str, str, str], ...] = (
    ("'return' outside function", "`return` stands outside a function", "remove it, or move it into a function"),
    ("'yield.*' outside function", "`yield` stands outside a function", "remove it, or move it into a function"),
    ("'yield' inside (.+)", "`yield` stands inside a {0}", "write a loop"),
    ("'await' outside function", "`await` stands outside a function", "write `asyncio.run(...)`"),
    ("'await' outside async.*", "`await` stands in a function that is not async", "write `async def`, or `asyncio.run(...)`"),
    ("'(async \\w+)' outside async.*", "`{0}` stands in a function that is not async", "write `async def`"),
    (
        "asynchronous comprehension outside.*",
        "`async for` stands in a function that is not async",
        "write `async def`, or a plain `for`",
    ),
    (
        "'return' with value in async.*",
        "a function that is async and yields returns a value",
        "yield it, or write `return` alone",
    ),
    (
        "'(break|continue)' (?:outside loop|not properly in loop)",
        "`{0}` stands outside a loop",
        "remove it, or move it into a loop",
    ),
    (
        "'break', 'continue' and 'return' cannot appear.*",
        "`break`, `continue` and `return` cannot leave an `except*` block",
        "set a variable there, and read it below the block",
    ),
    (
        "default 'except:' must be last",
        "`except:` takes every error, so that no other `except` can follow it",
        "move it to the end",
    ),
    ("duplicate (?:argument|parameter) '(.+)' in.*", "two parameters have the name `{0}`", "rename one of them"),
    ("keyword argument repeated: (.+)", "`{0}` is passed twice", "remove one of the two"),
    (
        "name '(.+)' is parameter and (global|nonlocal)",
        "`{0}` is a parameter, so it cannot be {1} too",
        "rename the parameter, or remove the line",
    ),
    (
        "name '(.+)' is (?:used prior to|assigned to before) (global|nonlocal) declaration",
        "`{0}` is used above the line that declares it {1}",
        "move the line to the beginning of the function",
    ),
    (
        "annotated name '(.+)' can't be (global|nonlocal)",
        "`{0}` is {1}, so it takes no annotation here",
        "annotate it where it is defined",
    ),
    ("name '(.+)' is nonlocal and global", "`{0}` is declared both nonlocal and global", "remove one of the two lines"),
    (
        "no binding for nonlocal '(.+)' found",
        "`nonlocal {0}` names no variable of a function around this one",
        "write `global {0}` for a variable of the module",
    ),
    ("nonlocal declaration not allowed.*", "`nonlocal` stands outside a function", "remove it"),
    ("import \\* only allowed.*", "`import *` stands inside a function or class", "import by name, or at module level"),
    (
        "from __future__ imports must occur.*",
        "`from __future__ import` has to be the first statement of a file",
        "move it up: only comments and the docstring may stand above it",
    ),
    ("future feature (.+) is not defined", "`__future__` has no `{0}`", ""),
    ("not a chance", "`__future__` has no `braces`", "remove it"),
    (
        "starred assignment target must be in.*",
        "a name with `*` on the left has to stand in a list of names",
        "put a comma behind it, or write `list(...)` on the right",
    ),
    (
        "multiple starred expressions in (.+)",
        "two names with `*` cannot share the values of one {0}",
        "keep the `*` of one of them",
    ),
    ("can't use starred expression here", "`*` cannot unpack a value here", "put it in brackets: `[*...]`"),
    ("cannot (assign to|delete) __debug__", "`__debug__` belongs to Python: nobody can {0} it", "give it another name"),
    (
        "wildcard makes remaining.*",
        "`case _` takes every value, so that no other `case` can follow it",
        "move it to the end",
    ),
    (
        "name capture '(.+)' makes remaining.*",
        "`case {0}` takes every value and calls it `{0}`, so that no other `case` can follow it",
        "move it to the end; to compare with a constant, write its dotted name",
    ),
    ("alternative patterns bind.*", "the two sides of `|` in a pattern give different names", "use the same names on both sides"),
    ("multiple assignments to name '(.+)' in pattern", "a pattern gives two values the name `{0}`", "rename one of them"),
    ("attribute name repeated in.*: (.+)", "a pattern names `{0}` twice", "remove one of the two"),
)
"""What the interpreter says (Python 3.11 to 3.14), the message and the help; ``{0}`` is the first group."""


def late_advice(message: str) -> tuple[str, str]:
    """Message and help for an error of the interpreter's compiler."""
    for said, wording, help_ in _RULES:
        match = re.fullmatch(said, message)
        if match is not None:
            if said.startswith("future"):
                return wording.format(match[1]), did_you_mean(match[1], __future__.all_feature_names)
            return wording.format(*match.groups()), help_.format(*match.groups())
    return quoted(message[:1].lower() + message[1:]), ""
