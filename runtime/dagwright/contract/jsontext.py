"""JSON text, read and written by the standard library's C code but without its ``json`` package.

That package imports ``re``, ``enum``, ``functools`` and ``collections`` for its Python fallback: 5 ms, a fifth of what an attempt
may spend before user code. Where the C code is absent or of another shape, ``json`` itself does the work. What is read and
written is the same, and a test holds both to each other.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in ``typing``, whose import alone costs an attempt 4 ms
if TYPE_CHECKING:
    from typing import Any, Callable

    Json = Any
    Scan = Callable[[str, int], tuple[Json, int]]
    Write = Callable[[Json, bool], str]


class _Reading:
    """What the scanner asks for: the defaults of ``json.JSONDecoder``."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__


def _refuse(value: object) -> Json:
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _c_code() -> tuple[Scan, Write]:
    """Reader and writer in C; raises where this Python has none, or others."""
    import _json as code

    scan: Scan = code.make_scanner(_Reading())  # type: ignore[arg-type]

    def write(data: Json, sort_keys: bool) -> str:  # noqa: FBT001
        # The dict finds containers that hold themselves; the rest are the arguments of ``json.dumps`` in the encoder's order.
        encoder = code.make_encoder({}, _refuse, code.encode_basestring_ascii, None, ":", ",", sort_keys, False, False)
        return "".join(encoder(data, 0))

    if scan("[1]", 0) != ([1], 3) or write({"b": [1.5, None], "a": "é"}, True) != '{"a":"\\u00e9","b":[1.5,null]}':
        raise ImportError("not the C code that we know")
    return scan, write


def _package() -> tuple[Scan, Write]:
    """The same by the ``json`` package."""
    import json

    def write(data: Json, sort_keys: bool) -> str:  # noqa: FBT001
        return json.dumps(data, sort_keys=sort_keys, separators=(",", ":"), allow_nan=False)

    scan: Scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
    return scan, write


try:
    _scan, _write = _c_code()
except (ImportError, AttributeError, TypeError):  # another implementation of Python, or a version to come
    _scan, _write = _package()


def dumps(data: Json, *, sort_keys: bool = False) -> str:
    """Write JSON in ASCII without spaces.

    Raises:
        ValueError: ``data`` holds NaN or infinity, or holds itself.
        TypeError: ``data`` is not JSON.
    """
    return _write(data, sort_keys)


def loads(text: str | bytes) -> Json:
    """Read JSON; bytes are UTF-8.

    Raises:
        ValueError: The text is no JSON, is not all of it, or is nested more deeply than this Python reads.
    """
    stripped = (text if isinstance(text, str) else text.decode("utf-8")).strip(" \t\n\r")
    try:
        data, end = _scanned(stripped)
    except StopIteration as stop:
        raise ValueError(f"not JSON: a value is expected at character {stop.value}") from None
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
    if end != len(stripped):
        raise ValueError(f"not JSON: more text at character {end}")
    return data


def _scanned(text: str) -> tuple[Json, int]:
    try:
        return _scan(text, 0)
    except SystemError:
        # The C code takes its exception from the package, where that is loaded, and raises nothing where it is not.
        __import__("json.decoder")
        return _scan(text, 0)
