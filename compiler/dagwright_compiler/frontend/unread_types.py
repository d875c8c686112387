"""The type of what could not be read, so that one mistake gives one finding."""

from __future__ import annotations

from dagwright.contract.types import Type

UNREAD = Type("unknown")
"""Stands for an annotation that a finding is about. Equal to *unknown*, but known by its identity: what does not fit it says nothing new."""
