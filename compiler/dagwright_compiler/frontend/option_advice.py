"""What to write instead of a keyword's value of the wrong form: the right form, made of what was written where that can be.

Only asked once a value is wrong.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from dagwright_compiler.frontend.known_values import StaticValue

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*")
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "seconds"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "minutes"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hours"),
    **dict.fromkeys(("d", "day", "days"), "days"),
}
_TRUTH = {
    0: False,
    1: True,
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_QUANTITIES = {
    "cpu": 'write a number of CPUs, `"2"`, or thousandths of one, `"250m"`',
    "gpu": 'write a number of GPUs: `"1"`',
}
_MOST_CPUS = 2000
"""A number above this was meant as a size."""
_KEYWORDS = {
    "Cache": "cache",
    "ImageSpec": "container_image",
    "PodTemplate": "pod_template",
    "Resources": "requests",
    "timedelta": "timeout",
}
"""What takes the objects of a class."""
_SIZE = 'write a number and a unit: `"500Mi"` or `"2Gi"`'


def named(node: ast.expr) -> str:
    """The keyword that a positional argument was probably meant for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return f'name the value: `container_image="{node.value}"`'
    made_by = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    keyword = _KEYWORDS.get(made_by)
    return f"name the value: `{keyword}={made_by}(...)`" if keyword else "name the value: `retries=3`"


def truth(value: StaticValue) -> str:
    """``True`` for ``"yes"`` and the like."""
    word = value.lower() if isinstance(value, str) else value
    meant = _TRUTH.get(word) if isinstance(word, int | str) else None
    return f"write `{meant}`" if meant is not None else "write `True`, or leave it out"


def duration(value: StaticValue) -> str:
    """``timedelta(hours=1)`` for ``"1h"``, ``timedelta(seconds=1.5)`` for ``1.5``."""
    if type(value) is float:
        return f"write `timedelta(seconds={value})`"
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    unit = _UNITS.get(match[2].lower()) if match is not None else None
    return f"write `timedelta({unit}={match[1]})`" if match is not None and unit else "write `timedelta(minutes=5)`"


def quantity(name: str) -> str:
    """The form of a quantity of a resource."""
    return _QUANTITIES.get(name, _SIZE)


def resources(value: StaticValue) -> str:
    """``Resources(mem="1Gi")`` for ``"1Gi"``."""
    number = amount(value) if isinstance(value, str) else None
    if number is None:
        return 'write `Resources(cpu="1", mem="500Mi")`'
    return f'write `Resources({"mem" if number > _MOST_CPUS else "cpu"}="{value}")`'


def image(text: str) -> str:
    """The name of an image without what a name cannot hold."""
    meant = "-".join(text.split())
    return f'write `"{meant}"`' if meant and meant.isprintable() else 'write `"registry/name:tag"`, or leave it out'


def pairs(value: StaticValue) -> str:
    """A dict of texts: ``{"A": "1"}`` for ``["A=1"]``, and the text of a wrong part of a dict."""
    if isinstance(value, dict):
        wrong = next((part for pair in value.items() for part in pair if not isinstance(part, str)), None)
        return f'write `"{wrong}"`' if isinstance(wrong, int | float) else 'write `{"name": "value"}`'
    items = value if isinstance(value, list | tuple) else [value]
    name, sign, text = items[0].partition("=") if items and isinstance(items[0], str) else ("", "", "")
    return f'write `{{"{name.strip()}": "{text.strip()}"}}`' if sign and name.strip() else 'write `{"name": "value"}`'
