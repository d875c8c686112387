from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Dict, Optional

from flytekit import task, workflow

if TYPE_CHECKING:
    from collections.abc import Iterable

try:
    import ujson as json
except ImportError:
    import json


def _clean(rows: Iterable[Dict[str, Any]]) -> Dict[str, Any]:
    return {key: value for row in rows for key, value in row.items() if value is not None}


@task
def parse(text: str) -> Dict[str, Any]:
    return _clean(json.loads(text))


@task
def admitted(record: Dict[str, Any], default: Optional[datetime] = None) -> bool:
    return bool(record.get("admitted", default))


@workflow
def main(text: str = '[{"name": "A"}, {"admitted": "2024-01-01", "left": null}]') -> bool:
    return admitted(record=parse(text=text))
