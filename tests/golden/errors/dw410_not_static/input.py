import os
import random
import subprocess
import time
import uuid
from datetime import date, datetime

from dagwright import task, workflow

STARTED = datetime.now()
NIGHT = 22 if time.localtime().tm_hour > 12 else 4


def chosen() -> int:
    return random.choice([1, 2])


RATE = chosen()


@task(retries=int(os.environ["RETRIES"]))  # E: DW410 `retries` is not known while compiling: `os.environ` depends on the environment
def double(x: int) -> int:
    return 2 * x


@task
def note(text: str, on: date, number: int) -> None:
    print(text, on, number)


@workflow
def main(x: int) -> int:
    note(text=os.getenv("HOME", "/"), on=date(2024, 1, 1), number=1)  # E: DW410 `os.getenv` depends on the environment
    note(text=str(uuid.uuid4()), on=date.today(), number=1)  # E: DW410 `uuid.uuid4` depends on randomness # E: DW410 `date.today` depends on the clock
    note(text=open("note.txt").read(), on=STARTED, number=1)  # E: DW410 `open` depends on a file # E: DW410 `STARTED` is not known while compiling: `datetime.now` depends on the clock
    note(text=subprocess.getoutput("hostname"), on=date(2024, 1, 1), number=NIGHT)  # E: DW410 `subprocess.getoutput` is code that compiling never runs # E: DW410 `NIGHT`
    note(text="", on=date(2024, 1, 1), number=RATE)  # E: DW410 `RATE`
    return double(x=random.randint(1, 6))  # E: DW410 `random.randint` depends on randomness
