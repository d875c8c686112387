from enum import Enum
from typing import Dict, List, Tuple

from flytekit import task, workflow


class Build(str, Enum):
    HG19 = "hg19"
    HG38 = "hg38"

    @property
    def is_current(self) -> bool:
        return self is Build.HG38


GENES: Dict[Build, List[str]] = {Build.HG38: ["BRCA1", "TP53"], Build.HG19: ["BRCA1"]}
CURRENT = GENES[Build.HG38]


@task
def positions(genes: List[str], build: Build = Build.HG38) -> Dict[str, Tuple[int, int]]:
    return {gene: (index, index + len(gene)) for index, gene in enumerate(genes)}


@task
def cover(positions: Dict[str, Tuple[int, int]]) -> int:
    return sum(end - start for start, end in positions.values())


@workflow
def main(build: Build = Build.HG19) -> Tuple[int, int]:
    old = cover(positions=positions(genes=GENES[Build.HG19], build=build))
    new = cover(positions=positions(genes=CURRENT))
    return old, new
