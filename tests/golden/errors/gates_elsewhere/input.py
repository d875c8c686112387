from datetime import timedelta

import dagwright as dw
from dagwright import approve, sleep, task, wait_for_input, workflow

sleep(timedelta(seconds=1))  # E: DW407 called when the file is imported
LIMIT = dw.wait_for_input("limit", timedelta(hours=1), int)  # E: DW407 called when the file is imported


def ask() -> int:
    return wait_for_input("n", timedelta(hours=1), int)  # E: DW407 this task would fail here


@task
def one(x: int) -> int:
    sleep(timedelta(seconds=1))  # E: DW407 this task would fail here
    return approve(x + ask(), "x", timedelta(hours=1))  # E: DW407 this task would fail here


@workflow
def main() -> int:
    return one(x=1)
