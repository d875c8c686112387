"""Names and constants that generated projects are made of."""

from __future__ import annotations

MEMBERS = ("LOW", "MIDDLE", "HIGH")
CONSTANTS = {
    "LIMIT": ("int", "40", 40),
    "RATE": ("float", "0.25", 0.25),
    "PREFIX": ("str", '"daily"', "daily"),
    "SIZES": ("list[int]", "[3, 5, 8]", [3, 5, 8]),
    "LABELS": ("list[str]", '["a", "b"]', ["a", "b"]),
    "RETRIES": ("retries", "2", 2),
    "IMAGE": ("image", '"registry.example/team/image:1.4"', "registry.example/team/image:1.4"),
    "WAIT": ("timeout", "$timedelta(minutes=5)", None),
    "SMALL": ("resources", '$Resources(cpu="500m", mem="256Mi")', None),
    "REGION": ("str", '$os.environ.get("REGION", "anywhere")', "eu"),
}
"""Name, kind, definition and value of what the constants' module holds."""
GIVEN = {"REGION": "eu"}
"""Constants of the environment, and what the settings of every project say that they are."""
VERBS = (
    "load",
    "clean",
    "merge",
    "score",
    "train",
    "rank",
    "split",
    "count",
    "filter",
    "pack",
    "trace",
    "weigh",
    "shift",
    "probe",
)
NOUNS = (
    "orders",
    "images",
    "genomes",
    "ledger",
    "signals",
    "tables",
    "models",
    "batches",
    "reviews",
    "sensors",
    "folds",
    "claims",
)
PLACES = ("alpha", "river", "stone", "cloud", "maple", "ember", "delta", "orbit", "cedar", "quartz", "harbor", "meadow", "saddle")
