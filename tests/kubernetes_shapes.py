"""Writes ``dagwright_argo/kubernetes_shapes.json`` from the schema that Argo publishes: ``python tests/kubernetes_shapes.py > FILE``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DEFINITIONS = json.loads((Path(__file__).parent / "schema" / "argo-schema.json").read_text("utf-8"))["definitions"]
_CORE = "io.k8s.api.core.v1."
ROOTS = (
    "Affinity",
    "Container",
    "HostAlias",
    "LocalObjectReference",
    "PodDNSConfig",
    "PodSecurityContext",
    "Toleration",
    "Volume",
)
"""Types that fields of a PodSpec have, so far as the schema holds them: Argo's own objects have no PodSpec."""
_WORDS = {"string": "text", "integer": "int", "boolean": "bool"}
_OPTIONAL = {("Container", "image")}
"""What Argo requires of its own containers, and a pod template need not say: the task's container has the task's image."""
_SPECIAL = {"Quantity": "quantity", "IntOrString": "intOrText"}


def text() -> str:
    """The file: one type a line, by name."""
    found: dict[str, Any] = {}
    waiting = [_CORE + root for root in ROOTS]
    while waiting:
        name = waiting.pop()
        if _short(name) not in found:
            definition = _DEFINITIONS[name]
            found[_short(name)] = {
                "fields": {field: _shape(part, waiting) for field, part in definition["properties"].items()},
                "required": [field for field in definition.get("required", []) if (_short(name), field) not in _OPTIONAL],
            }
    lines = (f"{json.dumps(name)}: {json.dumps(found[name], separators=(',', ':'))}" for name in sorted(found))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _shape(part: Any, waiting: list[str]) -> Any:
    """A type as ``shapes.py`` reads it; ``Any`` because a schema is JSON."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if _short(name) in _SPECIAL:
            return _SPECIAL[_short(name)]
        if "properties" not in _DEFINITIONS[name]:
            return _WORDS.get(_DEFINITIONS[name]["type"], "any")
        waiting.append(name)
        return f"#{_short(name)}"
    if part["type"] == "array":
        return [_shape(part["items"], waiting)]
    if part["type"] == "object":
        return {"": _shape(part["additionalProperties"], waiting)} if "additionalProperties" in part else "any"
    return _WORDS[part["type"]]


def _short(name: str) -> str:
    return name.rpartition(".")[2]


if __name__ == "__main__":
    print(text(), end="")
