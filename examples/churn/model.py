"""What the tasks hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Plan(Enum):
    FREE = "free"
    TEAM = "team"
    ENTERPRISE = "enterprise"


@dataclass
class Customer:
    name: str
    plan: Plan
    logins_last_month: int
    open_tickets: int


@dataclass
class Risk:
    customer: str
    score: float
