from dataclasses import dataclass

PAGE = 10


@dataclass
class Row:
    text: str
    number: int
