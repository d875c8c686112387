from __future__ import annotations

import re
from pathlib import Path

import pytest

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.model import Code

ROOT = Path(__file__).parents[3]
CONSTANTS = {name: value for name, value in vars(codes).items() if isinstance(value, Code)}


def test_no_id_is_given_twice() -> None:
    assert len(codes.ALL) == len(CONSTANTS) > 0
    assert all(codes.ALL[code.id] is code for code in CONSTANTS.values())


@pytest.mark.parametrize("code", CONSTANTS.values(), ids=CONSTANTS)
def test_an_entry_is_well_formed(code: Code) -> None:
    assert re.fullmatch(r"DW[1-6]\d\d", code.id)
    assert code.severity in ("error", "warning")
    assert code.title == code.title.strip()
    assert not code.title.endswith(".")
    assert not code.title[0].isupper() or code.title.split()[0] in ("AWS", "Argo")


def test_constants_stand_in_the_order_of_their_numbers() -> None:
    ids = [code.id for code in CONSTANTS.values()]
    assert ids == sorted(ids)


def test_every_code_is_used_by_the_sources() -> None:
    sources = [path for folder in ("compiler", "targets") for path in (ROOT / folder).rglob("*.py") if path.name != "codes.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    unused = [name for name in CONSTANTS if not re.search(rf"\b{name}\b", text)]
    assert unused == []
