import csv
import os
import pkgutil
import queries
from importlib import resources
from pathlib import Path

from dagwright import task, workflow

HERE = Path(__file__).resolve().parent
COUNT = (HERE / "count.sql").read_text()  # W: DW431 `input/count.sql` is a file of this project


def fees() -> dict[str, float]:
    with open("data/zones.csv") as file:  # W: DW431 `input/data/zones.csv` is a file of this project
        return {row["zone"]: float(row["fee"]) for row in csv.DictReader(file)}


@task
def fee(zone: str) -> float:
    return fees()[zone]


@task
def texts(name: str) -> list[str]:
    beside = os.path.join(os.path.dirname(__file__), "texts", name)
    return [
        open(beside).read(),  # W: DW431 a file beside the code is read here
        resources.files(queries).joinpath("a.sql").read_text(),  # W: DW431 `queries` travels with a task without the files
        str(pkgutil.get_data("queries", "b.sql")),  # W: DW431 `queries` travels with a task without the files
    ]


@task
def written(x: int) -> str:
    out = Path("data/zones.csv")
    out.write_text(str(x))
    open("elsewhere.txt", "w").close()
    return out.read_text() + open(__file__).read() + open("/etc/hostname").read()


@workflow
def main(x: int) -> tuple[float, list[str], str]:
    return fee(zone="A"), texts(name="a.txt"), written(x=x)
