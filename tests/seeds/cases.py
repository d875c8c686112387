"""The code blocks of the documents that dagwright was made from, as cases: what is called, with what, and what comes out.

One folder a case with ``input.py``: the cells of the document up to the block in question, joined as a notebook runs them and
not a character changed (``%timeit`` lines are IPython's and left out). Blocks that cannot work as printed have an ``expected.toml``
beside them with the message that they give instead. The same table serves every way of running: see ``test_seeds`` for those on
one machine and ``tests/cluster`` for Argo.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent


class Failure(NamedTuple):
    """How a block fails: the exception as ``Type: message``."""

    error: str


class Case(NamedTuple):
    """One call of one definition; ``inputs`` and ``output`` are JSON data, ``output`` counts where the block works."""

    folder: str
    entity: str
    inputs: dict[str, Any]
    output: Any = None

    @property
    def id(self) -> str:
        """Name of the case in test reports."""
        return f"{self.folder}-{self.entity}"

    @property
    def path(self) -> Path:
        """The file."""
        return FOLDER / self.folder / "input.py"

    @property
    def failure(self) -> Failure | None:
        """What is pinned for a call that fails as printed; ``None`` where it works."""
        expected = expectations(self.folder).get("calls", {}).get(self.entity)
        return None if expected is None else Failure(expected["error"])


def expectations(folder: str) -> dict[str, Any]:
    """The ``expected.toml`` of a folder; empty where there is none."""
    path = FOLDER / folder / "expected.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


CASES = (
    # Optimizing tasks
    Case("caching", "wf", {"data": [float(x) for x in range(100_000)]}, 49_999.5),
    Case("retries", "compute_mean", {"data": [1.0, 2.0, 6.0]}),
    Case("timeouts", "compute_mean", {"data": [1.0, 2.0, 6.0]}, 3.0),
    Case("map_mean", "parallelized_compute_mean", {"data": [float(x) for x in range(10_000)]}, 4_999.5),
    Case("map_mean", "parallelized_compute_mean", {"data": [1, 2.5, 4.0], "n_partitions": 2}, 2.5),
    Case("resources", "light_task", {}),
    Case("resources", "heavy_task", {}),
    Case("multi_image", "get_data", {}),
    # Map tasks
    Case("map_strings", "my_map_workflow", {"a": [1, 2, 3, 4, 5]}, "34567"),
    Case("map_strings", "my_map_workflow", {"a": []}, ""),
    Case("task_in_task", "upperhalf", {"a": 4}),
    Case("task_in_task", "suboptimal_mappable_task", {"a": 4}),
    Case("multi_input", "multi_input_task", {"quantity": 2, "price": 3.0, "shipping": 4.5}, 27.0),
    Case(
        "map_dataclass",
        "multiple_workflow",
        {"list_q": [1.0, 2.0, 3.0, 4.0, 5.0], "p": 6.0, "s": 7.0},
        [42.0, 84.0, 126.0, 168.0, 210.0],
    ),
    # Caching
    Case("square", "square", {"n": 2}, 4),
)
FOLDERS = tuple(sorted(path.parent.name for path in FOLDER.glob("*/input.py")))
