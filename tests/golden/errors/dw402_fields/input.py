"""Fields of a class that are misspelt, missing or passed twice, wherever it is made: as for the inputs of a task."""

from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Config:
    rate: float
    steps: int = 3


DEFAULT = Config(rat=1.0)  # E: DW402 `Config` has no field `rat`


@task
def train(config: Config = Config(step=3, rate=1.0)) -> int:  # E: DW402 `Config` has no field `step`
    return config.steps


@workflow
def main(count: int, config: Config = Config(steps=2)) -> None:  # E: DW401 `Config` lacks the field `rate`
    train(config=DEFAULT)
    train(config=Config(steps=1))  # E: DW401 `Config` lacks the field `rate`
    train(config=Config(0.1, rate=0.2))  # E: DW403 `rate` is passed twice to `Config`
    train(config=Config(0.1, 2, 3))  # E: DW404 `Config` has 2 fields, but 3 values are passed
    train(config=Config(ratee=0.1, steps=count))  # E: DW402 `Config` has no field `ratee`
