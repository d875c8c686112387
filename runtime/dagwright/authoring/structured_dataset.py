"""``StructuredDataset`` under the name that users import."""

from __future__ import annotations

from dagwright.values.structured_datasets import StructuredDataset

__all__ = ["StructuredDataset"]
