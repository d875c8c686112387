"""Reconciles a bank statement with the ledger: money as Decimal, days as dates, what became of each entry as an enum.

dagwright run examples/reconciliation.py
dagwright submit --watch examples/reconciliation.py --month-end 2026-11-30 --tolerance 0.05
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial

from dagwright import map_task, task, workflow

BANK = """\
2026-11-03,ACME-17,1200.00
2026-11-09,RENT-11,-850.00
2026-11-20,ACME-18,310.49
2026-11-27,FEE,-4.90
"""
LEDGER = """\
2026-11-02,ACME-17,1200.00
2026-11-09,RENT-11,-850.00
2026-11-18,ACME-18,310.50
2026-11-29,ACME-19,99.00
"""


class State(Enum):
    MATCHED = "matched"
    DIFFERS = "amounts differ"
    ONLY_BANK = "not in the ledger"
    ONLY_LEDGER = "not at the bank"


@dataclass(frozen=True)
class Entry:
    day: date
    reference: str
    amount: Decimal


@dataclass
class Pair:
    bank: Entry | None
    ledger: Entry | None


@dataclass
class Outcome:
    reference: str
    state: State
    difference: Decimal


@task(cache=True, cache_version="1")
def parse(text: str, month_end: date) -> list[Entry]:
    """Entries of the month."""
    rows = csv.reader(io.StringIO(text))
    entries = [Entry(date.fromisoformat(day), reference, Decimal(amount)) for day, reference, amount in rows]
    return [entry for entry in entries if month_end.replace(day=1) <= entry.day <= month_end]


@task
def pair(bank: list[Entry], ledger: list[Entry]) -> list[Pair]:
    at_bank = {entry.reference: entry for entry in bank}
    in_ledger = {entry.reference: entry for entry in ledger}
    return [Pair(at_bank.get(name), in_ledger.get(name)) for name in sorted({*at_bank, *in_ledger})]


@task
def judge(pairs: list[Pair], tolerance: Decimal) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for found in pairs:
        bank, ledger = found.bank, found.ledger
        difference = (bank.amount if bank else Decimal(0)) - (ledger.amount if ledger else Decimal(0))
        if bank and ledger:
            state = State.MATCHED if abs(difference) <= tolerance else State.DIFFERS
        else:
            state = State.ONLY_BANK if bank else State.ONLY_LEDGER
        entry = bank or ledger
        assert entry is not None, "a pair has at least one side"
        outcomes.append(Outcome(entry.reference, state, difference))
    return outcomes


@task
def check_balance(bank: list[Entry], ledger: list[Entry], outcomes: list[Outcome]) -> None:
    """Fail the run if what was found does not explain the whole difference."""
    explained = sum((outcome.difference for outcome in outcomes), Decimal(0))
    total = sum((entry.amount for entry in bank), Decimal(0)) - sum((entry.amount for entry in ledger), Decimal(0))
    if explained != total:
        raise ValueError(f"{total - explained} is not explained")


@task
def open_items(outcomes: list[Outcome]) -> dict[State, list[str]]:
    found: dict[State, list[str]] = {}
    for outcome in outcomes:
        if outcome.state is not State.MATCHED:
            found.setdefault(outcome.state, []).append(f"{outcome.reference} {outcome.difference:+}")
    return found


@workflow
def reconcile(
    month_end: date = date(2026, 11, 30),
    bank: str = BANK,
    ledger: str = LEDGER,
    tolerance: Decimal = Decimal("0.00"),
) -> dict[State, list[str]]:
    parsed = map_task(partial(parse, month_end=month_end))(text=[bank, ledger])
    outcomes = judge(pairs=pair(bank=parsed[0], ledger=parsed[1]), tolerance=tolerance)
    checked = check_balance(bank=parsed[0], ledger=parsed[1], outcomes=outcomes)
    items = open_items(outcomes=outcomes)
    checked >> items  # nothing is reported that does not add up
    return items


if __name__ == "__main__":
    for state, references in reconcile().items():
        print(f"{state.value}: {', '.join(references)}")
