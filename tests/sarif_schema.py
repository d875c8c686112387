"""The part of the schema of SARIF 2.1.0 that our documents use, written from the standard (OASIS, errata 01).

Every object is closed, as in the standard's own schema: a misspelt or misplaced property fails.
"""

from __future__ import annotations

from typing import Any


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string"}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MULTIFORMAT = _object(("text",), text=_TEXT, markdown=_TEXT)
_FROM_ONE = {"type": "integer", "minimum": 1}
_MESSAGE = _object((), text=_TEXT, markdown=_TEXT, id=_TEXT, arguments=_list(_TEXT)) | {
    "anyOf": [{"required": ["text"]}, {"required": ["id"]}]
}
_REGION = _object(
    (),
    startLine=_FROM_ONE,
    startColumn=_FROM_ONE,
    endLine=_FROM_ONE,
    endColumn=_FROM_ONE,
    charOffset={"type": "integer", "minimum": -1},
    charLength={"type": "integer", "minimum": 0},
    byteOffset={"type": "integer", "minimum": -1},
    byteLength={"type": "integer", "minimum": 0},
)
_ARTIFACT_LOCATION = _object(
    (), uri={"type": "string", "format": "uri-reference", "pattern": r"^[!-~]*$"}, uriBaseId=_TEXT, index={"type": "integer"}
)
_PHYSICAL = _object((), artifactLocation=_ARTIFACT_LOCATION, region=_REGION, contextRegion=_REGION) | {
    "anyOf": [{"required": ["address"]}, {"required": ["artifactLocation"]}]
}
_LOCATION = _object((), id={"type": "integer", "minimum": -1}, physicalLocation=_PHYSICAL, message=_MESSAGE)
_PROPERTIES = {"type": "object"}
"""A bag: the standard leaves its keys to the tool."""
_REPLACEMENT = _object(("deletedRegion",), deletedRegion=_REGION, insertedContent=_object((), text=_TEXT))
_CHANGE = _object(
    ("artifactLocation", "replacements"), artifactLocation=_ARTIFACT_LOCATION, replacements=_list(_REPLACEMENT) | {"minItems": 1}
)
_FIX = _object(
    ("artifactChanges",),
    description=_MESSAGE,
    artifactChanges=_list(_CHANGE) | {"minItems": 1, "uniqueItems": True},
    properties=_PROPERTIES,
)
_RULE = _object(
    ("id",),
    id=_TEXT,
    name=_TEXT,
    shortDescription=_MULTIFORMAT,
    fullDescription=_MULTIFORMAT,
    help=_MULTIFORMAT,
    helpUri={"type": "string", "format": "uri"},
    defaultConfiguration=_object((), enabled={"type": "boolean"}, level=_LEVEL, rank={"type": "number"}),
)
_DRIVER = _object(
    ("name",),
    name=_TEXT,
    version=_TEXT,
    semanticVersion=_TEXT,
    informationUri={"type": "string", "format": "uri"},
    rules=_list(_RULE) | {"uniqueItems": True},
)
_RESULT = _object(
    ("message",),
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION),
    relatedLocations=_list(_LOCATION) | {"uniqueItems": True},
    fixes=_list(_FIX) | {"uniqueItems": True},
)
_RUN = _object(
    ("tool",),
    tool=_object(("driver",), driver=_DRIVER),
    results=_list(_RESULT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)
SARIF: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_object(
        ("version", "runs"),
        **{"$schema": {"type": "string", "format": "uri"}},
        version={"enum": ["2.1.0"]},
        runs=_list(_RUN),
    ),
}
