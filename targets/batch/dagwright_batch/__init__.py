"""Target AWS Batch: programs to a plan of array jobs."""

from __future__ import annotations

from dagwright_batch.target import TARGET

__all__ = ["TARGET"]
