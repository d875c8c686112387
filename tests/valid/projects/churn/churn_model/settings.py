from dataclasses import dataclass

from . import regions

REGIONS = regions.ALL[:2]


@dataclass
class Settings:
    trees: int = 10
    depth: int = 3
