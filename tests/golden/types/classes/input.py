from dataclasses import dataclass, field
from enum import Enum

from dagwright import task, workflow


class Color(Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Point:
    x: float
    y: float = 0


@dataclass
class Shape:
    name: str
    corners: list[Point]
    color: Color = Color.RED
    tags: dict[str, int] = field(default_factory=dict)


@task
def draw(shape: Shape, color: Color) -> Shape:
    shape.color = color
    return shape


@workflow
def main(color: Color = Color.GREEN) -> Shape:
    return draw(shape=Shape("dot", [Point(1, 2)]), color=color)
