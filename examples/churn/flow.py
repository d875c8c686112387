"""Customers at risk of leaving: a folder of several modules, with a workflow inside a workflow.

dagwright run examples/churn/flow.py:churn_report --limit 3
dagwright submit --watch examples/churn/flow.py:churn_report --limit 3
"""

from __future__ import annotations

from dagwright import map_task, task, workflow
from model import Customer, Plan, Risk
from scoring import rank, score


@task
def load_customers() -> list[Customer]:
    return [
        Customer("Ada", Plan.TEAM, logins_last_month=18, open_tickets=0),
        Customer("Grace", Plan.FREE, logins_last_month=1, open_tickets=2),
        Customer("Linus", Plan.ENTERPRISE, logins_last_month=0, open_tickets=5),
    ]


@workflow
def riskiest(customers: list[Customer], limit: int) -> list[Risk]:
    risks = map_task(score)(customer=customers)
    return rank(risks=risks, limit=limit)


@workflow
def churn_report(limit: int = 2) -> list[Risk]:
    return riskiest(customers=load_customers(), limit=limit)


if __name__ == "__main__":
    for risk in churn_report():
        print(f"{risk.customer}: {risk.score}")
