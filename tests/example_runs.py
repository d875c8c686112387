"""What is run of ``examples``: a workflow of each, with inputs as a person types them, small enough for a small cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = Path(__file__).parents[1] / "examples"
_BLOB = re.compile(r"[a-z0-9]+://.*/cas/[0-9a-f]{2}/(?P<digest>[0-9a-f]{64})")


class Example(NamedTuple):
    """``source`` is below ``folder``, which is the project; ``secrets`` are values by group and key."""

    folder: str
    source: str
    workflow: str
    inputs: tuple[str, ...] = ()
    secrets: Mapping[tuple[str, str], str] = {}

    @property
    def name(self) -> str:
        """What tests call it."""
        return self.folder if self.folder != "." else self.source.partition(".")[0]

    @property
    def target(self) -> str:
        """FILE and NAME of the command line."""
        return f"{self.source}:{self.workflow}"

    @property
    def variables(self) -> dict[str, str]:
        """Variables that hold the secrets on this machine."""
        return {f"_FSEC_{group}_{key}".upper(): value for (group, key), value in self.secrets.items()}


RUNS = (
    Example(".", "flaky_source.py", "price_in_dollars", ("--amount", "100")),
    Example(".", "flytekit_style.py", "station_report", ("--days", "2")),
    Example(".", "letter_index.py", "letter_index", ("--letters", "data/letters", "--min-length", "6")),
    Example(".", "log_anomalies.py", "anomalies", ("--logs", "data/logs", "--threshold", "3.5")),
    Example(".", "orders_etl.py", "daily_revenue"),
    Example(".", "portfolio_risk.py", "risk_report", ("--paths", "20")),
    Example(".", "power_forecast.ipynb", "street_peak", ("--days", "3")),
    Example(".", "read_qc.py", "read_quality", ("--reads", "data/reads.fastq", "--min-quality", "25")),
    Example(".", "reconciliation.py", "reconcile", ("--month-end", "2026-11-30", "--tolerance", "0.05")),
    Example(".", "satellite_tiles.py", "greenest_tiles", ("--day", "2026-06-01")),
    Example(".", "sensor_calibration.py", "calibration", ("--readings", "[68.5, -999, 71.6, 70]", "--unit", "FAHRENHEIT")),
    Example(".", "survey_weights.py", "weighted_share", ("--answers", "data/answers.csv", "--most", "1.5")),
    Example(".", "thumbnails.py", "thumbnails", ("--pictures", '["data/moon.pgm"]', "--side", "2")),
    Example(".", "tune.py", "tune", ("--rates", "[0.1]", "--steps", "[10, 100]")),
    Example(".", "word_count.py", "word_count", ("--lines-per-part", "2")),
    Example("backtest", "src/backtest/flow.py", "compare", ("--symbol", "ACME", "--days", "60")),
    Example("churn", "flow.py", "churn_report", ("--limit", "1")),
    Example(
        "nightly_sales", "sales/flow.py", "report", ("--day", "2026-11-21"), {("warehouse", "password"): "{{workflow.name}} $x"}
    ),
)


def comparable(value: Any) -> Any:
    """The value with digests in the place of files, which stand elsewhere on every machine and in every store."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, str):
        stored = _BLOB.fullmatch(value)
        return stored["digest"] if stored else value
    return value
