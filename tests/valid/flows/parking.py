"""Tasks without inputs, without outputs, and a workflow that gives nothing."""

import logging

from dagwright import task, workflow

log = logging.getLogger(__name__)


@task
def sweep():
    log.info("sweeping")


@task
def count() -> int:
    return 41


@task
def gate(free: int, *, open_at: int = 10) -> None:
    """Open the gate where there is room."""
    if free > open_at:
        log.info("open")


@workflow
def main() -> None:
    swept = sweep()
    free = count()
    swept >> free
    gate(free=free)
