"""Random modules with the names of flytekit in places where nobody would write them: most parse, few mean anything."""

from __future__ import annotations

import ast
import random
import re
import warnings

NAMES = (
    *(
        "a",
        "b",
        "c",
        "x",
        "n",
        "xs",
        "flow",
        "other",
        "main",
        "f",
        "g",
        "h",
        "Point",
        "Kind",
        "Pair",
        "LIMIT",
        "missing",
        "self",
        "_",
        "é",
    ),
    *(
        "int",
        "str",
        "float",
        "bool",
        "list",
        "dict",
        "tuple",
        "len",
        "print",
        "range",
        "sum",
        "None",
        "True",
        "Ellipsis",
        "type",
        "object",
    ),
    *(
        "task",
        "workflow",
        "map_task",
        "Resources",
        "Cache",
        "dw",
        "fl",
        "partial",
        "timedelta",
        "datetime",
        "dataclass",
        "Enum",
        "NamedTuple",
    ),
    *(
        "List",
        "Dict",
        "Optional",
        "Union",
        "Annotated",
        "Any",
        "Tuple",
        "Literal",
        "TypedDict",
        "Generic",
        "T",
        "create_node",
        "Secret",
    ),
    *(
        "PodTemplate",
        "ImageSpec",
        "FlyteFile",
        "FlyteDirectory",
        "StructuredDataset",
        "dynamic",
        "conditional",
        "LaunchPlan",
        "os",
        "random",
    ),
    *(
        "current_context",
        "ContainerTask",
        "ShellTask",
        "HashMethod",
        "accelerators",
        "field",
        "auto",
        "np",
        "pd",
        "torch",
        "__name__",
    ),
)
ATTRIBUTES = (
    *(
        "a",
        "b",
        "x",
        "count",
        "name",
        "value",
        "task",
        "workflow",
        "map_task",
        "with_overrides",
        "append",
        "items",
        "get",
        "upper",
        "join",
    ),
    *(
        "o0",
        "runs_before",
        "with_packages",
        "environ",
        "now",
        "randint",
        "LOW",
        "HIGH",
        "width",
        "__class__",
        "partial",
        "Resources",
        "format",
    ),
)
KEYWORDS = (
    *(
        "x",
        "n",
        "a",
        "xs",
        "name",
        "value",
        "cache",
        "cache_version",
        "retries",
        "timeout",
        "requests",
        "limits",
        "container_image",
        "cpu",
        "mem",
    ),
    *(
        "gpu",
        "node_name",
        "concurrency",
        "min_success_ratio",
        "environment",
        "interruptible",
        "cache_ignore_input_vars",
        "version",
        "serialize",
    ),
    *(
        "secret_requests",
        "pod_template",
        "accelerator",
        "task_config",
        "enable_deck",
        "resources",
        "packages",
        "key",
        "group",
        "on_failure",
    ),
    *(
        "failure_policy",
        "fields",
        "default",
        "default_factory",
        "metadata",
        "ignored_inputs",
        "days",
        "minutes",
        "shared_memory",
        "labels",
    ),
)
NEAR = ("a", "b", "x", "n", "xs", "f", "g", "h", "Point", "Kind", "Pair", "LIMIT", "int", "other")
"""Names that a module probably binds."""
DEFINED = ("f", "g", "h", "main")
CONSTANTS = (
    *(
        "0",
        "1",
        "-1",
        "3",
        "10**30",
        "1.5",
        "1e400",
        "2j",
        "'s'",
        '"%s"',
        "b'x'",
        "''",
        "'list[int]'",
        "'X['",
        "'é\\ud800'",
        "...",
        "True",
        "None",
    ),
    *(
        "0x" + "f" * 300,
        "'" + "y" * 500 + "'",
        "'{{workflow.name}}'",
        "'100Mi'",
        "'2'",
        "'100MiB'",
        "'1'",
        "(1,)",
        "[]",
        "{}",
        "()",
        "r'\\d'",
    ),
)
EXPRESSIONS = (
    *(
        "$n",
        "$n",
        "$n",
        "$c",
        "$c",
        "$e.$a",
        "$e.$a",
        "$e($l)",
        "$n($l)",
        "$n($l)",
        "$n($l)($l)",
        "$e[$e]",
        "$e[$e:$e]",
        "$e[$e, $e]",
        "-$e",
        "not $e",
    ),
    *(
        "$e + $e",
        "$e * $e",
        "$e ** $e",
        "$e | $e",
        "$e % $e",
        "$e >> $e",
        "$e and $e",
        "$e == $e",
        "$e < $e < $e",
        "$e in $e",
        "$e is None",
        "$e // $e",
    ),
    *(
        "$e if $e else $e",
        "lambda $n: $e",
        "[$e, $e]",
        "($e, $e)",
        "($e,)",
        "{$e, $e}",
        "{$e: $e, $e: $e}",
        "{**$e}",
        "[*$e]",
        "[$e for $n in $e]",
    ),
    *(
        "[$e for $n in $e if $e]",
        "{$e: $e for $n in $e}",
        "{$e for $n in $e}",
        "($e for $n in $e)",
        "f'{$n}'",
        "f'a{$n!r:>{$n}}b'",
        "($n := $e)",
    ),
    *(
        "await $e",
        "(yield $e)",
        "(yield from $e)",
        "map_task($e)($k)",
        "map_task(partial($n, $k), concurrency=$e)($k)",
        "Resources($k)",
        "Cache($k)",
    ),
    *(
        "$n($l).with_overrides($k)",
        "timedelta($k)",
        "functools.partial($l)",
        "NamedTuple('N', $k)",
        "Point($k)",
        "Kind.LOW",
        "Pair($l)",
        "$e @ $e",
    ),
)
ANNOTATIONS = (
    *(
        "int",
        "str",
        "float",
        "list[$t]",
        "List[$t]",
        "dict[str, $t]",
        "Dict[$t, $t]",
        "Optional[$t]",
        "$t | None",
        "$t | $t",
        "Union[$t, $t]",
    ),
    *(
        "tuple[$t, $t]",
        "tuple[$t, ...]",
        "'$t'",
        "Annotated[$t, $e]",
        "Point",
        "Kind",
        "Pair",
        "Any",
        "Literal[$e]",
        "$n",
        "$n[$t]",
        "$e",
        "T",
    ),
    *(
        "FlyteFile",
        "FlyteFile['csv']",
        "pd.DataFrame",
        "np.ndarray",
        "set[$t]",
        "type[$t]",
        "Callable[[$t], $t]",
        "dw.$n",
        "($t, $t)",
        "None",
    ),
)
STATEMENTS = (
    *(
        "$n = $e",
        "$n = $e",
        "$n = $e",
        "$n, $n = $e",
        "$n = $n = $e",
        "$n: $t = $e",
        "$n += $e",
        "$e",
        "$e",
        "return $e",
        "return",
        "pass",
    ),
    *(
        "$e >> $e >> [$e, $e]",
        "$n.append($e)",
        "$n[$e] = $e",
        "$n.$a = $e",
        "[$n, *$n] = $e",
        "del $n",
        "global $n",
        "nonlocal $n",
        "assert $e",
    ),
    *(
        "raise $e",
        "import $n",
        "from $n import $n",
        "from . import $n",
        "from .$n import $n as $n",
        "from $n import *",
        "type X = $t",
    ),
    *(
        "if $e:$b",
        "if $e:$b\nelif $e:$b\nelse:$b",
        "for $n in $e:$b",
        "for $n, $n in $e:$b\nelse:$b",
        "while $e:$b",
        "with $e as $n:$b",
    ),
    *(
        "try:$b\nexcept $n:$b\nfinally:$b",
        "try:$b\nexcept* $n as $n:$b",
        "match $e:\n    case $n:$i\n    case {'k': $n, **$n}:$i",
        "def $n($p):$b",
    ),
    *(
        "@$e\ndef $n($p) -> $t:$b",
        "async def $n($p):$b",
        "class $n($l):$b",
        "@$n($l)\nclass $n:$b",
        "conditional('x').if_($e).then($e).else_().then($e)",
    ),
    *(
        "print($l)",
        "$n = create_node($l)",
        "$n.runs_before($n)",
        "$n, $n = $n($k), $n($k)",
        "lambda: (yield)",
        "break",
        "continue",
    ),
)
HEADERS = (
    *(
        "from dagwright import task, workflow, map_task, Resources",
        "from flytekit import *",
        "import flytekit as fl",
        "import dagwright as dw",
    ),
    *(
        "from typing import *",
        "from typing import NamedTuple, List, Dict, Optional, Any, TypeVar",
        "from enum import Enum, auto",
        "import os, random",
    ),
    *(
        "from dataclasses import dataclass, field",
        "from datetime import timedelta, datetime",
        "from functools import partial",
        "import functools",
    ),
    *(
        "from __future__ import annotations",
        "from other import *",
        "from other import $n",
        "from . import other",
        "import other",
        "from flow import $n",
    ),
    *(
        "import numpy as np",
        "import pandas as pd",
        "from flytekit.types.file import FlyteFile",
        "from flytekit import Secret, ImageSpec, PodTemplate",
    ),
    *(
        "if $e:\n    from other import $n",
        "try:\n    import $n\nexcept ImportError:\n    $n = $e",
        "T = TypeVar('T')",
        "__all__ = [$c, $c]",
    ),
)
DEFINITIONS = (
    *(
        "@task\ndef $d($p) -> $t:$b",
        "@task($k)\ndef $d($p) -> $t:$b",
        "@task($k)\ndef $d($p) -> $t:$b",
        "@workflow\ndef $d($p) -> $t:$b",
    ),
    *(
        "@workflow\ndef $d($p) -> $t:$b",
        "@workflow\ndef $d($p):$b",
        "@workflow($k)\ndef main($p):$b",
        "@dynamic\ndef $d($p) -> $t:$b",
        "$s",
    ),
    *(
        "@dataclass\nclass Point:\n    width: $t\n    x: $t = $e",
        "class Kind(Enum):\n    LOW = $e\n    HIGH = $e",
        "class Pair(NamedTuple):\n    a: $t\n    b: $t = $e",
    ),
    *(
        "Pair = NamedTuple('Pair', [('a', $t), ('b', $t)])",
        "class Point($n, Generic[T]):$b",
        "LIMIT = $e",
        "LIMIT: $t = $e",
        "Pair = $t",
        "$n = $e",
    ),
    *(
        "@$e\n@task\ndef $d($p) -> $t:$b",
        "@task\n@$e\ndef $d($p):$b",
        "@task\nasync def $d($p) -> $t:$b",
        "class Point(TypedDict):\n    x: $t",
        "$n.$a = $e",
    ),
)
_HOLE = re.compile(r"\$(\w)")


