from dagwright import ImageSpec, task, workflow
from images import BASE, FULL

LOCKED = ImageSpec(name="locked", requirements="requirements.txt", base_image=BASE)


@task(container_image=FULL)
def chained(x: int) -> int:
    return x


@task(container_image=LOCKED)
def locked(x: int) -> int:
    return x


@task(container_image=ImageSpec(name="built", packages=["torch"]))
def configured(x: int) -> int:
    return x


@task(container_image="{{.image.trainer.fqn}}:{{.image.trainer.version}}")
def digest(x: int) -> int:
    return x


@task(container_image="{{.images.plain.fqn}}-gpu:{{.images.plain.version}}")
def part(x: int) -> int:
    return x


@workflow
def main(x: int = 1) -> int:
    a = digest(x=configured(x=locked(x=chained(x=x))))
    return part(x=a).with_overrides(container_image="{{.image.plain}}")
