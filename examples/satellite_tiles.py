"""Greenness of fields from satellite tiles: two bands read side by side, compared pixel by pixel, ranked.

dagwright run examples/satellite_tiles.py --day 2026-06-01
dagwright submit --watch examples/satellite_tiles.py --day 2026-06-01 --min-greenness 0.2
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TypedDict

from dagwright import Resources, TaskMetadata, map_task, task, workflow

TILES = ["33VWC", "33VXC"]
SIDE = 8


class Band(Enum):
    RED = "B04"
    NEAR_INFRARED = "B08"


class Greenness(TypedDict):
    tile: str
    mean: float
    green_pixels: int


@task(cache=True, cache_version="1", retries=2)
def read_band(day: dt.date, tiles: list[str], band: Band) -> list[list[float]]:
    """Reflectance of each tile's pixels. A stand-in for the download: it gives the same for the same day."""
    seed = day.toordinal() + (7 if band is Band.RED else 3)
    return [[(seed * (place + 1) + sum(map(ord, tile))) % 97 / 97 for place in range(SIDE * SIDE)] for tile in tiles]


@task(requests=Resources(cpu="200m", mem="64Mi"))
def compare(tile: str, red: list[float], near_infrared: list[float]) -> Greenness:
    """The normalised difference vegetation index of one tile."""
    index = [(far - near) / (far + near) if far + near else 0.0 for near, far in zip(red, near_infrared)]
    return {"tile": tile, "mean": round(sum(index) / len(index), 4), "green_pixels": sum(value > 0.3 for value in index)}


@task
def rank(found: list[Greenness], min_greenness: float) -> list[Greenness]:
    return sorted((tile for tile in found if tile["mean"] >= min_greenness), key=lambda tile: -tile["mean"])


@workflow
def greenest_tiles(day: dt.date, min_greenness: float = -1.0) -> list[Greenness]:
    bands = {band: read_band(day=day, tiles=TILES, band=band) for band in Band}
    of_each = map_task(compare, metadata=TaskMetadata(retries=1), concurrency=4)
    found = of_each(tile=TILES, red=bands[Band.RED], near_infrared=bands[Band.NEAR_INFRARED]).with_overrides(
        requests=Resources(cpu="100m", mem="64Mi")
    )
    return rank(found=found, min_greenness=min_greenness)


if __name__ == "__main__":
    for tile in greenest_tiles(day=dt.date(2026, 6, 1)):
        print(f"{tile['tile']}: {tile['mean']:+.4f}, {tile['green_pixels']} green pixels")
