from dagwright import task, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def main(x: int) -> int:
    first = double(x=x).with_overrides(node_name="Double it")
    again = double(x=first).with_overrides(node_name="double-it")  # E: DW415 another call of this workflow is named `double-it`
    third = double(x=again).with_overrides(node_name="a name that nobody could read because it is too long")  # E: DW415 52 characters
    fourth = double(x=third).with_overrides(name="shown to people")
    fifth = double(x=fourth).with_overrides(name="shown to people")
    return double(x=fifth).with_overrides(node_name="---")  # E: DW415 no letter or digit
