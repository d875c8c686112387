"""Cache keys: what makes two executions of a task the same.

A key is SHA-256 over schema, project, domain, task name, cache version, interface signature and one digest per input that is
not ignored. The digest of a value is taken over its canonical wire form under its declared type, so 1 for an ``int`` and 1.0
for a ``float`` input never meet, while 1 given to a ``float`` input was widened before and is 1.0. Golden vectors in the tests
pin every byte: no release changes a key by accident.
"""

from __future__ import annotations

from dagwright.contract.jsontext import dumps
from dagwright.contract.types import parse

# hashlib loads OpenSSL: 2 ms, and three times faster on long data only.
try:
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]
except ImportError:
    try:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256 as _sha256

TYPE_CHECKING = False  # as in ``typing``, whose import alone costs an attempt 4 ms
if TYPE_CHECKING:
    from typing import Any, Mapping

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type

KEY_SCHEMA = 1
_LONG = 64 * 1024
_DIGITS = 64
_HEXADECIMAL = "0123456789abcdef"
_LARGEST = 1 << 50


def canonical(data: Any) -> bytes:
    """Encode JSON data to the one byte string that equal data share: sorted keys, no spaces, ASCII."""
    return dumps(data, sort_keys=True).encode("ascii")


def sha256_hex(data: bytes) -> str:
    """Digest as 64 hex digits."""
    if len(data) >= _LONG:
        from hashlib import sha256

        return sha256(data).hexdigest()
    digest: str = _sha256(data).hexdigest()
    return digest


def is_digest(text: object) -> bool:
    """Tell whether something is a SHA-256 as ``sha256_hex`` writes it: what alone may become the key of a blob."""
    return isinstance(text, str) and len(text) == _DIGITS and not text.strip(_HEXADECIMAL)


def is_size(value: object) -> bool:
    """Tell whether something counts bytes of a blob or elements of a list: no client of a store takes more than a petabyte."""
    return type(value) is int and 0 <= value <= _LARGEST


def value_digest(declared: Type, data: Any, classes: Mapping[str, ClassDef] | None = None) -> str:
    """Digest of a value from its wire form; ``data`` must be normalised (see ``values``), pairs of dicts in any order.

    Lists of finite floats are hashed as packed little-endian doubles: twelve times faster than their JSON.

    Args:
        declared: The declared type: it is part of the digest.
        data: The wire form.
        classes: The program's table of classes. A class that it lacks is hashed as it stands: dicts inside that differ
            in the order of their pairs alone then count as different values.
    """
    header = declared.text.encode("utf-8", "surrogatepass")
    if declared.text == "list[float]" and len(data) > 64:
        from array import array

        try:
            packed = array("d", data)
        except TypeError:
            pass  # holds "nan" or "inf" as text: the general form below serves
        else:
            if array("H", [1]).tobytes() != b"\x01\x00":
                packed.byteswap()
            return sha256_hex(header + b"\x00doubles\x00" + packed.tobytes())
    if any(word in declared.text for word in _REORDERED):
        data = _Order(classes or {}).of(declared, data)
    return sha256_hex(header + b"\x00json\x00" + canonical(data))


_REORDERED = ("dict[", "unknown", "class[", "file", "directory")
"""What the text of a type holds whose values have parts that do not count."""


class _Order:
    """Sorts the pairs of dicts whose keys are not text, wherever the type says that they stand; ``canonical`` sorts the rest.

    Of files and directories the name is left out: their bytes are their value.
    """

    __slots__ = ("_classes", "_fields")

    def __init__(self, classes: Mapping[str, ClassDef]) -> None:
        self._classes = classes
        self._fields: dict[str, dict[str, Type]] = {}

    def of(self, declared: Type, data: Any) -> Any:
        """The data with its pairs in order."""
        kind = declared.kind
        if data is None:
            return None
        if kind in ("list", "vartuple"):
            return [self.of(declared.args[0], item) for item in data]
        if kind in ("set", "frozenset"):
            return sorted((self.of(declared.args[0], item) for item in data), key=canonical)
        if kind == "tuple":
            return [self.of(arg, item) for arg, item in zip(declared.args, data)]
        if kind == "dict":
            key, value = declared.args
            if key.kind == "str":
                return {name: self.of(value, item) for name, item in data.items()}
            return self._pairs(data, key, value)
        if kind == "class" and isinstance(data, dict):
            fields = self._types_of(declared.name)
            return {name: self.of(fields[name], item) if name in fields else item for name, item in data.items()}
        if kind == "union":
            members = [member for member in declared.args if member.kind != "none"]
            return self.of(members[0], data) if len(members) == 1 else self._tagged(data)
        if kind in ("file", "directory"):
            return {key: item for key, item in data.items() if key != "name"}
        return self._of_unknown(declared, data) if kind == "unknown" else data

    def _of_unknown(self, declared: Type, data: Any) -> Any:
        if isinstance(data, list):
            return [self._of_unknown(declared, item) for item in data]
        if isinstance(data, dict):
            return {"$d": self._pairs(data["$d"], declared, declared)} if "$d" in data else self._tagged(data)
        return data

    def _tagged(self, data: Any) -> Any:
        return {"$u": data["$u"], "v": self.of(parse(data["$u"]), data["v"])}

    def _pairs(self, data: Any, key: Type, value: Type) -> list[Any]:
        pairs = [[self.of(key, k), self.of(value, v)] for k, v in data]
        return sorted(pairs, key=lambda pair: canonical(pair[0]))

    def _types_of(self, name: str) -> dict[str, Type]:
        if name not in self._fields:
            fields = self._classes[name].get("fields", []) if name in self._classes else []
            self._fields[name] = {field["name"]: parse(field["type"]) for field in fields}
        return self._fields[name]


def cache_key(
    *,
    project: str,
    domain: str,
    task: str,
    cache_version: str,
    signature: str,
    inputs: Mapping[str, str],
) -> str:
    """Key of one execution.

    Args:
        project: Project of the run.
        domain: Domain of the run.
        task: Name of the task: module and function.
        cache_version: The task's ``cache_version``.
        signature: Digest of the full interface, from the program.
        inputs: Digest of each input (``value_digest``, or what a ``HashMethod`` gave), ignored ones left out.

    Returns:
        64 hex digits.
    """
    parts = [KEY_SCHEMA, project, domain, task, cache_version, signature, dict(inputs)]
    return sha256_hex(canonical(parts))
