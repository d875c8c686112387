from dagwright import workflow
from pkg import steps
from pkg.steps import load as load_all


@workflow
def main(path: str) -> int:
    return steps.count(rows=load_all(path=path, limit=steps.LIMIT))
