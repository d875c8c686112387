"""Constants that are made from constants, in every form that people write."""

from dagwright import task, workflow

HOST = "mail.example.com"
PORT = 587
URL = f"smtp://{HOST}:{PORT}"
SEASONS = {"spring": [3, 4, 5], "autumn": [9, 10, 11]}
MONTHS = sorted(month for months in SEASONS.values() for month in months)
LABELS = dict(zip(("a", "b"), range(2)))
GREETING = "Dear " + "reader".upper() + "!" * 2
LIMIT = 2**10 // 3
IS_LARGE = LIMIT > 300 and PORT != 25


@task
def subscribers(months: list[int], labels: dict[str, int]) -> list[str]:
    return [f"{label}-{month}" for month in months for label in labels]


@task
def send(url: str, to: list[str], text: str, limit: int, large: bool) -> int:
    return min(len(to), limit) if large else 0


@workflow
def main() -> int:
    to = subscribers(months=MONTHS, labels=LABELS)
    return send(url=URL, to=to, text=GREETING, limit=LIMIT, large=IS_LARGE)
