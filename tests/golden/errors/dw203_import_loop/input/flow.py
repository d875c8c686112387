from dagwright import workflow
from other import double  # E: DW203


@workflow
def main(x: int) -> int:
    return double(x=x)
