"""Classes of packages that nobody here knows stay what they are."""

from flytekit import task, workflow
from pyspark.sql import DataFrame as Frame
from thirdparty.models import Ranker, rank_options

OPTIONS = rank_options


@task
def events(path: str) -> Frame:
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate().read.json(path)


@task
def fit(frame: Frame, rounds: int) -> Ranker:
    return Ranker(**OPTIONS()).fit(frame, rounds=rounds)


@task
def evaluate(model: Ranker, frame: Frame) -> float:
    return model.score(frame)


@workflow
def main(path: str = "s3://events/2024/") -> float:
    frame = events(path=path)
    return evaluate(model=fit(frame=frame, rounds=10), frame=frame)
