"""Gates: numbers that a release may not exceed, printed and returned as data."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Gate:
    """A measured value and its limit, both in ``unit``."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def held(self) -> bool:
        """Whether the value is within the limit."""
        return self.value <= self.limit


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns, the first to the left and the others to the right."""
    lines = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    shown = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join(line.rstrip() for line in [shown[0], "-" * len(shown[0]), *shown[1:]])


def gate_table(gates: Iterable[Gate]) -> str:
    """The gates with their verdicts."""
    return table(
        ("gate", "measured", "limit", "verdict"),
        (
            (gate.name, f"{gate.value:.3g} {gate.unit}", f"{gate.limit:g} {gate.unit}", "held" if gate.held else "MISSED")
            for gate in gates
        ),
    )


def finish(data: Mapping[str, Any], gates: Sequence[Gate], *, json_path: Path | None, enforce: bool) -> int:
    """Print the gates and write the JSON; the status is 1 where a gate is missed and ``enforce`` is set."""
    print("\n" + gate_table(gates))
    if json_path is not None:
        machine = {"python": platform.python_version(), "system": platform.system(), "processors": os.cpu_count()}
        document = {"machine": machine, **data, "gates": [{**asdict(gate), "held": gate.held} for gate in gates]}
        json_path.write_text(json.dumps(document, indent=2) + "\n")
    return 1 if enforce and not all(gate.held for gate in gates) else 0
