from typing import Dict, Optional, Tuple

import dagwright as dw

OVERTIME = 1.5


@dw.task
def hours(person: str, week: int) -> Tuple[int, Optional[int]]:
    return 40, (week % 3) or None


@dw.task()
def pay(regular: int, extra: Optional[int], rate: float, overtime: float = OVERTIME) -> float:
    return regular * rate + (extra or 0) * rate * overtime


@dw.task
def slip(person: str, amount: float) -> Dict[str, str]:
    return {"person": person, "amount": f"{amount:.2f}"}


@dw.workflow
def main(person: str = "Ines", week: int = 21) -> Dict[str, str]:
    regular, extra = hours(person=person, week=week)
    return slip(person=person, amount=pay(regular=regular, extra=extra, rate=20.0))
