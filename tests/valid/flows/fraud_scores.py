from dataclasses import dataclass
from typing import Literal

from dagwright import task, workflow

Risk = Literal["low", "high"]


@dataclass
class Settings:
    threshold: float = 0.5
    weights: tuple[float, float] = (0.7, 0.3)


DEFAULTS = Settings(threshold=0.6)


@task
def features(account: int) -> tuple[float, float]:
    return account % 10 / 10, account % 7 / 7


@task
def score(age: float, volume: float, settings: Settings) -> float:
    return age * settings.weights[0] + volume * settings.weights[1]


@task
def classify(score: float, settings: Settings) -> Risk:
    return "high" if score > settings.threshold else "low"


@workflow
def main(account: int = 1234) -> Risk:
    age, volume = features(account=account)
    value = score(age=age, volume=volume, settings=DEFAULTS)
    return classify(score=value, settings=DEFAULTS)
