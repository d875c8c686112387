from dagwright import task, workflow


@task(environment={"2ND": "x"})  # E: DW532 the environment variable '2ND'
def double(x: int) -> int:
    return 2 * x


@workflow
def main(
    größe: int,  # E: DW532 the input `größe`
) -> int:
    return double(x=größe).with_overrides(node_name="2-double")  # E: DW532 the name `2-double` of a call
