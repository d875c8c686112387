from dagwright import ImageSpec, task


@task(container_image="{{.image.trainre.fqn}}:{{.image.trainre.version}}")  # E: DW511 no image `trainre` is configured
def misspelt(x: int) -> int:
    return x


@task(container_image="{{.image.default.fqn}}:{{.image.default.version}}")  # E: DW511 `default`
def unknown(x: int) -> int:
    return x


@task(container_image="{{ image.trainer }}")  # E: DW503 not a template of an image
def malformed(x: int) -> int:
    return x


@task(container_image=ImageSpec(name="x", requirements="absent.txt"))  # E: DW503 `absent.txt` is not found
def absent(x: int) -> int:
    return x


@task(container_image=ImageSpec(name="x", package=["numpy"]))  # E: DW501 `ImageSpec` has no keyword `package`
def keyword(x: int) -> int:
    return x


@task(container_image="{{.image.trainer}}")
def right(x: int) -> int:
    return x
