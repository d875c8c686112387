import json
from pathlib import Path

from flytekit import task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile


@task
def capture(shots: int) -> FlyteDirectory:
    folder = Path("shots")
    folder.mkdir(exist_ok=True)
    for number in range(shots):
        (folder / f"{number}.txt").write_text("*" * number)
    return FlyteDirectory(str(folder))


@task
def index(folder: FlyteDirectory) -> FlyteFile["json"]:
    sizes = {path.name: path.stat().st_size for path in sorted(Path(folder.download()).iterdir())}
    Path("index.json").write_text(json.dumps(sizes))
    return FlyteFile("index.json")


@task
def brightest(index: FlyteFile["json"]) -> int:
    with open(index) as text:
        return max(json.load(text).values())


@workflow
def main(shots: int = 4) -> int:
    return brightest(index=index(folder=capture(shots=shots)))
