from dagwright import Resources, task, workflow


@task(requests=Resources(gpu="1"), limits=Resources(gpu="2"))  # E: DW510 the limit of `gpu` is 2
def uneven(x: int) -> int:
    return x


@task(resources=Resources(gpu=(2, 1)))  # E: DW505 lower than the request
def low(x: int) -> int:
    return x


@task(resources=Resources(cpu="1"), limits=Resources(cpu="2"))  # E: DW503 `resources` cannot stand beside `limits`
def twice(x: int) -> int:
    return x


@task(resources=Resources(cpu=("1", "2", "3")))  # E: DW503 a pair of request and limit
def three(x: int) -> int:
    return x


@task(limits=Resources(gpu="1"))
def even(x: int) -> int:
    return x
