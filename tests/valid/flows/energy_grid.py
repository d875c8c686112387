from typing import Dict, List, Optional, Union

from flytekit import task, workflow
from typing_extensions import Annotated

Watts = Annotated[float, "of one meter"]
Reading = Union[int, float]


@task
def meters(region: str) -> List[str]:
    return [f"{region}-{number}" for number in range(4)]


@task
def measure(names: List[str], scale: Reading = 1) -> Dict[str, Watts]:
    return {name: float(index) * scale for index, name in enumerate(names)}


@task
def peak(loads: Dict[str, float], ignore: Optional[str] = None) -> Annotated[float, "kW"]:
    return max(value for name, value in loads.items() if name != ignore)


@workflow
def main(region: str = "coast", scale: float = 1.5) -> float:
    names = meters(region=region)
    return peak(loads=measure(names=names, scale=scale), ignore=names[0])
