from functools import partial
from typing import NamedTuple, Tuple

from flytekit import ImageSpec, Resources, map_task, task, workflow

pillow = ImageSpec(name="thumbs", packages=["pillow==10.4.0"], registry="registry.example.com/media", python_version="3.11")
SIZES = {"small": (64, 64), "large": (512, 512)}

Thumbnail = NamedTuple("Thumbnail", [("name", str), ("width", int), ("height", int)])


@task
def list_images(folder: str) -> list[str]:
    return [f"{folder}/{number}.png" for number in range(3)]


@task(container_image="registry.example.com/media/pillow:10.4", requests=Resources(cpu="1", mem="512Mi"))
def resize(path: str, size: Tuple[int, int]) -> str:
    return f"{path}@{size[0]}x{size[1]}"


@task
def manifest(small: list[str], large: list[str]) -> str:
    return "\n".join(sorted(small + large))


@workflow
def main(folder: str = "holiday") -> str:
    images = list_images(folder=folder)
    small = map_task(partial(resize, size=SIZES["small"]))(path=images)
    large = map_task(partial(resize, size=SIZES["large"]))(path=images)
    return manifest(small=small, large=large)
