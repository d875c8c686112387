"""Files and directories between tasks, on every way of running."""

from __future__ import annotations

from ast import literal_eval
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from ways_of_running import STAND_IN, WAYS, execute, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOW = """
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import flytekit
from flytekit import map_task, task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile, JPEGImageFile


@dataclass
class Bag:
    data: FlyteFile
    more: list[FlyteFile["csv"]]
    folder: Optional[FlyteDirectory] = None


@task
def as_text(text: str) -> FlyteFile:
    with open("data.txt", "w") as file:
        file.write(text)
    return "data.txt"


@task
def as_path(text: str) -> FlyteFile["csv"]:
    path = Path(flytekit.current_context().working_directory) / "data.csv"
    path.write_text(text)
    return path


@task
def as_remote(file: FlyteFile) -> os.PathLike:
    new = FlyteFile.new_remote_file("copy.txt")
    with file.open("r") as reading, new.open("w") as writing:
        writing.write(reading.read().upper())
    return new


@task
def tree(text: str) -> FlyteDirectory:
    made = FlyteDirectory.new("made")
    with made.new_file("deep/er/a.txt").open("w") as file:
        file.write(text)
    Path(made, "empty").mkdir()
    script = Path(made, "run.sh")
    script.write_text("echo ran")
    script.chmod(0o755)
    Path(made, "link.txt").symlink_to("deep/er/a.txt")
    return made


@task
def pack(data: FlyteFile, csv: FlyteFile["csv"], folder: FlyteDirectory) -> Bag:
    return Bag(data, [csv, FlyteFile(csv.path)], folder)


@task
def contents(file: FlyteFile) -> str:
    with open(file) as opened:
        return f"{os.path.basename(file.path)}={opened.read()}"


@task
def seen(bag: Bag, remote: os.PathLike, none: Optional[FlyteFile] = None) -> str:
    folder = bag.folder.download()
    found = sorted(path for _, path in bag.folder.crawl())
    return " ".join([
        Path(bag.data).read_text(),
        *(part.open().read() for part in bag.more),
        Path(remote).read_text(),
        *found,
        Path(folder, "link.txt").read_text(),
        os.popen(str(Path(folder, "run.sh"))).read().strip(),
        str(Path(folder, "empty").is_dir()),
        str(none),
    ])


@task
def listed(folder: FlyteDirectory) -> list[FlyteFile]:
    parts = FlyteDirectory.listdir(folder)
    deep = next(part for part in parts if isinstance(part, FlyteDirectory))
    return [*(part for part in parts if isinstance(part, FlyteFile)), deep / "er/a.txt"]


@workflow
def main() -> str:
    folder = tree(text="t")
    bag = pack(data=as_text(text="a"), csv=as_path(text="b"), folder=folder)
    return seen(bag=bag, remote=as_remote(file=bag.data))


@workflow
def listing() -> list[str]:
    return map_task(contents)(file=listed(folder=tree(text="t")))


@task
def grow(file: FlyteFile) -> FlyteFile:
    with file.open("a") as opened:
        opened.write("+")
    return file


@task
def again(before: FlyteFile, after: FlyteFile) -> str:
    return Path(before).read_text() + Path(after).read_text()


@workflow
def grown() -> str:
    first = as_text(text="a")
    second = grow(file=first)
    return again(before=first, after=grow(file=second))


@task
def untouched(file: FlyteFile, folder: FlyteDirectory) -> list[str]:
    return [repr(file), repr(folder), str(file.size), str(folder.size), file.extension(), str(file.downloaded)]


@workflow
def lazily() -> list[str]:
    return untouched(file=as_path(text="abc"), folder=tree(text="t"))


@task(cache=True, cache_version="1")
def counted(file: FlyteFile, folder: FlyteDirectory) -> int:
    with open(f"{FOLDER}/counts", "a") as counts:
        counts.write("x")
    return file.size


@task
def renamed(file: FlyteFile) -> FlyteFile:
    os.rename(file.download(), "other.txt")
    return FlyteFile("other.txt")


@workflow
def cached() -> list[int]:
    file, folder = as_text(text="abc"), tree(text="t")
    first = counted(file=file, folder=folder)
    second = counted(file=renamed(file=file), folder=tree(text="t"))
    first >> second
    return [first, second]


@task
def missing() -> FlyteFile:
    return FlyteFile("nowhere.txt")


@workflow
def lost() -> str:
    return contents(file=missing())


@task
def picture() -> FlyteFile:
    Path("a.png").write_text("png")
    return FlyteFile["png"]("a.png")


@task
def show(file: JPEGImageFile) -> str:
    return Path(file).read_text()


@task
def mixed() -> JPEGImageFile:
    Path("a.png").write_text("png")
    return FlyteFile["png"]("a.png")


@workflow
def formats() -> str:
    return show(file=picture())


@workflow
def wrong_format() -> str:
    return show(file=mixed())


@task
def away(url: str) -> tuple[FlyteFile, FlyteFile]:
    return url, FlyteFile.from_source(url)


@task
def sources(one: FlyteFile, two: FlyteFile) -> list[str]:
    return [one.remote_source.rpartition("/")[2], one.open().read(), Path(two).read_text(), os.path.basename(two)]


@workflow
def fetched() -> list[str]:
    one, two = away(url=URL)
    return sources(one=one, two=two)


@task
def kept(folder: str) -> tuple[FlyteFile, FlyteDirectory]:
    Path("here.txt").write_text("here")
    os.makedirs("tree/in", exist_ok=True)
    Path("tree/in/a").write_text("a")
    return FlyteFile("here.txt", remote_path=f"file://{folder}/there.txt"), FlyteDirectory("tree", remote_directory=f"file://{folder}/tree")


@task
def arrived(file: FlyteFile, folder: FlyteDirectory) -> list[str]:
    return [file.remote_source, Path(file).read_text(), Path(folder, "in/a").read_text()]


@workflow
def chosen() -> list[str]:
    file, folder = kept(folder=FOLDER)
    return arrived(file=file, folder=folder)
"""


