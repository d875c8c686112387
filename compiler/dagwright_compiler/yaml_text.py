"""Scalars of YAML text: the one quoting that every reader takes back unchanged.

Templates of all targets pass each value through ``yaml_string``, or through ``yaml_scalar`` where a name reads better without
quotes; no YAML library on the way out.
Checked against PyYAML, ruamel and four Go readers (facts: plain style turns ``y`` and ``1e3`` into bool and number in Go,
ASCII-only JSON breaks on emoji, raw JSON on C1 controls).
"""

from __future__ import annotations

import json.encoder
import re
from functools import lru_cache

# The functions that json.dumps itself uses; calling them directly saves its set-up for every scalar.
_quote_ascii = json.encoder.encode_basestring_ascii
_quote_unicode = json.encoder.encode_basestring
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_]+)*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


@lru_cache(maxsize=1024)
def yaml_scalar(text: str) -> str:
    """Write names and paths plain, everything else as ``yaml_string`` does.

    Plain are letters, digits, ``_`` and single inner ``.``, ``/``, ``-``, beginning with a letter: no reader sees anything but
    text in them, once the words of YAML 1.1 for true, false and null are left out.

    Raises:
        ValueError: ``text`` holds a lone surrogate.
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return yaml_string(text)


def yaml_string(text: str) -> str:
    r"""Write ``text`` as a double-quoted YAML scalar.

    Returns:
        The scalar with its quotes, without a line break: it may stand in block and flow context.

    Raises:
        ValueError: ``text`` holds a lone surrogate, which no YAML reader accepts.
    """
    if text.isascii():
        return _UNSAFE.sub(_escape, _quote_ascii(text))
    text.encode("utf-8")  # UnicodeEncodeError, a ValueError, for lone surrogates
    return _UNSAFE.sub(_escape, _quote_unicode(text))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
