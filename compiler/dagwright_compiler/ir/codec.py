"""Canonical JSON of the program and the plan.

Bindings and environment are pairs in the IR (frozen, ordered) and objects in JSON; types are their text. Keys of the tables
are sorted, fields stand in declared order, so equal values give equal bytes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright.contract.types import Type
from dagwright_compiler.ir.program import ClassDef, Node, Plan, Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright.contract import schema

_ESCAPED_IN_LINES = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]")
"""UTF-8 of DEL, C1 controls, U+2028, U+2029, U+FEFF, U+FFFE and U+FFFF: text in JSON, but line ends or errors in YAML."""


def to_data(value: Program | Plan) -> dict[str, Any]:
    """Turn the value into plain JSON data of the shapes in ``dagwright.contract.schema``."""
    data: dict[str, Any] = msgspec.to_builtins(value, enc_hook=_text)
    program = data if isinstance(value, Program) else data["program"]
    for table in ("classes", "tasks"):
        program[table] = dict(sorted(program[table].items()))
    images = program.pop("images")
    if images:
        program["images"] = {name: _as_objects(spec, "env") for name, spec in sorted(images.items())}
    for task in program["tasks"].values():
        _policy_pairs(task["policy"])
    graphs = [program["workflow"], *([program["on_failure"]] if "on_failure" in program else [])]
    graphs += [handler["graph"] for handler in program.get("call_handlers", ())]
    for node in (node for graph in graphs for node in graph["nodes"]):
        node["bindings"] = {name: _binding(binding) for name, binding in node["bindings"]}
        if "policy" in node:
            _policy_pairs(node["policy"])
    for output in (output for graph in graphs for output in graph["outputs"]):
        _binding(output["binding"])
    return data


def to_json(value: Program | Plan) -> bytes:
    """Compact canonical JSON."""
    return _encode(to_data(value))


def to_pretty_json(value: Program | Plan) -> bytes:
    """The same data indented by two, for people and goldens; ends with a newline."""
    return pretty(to_json(value))


def to_lined_json(plan: Plan) -> bytes:
    """The same data with a line for each class, task, node and unit: a change of one shows as one line, at the size of compact JSON.

    Characters that YAML or the Kubernetes API would take for something else are escaped, so that a ConfigMap can hold the lines.
    """
    data = to_data(plan)
    program = data["program"]
    workflow = program.pop("workflow")
    nodes = workflow.pop("nodes")
    # The workflow goes last: its end is where the frame is cut, and the nodes put in.
    frame = _encode({**data, "program": {**program, "classes": 0, "tasks": 0, "workflow": workflow}, "units": 0})
    # The marks are the last members of their objects, or stand where no text of a user can come before them.
    head, rest = frame.split(b'"classes":0,"tasks":0', 1)
    middle, tail = rest.rsplit(b'},"units":0', 1)
    assert middle.endswith(b"}")
    lined = b"".join(
        [
            head,
            b'"classes":',
            _lined_object(program["classes"]),
            b',"tasks":',
            _lined_object(program["tasks"]),
            middle[:-1],
            b',"nodes":[',
            b",".join(b"\n" + _encode(node) for node in nodes),
            b"\n]}}",
            b',"units":',
            _lined_object(data["units"]),
            tail,
            b"\n",
        ]
    )
    return lined if lined.isascii() and b"\x7f" not in lined else _ESCAPED_IN_LINES.sub(_escape, lined)


def _escape(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode("utf-8"))


def pretty(text: bytes) -> bytes:
    """JSON text indented by two, with a newline at its end."""
    try:
        return msgspec.json.format(text, indent=2) + b"\n"
    except msgspec.DecodeError:  # a lone surrogate, see ``_encode``
        return json.dumps(json.loads(text), indent=2).encode("ascii") + b"\n"


def _lined_object(table: dict[str, Any]) -> bytes:
    return b"{" + b",".join(b"\n%b:%b" % (_encode(key), _encode(value)) for key, value in table.items()) + b"\n}"


def _encode(data: Any) -> bytes:
    try:
        return msgspec.json.encode(data)
    except (OverflowError, UnicodeEncodeError):
        # Ints beyond 64 bits and lone surrogates are values too; msgspec is six times faster and takes neither.
        return json.dumps(data, separators=(",", ":")).encode("ascii")


def class_data(classes: Mapping[str, ClassDef]) -> dict[str, schema.ClassDef]:
    """Plain data of classes, as the runtime's functions take it."""
    data: dict[str, schema.ClassDef] = msgspec.to_builtins(classes, enc_hook=_text)
    return data


def node_data(node: Node) -> dict[str, Any]:
    """Plain data of one node, bindings still as pairs: for comparing nodes, not for the runtime."""
    data: dict[str, Any] = msgspec.to_builtins(node, enc_hook=_text)
    return data


def _policy_pairs(policy: dict[str, Any]) -> None:
    """Turn pairs into objects, and JSON texts into what they say."""
    _as_objects(policy, "environment", "labels", "annotations")
    template = policy.get("pod_template")
    if template is not None:
        _as_objects(template, "labels", "annotations")
        if "pod_spec" in template:
            template["pod_spec"] = json.loads(template["pod_spec"])
    if "plugin" in policy:
        policy["plugin"]["arguments"] = json.loads(policy["plugin"]["arguments"])


def _as_objects(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Turn the pairs under ``keys`` into objects, in place."""
    for key in keys:
        if key in data:
            data[key] = dict(data[key])
    return data


def _binding(binding: dict[str, Any]) -> dict[str, Any]:
    """Turn the pairs of built instances into objects, at any depth, in place."""
    kind = binding["kind"]
    if kind == "struct":
        binding["items"] = {name: _binding(item) for name, item in binding["items"]}
    elif kind == "list":
        binding["items"] = [_binding(item) for item in binding["items"]]
    elif kind == "dict":
        binding["items"] = [(key, _binding(item)) for key, item in binding["items"]]
    return binding


def _text(value: object) -> str:
    if isinstance(value, Type):
        return value.text
    raise TypeError(f"not part of the program: {type(value).__name__}")
