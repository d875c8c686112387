from dagwright import ImageSpec, task, workflow


@task(container_image=ImageSpec(name="trainer"))
def train(x: int) -> int:
    return x


@workflow
def main(x: int) -> int:
    return train(x=x)
