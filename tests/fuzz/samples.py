"""Real files to damage: golden inputs, examples, seeds and the corpus of this repository."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[1]
FOLDERS = ("golden", "seeds", "corpus", "../examples")
LARGEST_BYTES = 20_000


def real_files() -> list[bytes]:
    """Their bytes, in the order of their paths."""
    paths = sorted(path for folder in FOLDERS for path in (TESTS / folder).rglob("*.py"))
    return list(dict.fromkeys(path.read_bytes() for path in paths if path.stat().st_size < LARGEST_BYTES))