TOGETHER = """
import os
from pathlib import Path
from flytekit import task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile


@task
def write(text: str) -> FlyteFile["txt"]:
    Path("inner.txt").write_text(text)
    return "inner.txt"


@task
def read(file: FlyteFile, path: os.PathLike, folder: FlyteDirectory) -> str:
    return file.open().read() + Path(path).read_text() + folder.path


@task
def outer() -> str:
    return read(file=write(text="a").path, path="inner.txt", folder=Path("d"))


@workflow
def main() -> str:
    return outer()
"""


PICKLED = """
from pathlib import Path
from dagwright import Directory, File, task, workflow


class Study:
    def __init__(self, file, folder):
        self.parts = {"file": file, "folder": [folder, file]}


@task
def gather() -> Study:
    Path("a.txt").write_text("a")
    folder = Directory.new("folder")
    folder.new_file("b.txt").open("w").close()
    return Study(File["txt"]("a.txt"), folder)


@task
def pass_on(study: Study) -> Study:
    Path("a.txt").write_text("another")
    return study


@task
def look(study: Study) -> list[str]:
    file, (folder, same) = study.parts["file"], study.parts["folder"]
    return [Path(file).read_text(), file.extension(), file.name, str(file is same), *(path for _, path in folder.crawl())]


@workflow
def main() -> list[str]:
    return look(study=pass_on(study=gather()))
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, served: Path) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("project")
    (served / "far away.txt").write_text("from afar")
    handler = lambda *arguments: _Quiet(*arguments, directory=str(served))  # noqa: E731
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/far%20away.txt?x=1"
        yield write_project(folder, f"URL = {url!r}\nFOLDER = {str(served)!r}\n{FLOW}")
        server.shutdown()


def answer(project: Path, way: str, workflow: str) -> object:
    ran = execute(project, way, workflow, ways=STAND_IN)
    assert ran.returncode == 0, ran.stderr
    return literal_eval(ran.stdout)  # of a script Python, of a run JSON; the answers are the same in both


@pytest.mark.parametrize("way", STAND_IN)
def test_files_arrive_as_they_were_returned(project: Path, way: str) -> None:
    expected = "a b b A deep/er/a.txt link.txt run.sh t ran True None"
    assert answer(project, way, "main") == expected


@pytest.mark.parametrize("way", STAND_IN)
def test_parts_of_a_directory_are_values(project: Path, way: str) -> None:
    assert answer(project, way, "listing") == ["link.txt=t", "run.sh=echo ran", "a.txt=t"]


@pytest.mark.parametrize("way", STAND_IN)
def test_what_a_task_writes_to_its_copy_is_a_value_of_its_own(project: Path, way: str) -> None:
    assert answer(project, way, "grown") == "aa++"


@pytest.mark.parametrize("way", STAND_IN)
def test_nothing_is_fetched_before_somebody_asks_for_the_path(project: Path, way: str) -> None:
    expected = ["<data.csv, not fetched yet>", "<made, not fetched yet>", "3", "10", "", "False"]
    assert answer(project, way, "lazily") == expected


@pytest.mark.parametrize("way", STAND_IN)
def test_equal_bytes_are_one_value_for_the_cache(project: Path, served: Path, way: str, tmp_path: Path) -> None:
    counts = served / "counts"
    counts.unlink(missing_ok=True)
    (project / "pyproject.toml").write_text(f'[tool.dagwright]\nstore = "{tmp_path.as_uri()}/store"\n')
    assert answer(project, way, "cached") == [3, 3]
    assert answer(project, "isolate", "cached") == [3, 3]
    assert counts.read_text() == "x"


@pytest.mark.parametrize("way", STAND_IN)
def test_a_file_that_was_never_written_fails_the_task_that_returns_it(project: Path, way: str) -> None:
    ran = execute(project, way, "lost", ways=STAND_IN)
    assert ran.returncode != 0
    assert "expected File, got File 'nowhere.txt', and there is no such file" in ran.stderr


@pytest.mark.parametrize("way", STAND_IN)
def test_a_file_of_no_declared_format_may_be_of_any(project: Path, way: str) -> None:
    ran = execute(project, way, "wrong_format", ways=STAND_IN)
    assert ran.returncode != 0
    assert 'expected File["jpeg"], got File["png"] \'a.png\'' in ran.stderr
    assert answer(project, way, "formats") == "png"


@pytest.mark.parametrize("way", STAND_IN)
def test_what_stands_under_a_url_travels_as_the_url(project: Path, way: str) -> None:
    expected = ["far%20away.txt?x=1", "from afar", "from afar", "far%20away.txt"]
    assert answer(project, way, "fetched") == expected


@pytest.mark.parametrize("way", STAND_IN)
def test_files_are_kept_where_the_user_chose(project: Path, way: str) -> None:
    source, file, inner = answer(project, way, "chosen")
    assert (source.partition("://")[0], source.rpartition("/")[2], file, inner) == ("file", "there.txt", "here", "a")


@pytest.mark.parametrize("way", STAND_IN)
def test_a_task_called_inside_a_task_takes_paths_too(tmp_path: Path, way: str) -> None:
    ran = execute(write_project(tmp_path, TOGETHER), way, "main", ways=STAND_IN)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().strip("\"'") == "aad"


@pytest.mark.parametrize("way", WAYS)
def test_files_inside_a_pickled_object_travel_beside_it(tmp_path: Path, way: str) -> None:
    ran = execute(write_project(tmp_path, PICKLED), way, "main")
    assert ran.returncode == 0, ran.stderr
    assert literal_eval(ran.stdout) == ["a", "txt", "a.txt", "True", "b.txt"]
