from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

from flytekit import task, workflow


@dataclass
class Court:
    number: int
    surface: str = "clay"


class Booking(NamedTuple):
    court: Court
    hours: List[int]


Slot = Union[Booking, None]


@task
def book(number: int, hours: List[int]) -> Booking:
    return Booking(Court(number), hours)


@task
def free(bookings: List[Booking]) -> Dict[str, List[int]]:
    taken = {hour for booking in bookings for hour in booking.hours}
    return {"hours": [hour for hour in range(8, 12) if hour not in taken]}


@task
def choose(hours: List[int], slot: Slot = None, wish: Optional[int] = None) -> Tuple[int, bool]:
    return (wish, True) if wish in hours else (hours[0], slot is None)


@workflow
def main(wish: int = 9) -> Tuple[int, bool]:
    first = Booking(Court(1, surface="grass"), hours=[8, 9])
    open_hours = free(bookings=[first, Booking(Court(2), [10])])
    return choose(hours=open_hours["hours"], wish=wish)
