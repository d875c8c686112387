"""Values that differ from run to run: what to write depends on where they stand."""

import os
import random
import time
from pathlib import Path

from dagwright import task, workflow

REGION = os.getenv("REGION", "eu")
TEXT = Path("notes.txt").read_text()


@task(retries=int(os.environ["RETRIES"]))  # E: DW410 `os.environ` depends on the environment
def show(text: str) -> None:
    print(text)


@workflow
def main(name: str = os.getenv("NAME", "")) -> None:  # E: DW410 `os.getenv` depends on the environment
    show(text=os.getenv("HOME"))  # E: DW410 `os.getenv` depends on the environment
    show(text=str(random.random()))  # E: DW410 `random.random` depends on randomness
    show(text=f"{time.time()}")  # E: DW410 `time.time` depends on the clock
    show(text=open("notes.txt").read())  # E: DW410 `open` depends on a file
    show(text=REGION)  # E: DW410 `REGION` is not known while compiling
    show(text=TEXT)  # E: DW410 compiling, which never looks at the disk
    show(text=__name__)  # E: DW410 `__name__` depends on how the file is started
    show(text=__file__)  # E: DW410 `__file__` depends on where the file lies
    show(text="x").with_overrides(retries=int(os.environ["RETRIES"]))  # E: DW410 `os.environ` depends on the environment
