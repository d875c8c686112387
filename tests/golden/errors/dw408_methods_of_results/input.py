"""Methods and attributes that values have and results do not, and methods that give nothing."""

from typing import Dict, List

import pandas as pd
from flytekit import map_task, task, workflow
from flytekit.types.file import FlyteFile


@task
def load(name: str) -> pd.DataFrame:
    return pd.DataFrame({"name": [name]})


@task
def fit(frame: pd.DataFrame) -> Dict[str, float]:
    return {"loss": 0.5}


@task
def write(metrics: Dict[str, float]) -> FlyteFile:
    return FlyteFile("report.txt")


@task
def count(names: List[str]) -> int:
    return len(names)


@workflow
def main(name: str) -> None:
    frame = load(name=name)
    metrics = fit(frame=frame)
    file = write(metrics=metrics)
    load(name=metrics.get("loss"))  # E: DW408 `.get()` needs the value of the result of `fit`
    for key, value in metrics.items():  # E: DW408 `.items()` needs the value of the result of `fit`
        load(name=key)
    load(name=name.upper())  # E: DW408 `.upper()` needs the value of the input `name`
    load(name=file.path)  # E: DW312 `FlyteFile` has no fields that a workflow can read
    fit(frame=pd.concat([frame, frame]))  # E: DW408 `pd.concat` needs the value of the result of `load`
    count(names=["a"].append("b"))  # E: DW305 expected `list[str]`, found `None`
    count(names=(each for each in ["a", "b"]))  # E: DW305 expected `list[str]`, found `generator`
    count(names=[*metrics])  # E: DW407 how many items it has is known only when the workflow runs
    count(names=[each for each in ["a"] if count(names=["b"])])  # E: DW408 the `if` of the comprehension needs the value
    count(names=map_task(load))  # E: DW407 a mapped task cannot be passed to `count.names`
    load(name=count(names=["a"]).value)  # E: DW312 `int` has no fields that a workflow can read
    load(name=count(names=["a"])[0])  # E: DW312 `int` has no items that a workflow can read
