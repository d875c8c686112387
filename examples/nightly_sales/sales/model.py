"""What the tasks hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Region(Enum):
    NORTH = "north"
    SOUTH = "south"


@dataclass(frozen=True)
class Sale:
    region: Region
    article: str
    price: Decimal


@dataclass
class Revenue:
    region: Region
    sales: int
    total: Decimal
