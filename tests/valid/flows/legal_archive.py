import re
from typing import Any

from dagwright import task, workflow

PATTERNS = {"iban": r"[A-Z]{2}\d{4}", "year": r"\b(19|20)\d{2}\b"}


@task
def find(text: str, patterns: dict[str, str]) -> dict[str, list[str]]:
    return {name: [found.group() for found in re.finditer(pattern, text)] for name, pattern in patterns.items()}


@task
def annotate(found: dict[str, list[str]], extra: Any = None) -> dict[str, Any]:
    return {"found": found, "extra": extra}


@task
def show(record: Any) -> str:
    return repr(record)


@workflow
def main(text: str = "Paid to DE1234 in 1999.") -> str:
    return show(record=annotate(found=find(text=text, patterns=PATTERNS)))
