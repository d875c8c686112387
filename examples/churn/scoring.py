"""The tasks that score customers."""

from __future__ import annotations

from dagwright import task
from model import Customer, Plan, Risk

WEIGHT = {Plan.FREE: 0.5, Plan.TEAM: 0.3, Plan.ENTERPRISE: 0.1}


@task(cache=True, cache_version="3")
def score(customer: Customer) -> Risk:
    activity = max(0.0, 1.0 - customer.logins_last_month / 20)
    return Risk(customer.name, round(WEIGHT[customer.plan] * activity + 0.05 * customer.open_tickets, 3))


@task
def rank(risks: list[Risk], limit: int) -> list[Risk]:
    return sorted(risks, key=lambda risk: -risk.score)[:limit]
