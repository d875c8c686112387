from enum import Enum

from dagwright import task, workflow


class Layer(Enum):
    RAW = "raw"
    CLEAN = "clean"
    GOLD = "gold"


@task
def promote(table: str, layer: str) -> str:
    return f"{layer}/{table}"


@task
def publish(paths: list[str]) -> int:
    return len(paths)


@task
def check(path: str) -> None:
    print("checked", path)


@workflow
def main(table: str = "orders") -> int:
    paths = []
    for layer in Layer:
        match layer:
            case Layer.RAW:
                path = promote(table=table, layer="landing")
            case Layer.CLEAN | Layer.GOLD:
                path = promote(table=table, layer=layer.value)
        done = check(path=path)
        path >> done
        paths += [path]
    first, *others = paths
    return publish(paths=[*others, first])
