"""Machines are rented, and given back whatever happens; what failed is told to those who pay for them."""

from dataclasses import dataclass
from typing import List, Optional

from flytekit import WorkflowFailurePolicy, map_task, task, workflow
from flytekit.types.error.error import FlyteError


@dataclass
class Offer:
    machine: str
    hours: int
    price: float


@task
def give_back(budget: float, machines: List[str], err: Optional[FlyteError] = None) -> None:
    cause = "nobody knows why" if err is None else f"{err.failed_node_id}: {err.message}"
    print(f"{len(machines)} machines given back; {cause}")


@task
def write_letter(budget: float, machines: List[str], subject: str = "rent", err: Optional[FlyteError] = None) -> str:
    return f"{subject}: {budget}"


@workflow
def apologise(budget: float, machines: List[str], err: Optional[FlyteError] = None) -> None:
    write_letter(budget=budget, machines=machines, err=err) >> give_back(budget=budget, machines=machines, err=err)


@task
def ask_price(machine: str) -> Offer:
    return Offer(machine=machine, hours=len(machine), price=0.5 * len(machine))


@task
def choose(offers: List[Offer], budget: float) -> float:
    return sum(offer.price for offer in offers if offer.price <= budget)


@workflow(on_failure=give_back)
def main(budget: float = 10.0, machines: List[str] = ["ada", "grace"]) -> float:
    return choose(offers=map_task(ask_price)(machine=machines), budget=budget)


@workflow(
    on_failure=apologise,
    failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE,
)
def rent_politely(budget: float = 3.0, machines: List[str] = ["ada"]) -> float:
    return choose(offers=map_task(ask_price)(machine=machines), budget=budget)


@workflow(on_failure=apologise)
def rent_twice(budget: float = 3.0, machines: List[str] = ["ada"]) -> float:
    left = main(budget=budget, machines=["grace"])
    return main(budget=left, machines=machines)


@workflow(on_failure=None, failure_policy=WorkflowFailurePolicy.FAIL_IMMEDIATELY)
def rent_at_once() -> float:
    return choose(offers=[ask_price(machine="ada")], budget=2.0)
