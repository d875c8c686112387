"""Names that a ``with`` binds at module level: what comes out of a file, and what only stands there."""

import json
from pathlib import Path

from dagwright import task, workflow

with open("limits.json") as file:
    LIMITS = json.load(file)
    RETRIES = 3
with Path("notes.txt").open() as notes:
    NOTES = notes.read()


@task
def show(text: str, size: int = 0) -> None:
    print(text, size)


@workflow
def main() -> None:
    show(text=NOTES)  # E: DW204 `NOTES` is not a constant: its value is read from a file
    show(text="limit", size=LIMITS["size"])  # E: DW204 `LIMITS` is not a constant: its value is read from a file
    show(text="retries", size=RETRIES)  # E: DW204 `RETRIES` is not a constant: it is set inside a `with`
