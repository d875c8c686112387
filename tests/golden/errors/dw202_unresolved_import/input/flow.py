from dagwright import workflow
from steps import duble  # E: DW202


@workflow
def main(x: int) -> int:
    return duble(x=x)
