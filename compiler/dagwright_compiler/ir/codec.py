"""Canonical JSON of the program and the plan.

Bindings and environment are pairs in the IR (frozen, ordered) and objects in JSON; types are their text. Keys of the tables
are sorted, fields stand in declared order, so equal values give equal bytes.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dagwright.contract.types import Type
from dagwright_compiler.ir.program import Node, Plan, Program


def to_data(value: Program | Plan) -> dict[str, Any]:
    """Turn the value into plain JSON data of the shapes in ``dagwright.contract.schema``."""
    data: dict[str, Any] = msgspec.to_builtins(value, enc_hook=_text)
    program = data if isinstance(value, Program) else data["program"]
    for table in ("classes", "tasks"):
        program[table] = dict(sorted(program[table].items()))
    for task in program["tasks"].values():
        _policy_pairs(task["policy"])
    for node in program["workflow"]["nodes"]:
        node["bindings"] = dict(node["bindings"])
        if "policy" in node:
            _policy_pairs(node["policy"])
    return data


def to_json(value: Program | Plan) -> bytes:
    """Compact canonical JSON."""
    return msgspec.json.encode(to_data(value))


def to_pretty_json(value: Program | Plan) -> bytes:
    """The same data indented by two, for people and goldens; ends with a newline."""
    return msgspec.json.format(to_json(value), indent=2) + b"\n"


def node_data(node: Node) -> dict[str, Any]:
    """Plain data of one node, bindings still as pairs: for comparing nodes, not for the runtime."""
    data: dict[str, Any] = msgspec.to_builtins(node, enc_hook=_text)
    return data


def _policy_pairs(policy: dict[str, Any]) -> None:
    if "environment" in policy:
        policy["environment"] = dict(policy["environment"])


def _text(value: object) -> str:
    if isinstance(value, Type):
        return value.text
    raise TypeError(f"not part of the program: {type(value).__name__}")
