"""A nightly load: order without data, overrides, constants of another module, helper functions."""

import logging
from datetime import datetime
from functools import wraps

from flytekit import Resources, task, workflow
from flytekit.core.node_creation import create_node

from etl_settings import IMAGE, TABLES, small

logger = logging.getLogger(__name__)


def timed(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        started = datetime.now()
        try:
            return function(*args, **kwargs)
        finally:
            logger.info("took %s", datetime.now() - started)

    return wrapper


@task(container_image=IMAGE, **small)
@timed
def extract(table: str, day: datetime) -> str:
    return f"{table}-{day:%Y%m%d}"


@task(container_image=IMAGE, requests=Resources(cpu="500m", mem="512Mi"), timeout=600)
def load(batch: str, overwrite: bool = False) -> int:
    return len(batch)


@task
def notify(counts: list[int]) -> None:
    print(sum(counts))


@task
def clean_up() -> None:
    logger.info("clean")


@workflow
def main(day: datetime = datetime(2024, 1, 31)):
    orders = load(batch=extract(table=TABLES[0], day=day), overwrite=True).with_overrides(retries=1)
    customers = load(batch=extract(table=TABLES[1], day=day))
    told = notify(counts=[orders, customers])
    cleaned = create_node(clean_up)
    told >> cleaned
