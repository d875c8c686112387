from dagwright import workflow
from steps.double import double


@workflow
def main(x: int) -> int:
    return double(x=x)