class Grammar:
    """Texts from templates.

    Args:
        chance: Where every choice is made: the same seed gives the same text.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._depth = 0
        self._deepest = chance.randint(2, 6)

    def expression(self) -> str:
        """One expression that Python reads."""
        return self._sound("($e)", inside=True).replace("pass", "a")

    def module(self) -> str:
        """A module of imports, definitions and what stands between them."""
        chance = self._chance
        parts = [
            "from dagwright import task, workflow, map_task, Resources",
            *(chance.choice(HEADERS) for _ in range(chance.randint(0, 7))),
        ]
        parts += [chance.choice(DEFINITIONS) for _ in range(chance.randint(1, 9))]
        sound = chance.random() < 0.95
        texts = [self._sound(part) if sound else self._filled(part) for part in parts]
        return "\n".join(texts) + chance.choice(["\n", "", "\n\n\t\n"])

    def project(self) -> dict[str, str]:
        """One to three modules that import one another."""
        paths = self._chance.choice(
            [["flow.py"], ["flow.py"], ["flow.py", "other.py"], ["p/__init__.py", "p/flow.py", "p/other.py"]]
        )
        return {path: self.module() for path in paths}

    def _sound(self, template: str, *, inside: bool = False) -> str:
        """The first of a few texts that Python reads."""
        for _ in range(6):
            text = self._filled(template)
            whole = "async def f():\n    while 1:\n        " + text.replace("\n", "\n        ") if inside else text
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    ast.parse(whole)
                except (SyntaxError, ValueError, MemoryError, RecursionError):
                    continue
            return text
        return "pass"

    def _filled(self, template: str) -> str:
        return _HOLE.sub(lambda hole: self._part(hole.group(1)), template)

    def _part(self, kind: str) -> str:
        chance = self._chance
        self._depth += 1
        try:
            if kind == "e":
                if self._depth > self._deepest:
                    return chance.choice((chance.choice(NAMES), chance.choice(CONSTANTS)))
                return self._filled(chance.choice(EXPRESSIONS))
            if kind == "t":
                return (
                    chance.choice(NEAR)
                    if self._depth > self._deepest
                    else self._filled(chance.choice(ANNOTATIONS)).replace("''", "'")
                )
            if kind == "s":
                return (
                    self._sound(chance.choice(STATEMENTS), inside=True)
                    if self._depth <= min(4, self._deepest)
                    else chance.choice(("pass", "return a"))
                )
            if kind in "bi":
                lines = "\n".join(self._part("s") for _ in range(chance.randint(1, 6) if self._depth < 3 else 1)).split("\n")
                return "".join(f"\n{'    ' if kind == 'b' else '        '}{line}" for line in lines)
            return self._names(kind)
        finally:
            self._depth -= 1

    def _names(self, kind: str) -> str:
        chance = self._chance
        if kind == "n":
            return chance.choice(NEAR if chance.random() < 0.6 else NAMES)
        if kind == "d":
            return chance.choice(DEFINED)
        if kind == "a":
            return chance.choice(ATTRIBUTES)
        if kind == "c":
            return chance.choice(CONSTANTS)
        if kind == "k":
            return ", ".join(f"{chance.choice(KEYWORDS)}={self._part('e')}" for _ in range(chance.randint(0, 3)))
        if kind == "l":
            forms = ("$e", "$e", "*$e", "**$e", "$n=$e", "x=$e", "n=$e")
            return ", ".join(
                sorted((self._filled(chance.choice(forms)) for _ in range(chance.randint(0, 3))), key=lambda text: "=" in text)
            )
        assert kind == "p", kind
        forms = ("x: $t", "n: $t", "a: $t", "xs: $t = $e", "b: $t = $e", "*c", "**g", "c", "*, h: $t", "/")
        chosen = dict.fromkeys(chance.choice(forms) for _ in range(chance.randint(0, 4)))
        return ", ".join(self._filled(form) for form in sorted(chosen, key=forms.index))
