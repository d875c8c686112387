"""Thumbnails of a folder of pictures (PGM, which needs no library): a file each, and a folder of all of them.

dagwright run examples/thumbnails.py --pictures '["examples/data/moon.pgm", "examples/data/steps.pgm"]'
dagwright images examples/thumbnails.py
dagwright submit --watch examples/thumbnails.py --pictures '["examples/data/moon.pgm"]' --side 2
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dagwright import Directory, File, ImageSpec, Resources, map_task, task, workflow

IMAGING = ImageSpec(name="imaging", registry="ghcr.io/acme", python_version="3.11")


@task(cache=True, cache_version="1", container_image=IMAGING, requests=Resources(cpu="100m", mem="64Mi"))
def shrink(picture: File, side: int) -> File:
    """Scale a picture down to ``side`` by ``side`` pixels, each the mean of what it stands for."""
    _, size, most, *pixels = Path(picture).read_text().split("\n")
    width, height = map(int, size.split())
    grey = [int(value) for line in pixels for value in line.split()]
    small: list[int] = []
    for row in range(side):
        rows = range(row * height // side, (row + 1) * height // side)
        for column in range(side):
            columns = range(column * width // side, (column + 1) * width // side)
            block = [grey[y * width + x] for y in rows for x in columns]
            small.append(sum(block) // len(block))
    lines = [" ".join(map(str, small[start : start + side])) for start in range(0, len(small), side)]
    thumbnail = File.new(f"{Path(picture.name).stem}-{side}.pgm")
    Path(thumbnail).write_text("\n".join(["P2", f"{side} {side}", most, *lines, ""]))
    return thumbnail


@task(container_image=IMAGING)
def gallery(thumbnails: list[File]) -> Directory:
    """Put the thumbnails into one folder, with a page that shows them."""
    folder = Directory.new("gallery")
    for thumbnail in thumbnails:
        Path(folder, thumbnail.name).write_bytes(Path(thumbnail).read_bytes())
    page = "".join(f'<img src="{thumbnail.name}">\n' for thumbnail in thumbnails)
    Path(folder, "index.html").write_text(page)
    return folder


@workflow
def thumbnails(pictures: list[File], side: int = 4) -> tuple[list[File], Directory]:
    shrunk = map_task(partial(shrink, side=side))(picture=pictures)
    return shrunk, gallery(thumbnails=shrunk)


if __name__ == "__main__":
    data = Path(__file__).parent / "data"
    small, folder = thumbnails(pictures=[File(data / "moon.pgm"), File(data / "steps.pgm")])
    print(*sorted(part.name for part in Path(folder).iterdir()))
    print(Path(small[1]).read_text(), end="")
