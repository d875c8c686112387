"""Holds documents to the official schema of SARIF 2.1.0 (``tests/schema``), whose objects are closed: a misspelt or misplaced property fails."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_SCHEMA = Path(__file__).parent / "schema" / "sarif-2.1.0-rtm.5.json"


@cache
def _validator() -> jsonschema.Draft4Validator:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema)


def validate(document: Any) -> None:
    """Raise where a document is not SARIF, or names a file by anything but an ASCII reference (which the schema leaves to a format checker)."""
    _validator().validate(document)
    for uri in _uris(document):
        if not (uri.isascii() and uri.isprintable() and " " not in uri):
            raise jsonschema.ValidationError(f"{uri!r} is no reference")


def _uris(value: Any) -> list[str]:
    if isinstance(value, list):
        return [uri for item in value for uri in _uris(item)]
    if isinstance(value, dict):
        own = [value["uri"]] if isinstance(value.get("uri"), str) else []
        return own + [uri for item in value.values() for uri in _uris(item)]
    return []
