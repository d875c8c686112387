from dagwright import ImageSpec, task, workflow


@task(container_image=ImageSpec(name="trainer", registry="ghcr.io/acme", packages=["torch"]))
def train(x: int) -> int:
    return x


@task(container_image="ghcr.io/else/tool:2")
def tool(x: int) -> int:
    return x


@task
def report(x: int) -> int:
    return x


@workflow
def main(x: int = 1) -> int:
    return report(x=tool(x=train(x=x)))
