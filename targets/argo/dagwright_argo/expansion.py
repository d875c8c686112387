r"""Text that passes through engines which expand it: Argo's ``{{...}}`` and the kubelet's ``$(...)`` in variables.

Argo has no escape for its tags, so user text never holds one: JSON writes ``{`` in strings as ``\u007b``, and a variable's
value breaks the tag with a reference to an empty variable, which the kubelet takes out again.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY_VARIABLE = "DAGWRIGHT_EMPTY"
"""Variable that is always empty; it must stand before those whose value came from ``variable_text``."""

LOST_ON_THE_WAY = re.compile("[\x7f-\x9f\ufffe\uffff]")
"""Characters that a server-side apply loses or refuses: kubectl sends JSON, which the API server reads as YAML (seen on 1.33)."""

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')


def json_text(data: Any) -> str:
    """Write JSON in which no string holds a brace, so that nowhere stands ``{{``, and no character that gets lost.

    Raises:
        ValueError: A string holds a lone surrogate.
    """
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")  # UnicodeEncodeError, a ValueError
    text = LOST_ON_THE_WAY.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return unexpanded(text) if "{" in text else text


def unexpanded(text: str) -> str:
    """Take the braces out of the strings of a JSON text, and nothing else: numbers such as NaN, which are not JSON's, stay as they are."""
    return _STRINGS.sub(lambda string: string[0].replace("{", "\\u007b"), text)


def variable_text(value: str) -> str:
    """Write a variable's value so that the container sees exactly ``value``."""
    escaped = value.replace("$", "$$") if "$$" in value or "$(" in value else value
    while "{{" in escaped:
        escaped = escaped.replace("{{", f"{{$({EMPTY_VARIABLE}){{")
    return escaped


def parameter_reference(name: str) -> str:
    """Expression for a workflow parameter as the value of a variable: its ``$`` reach the container as they are."""
    return f"{{{{=replace(workflow.parameters['{name}'], '$', '$$')}}}}"


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text of a JSON value, keys of objects included, in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
