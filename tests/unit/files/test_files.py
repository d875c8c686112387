"""``File`` and ``Directory`` as users hold them, without any workflow."""

from __future__ import annotations

import copy
import json
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pytest
from mashumaro.mixins.json import DataClassJSONMixin
from pydantic import BaseModel, ValidationError

from dagwright import Directory, File, StructuredDataset
from dagwright.files.access import StoreAccess
from dagwright.files.contents import Bytes, Elsewhere
from dagwright.files.located import of_format
from dagwright.files.trees import CannotTravel, Tree, read_manifest, scan, write_manifest
from dagwright.store import StoreError, open_store

csv = TypeVar("csv")
JPEGImageFile: Any = File["jpeg"]
TensorboardLogs: Any = Directory["tensorboard"]


class Ext:
    def __str__(self) -> str:
        return "tar.gz"


@pytest.mark.parametrize("parameter", ["csv", ".csv", " ~.csv ", csv, Literal["csv"], Annotated[str, "csv"]])
def test_a_format_is_one_class_however_it_is_written(parameter: Any) -> None:
    made = File[parameter]
    assert made is of_format(File, "csv")
    assert issubclass(made, File)
    assert (made.extension(), made("a").extension(), File.extension()) == ("csv", "csv", "")


def test_no_format_is_the_class_itself() -> None:
    assert File[None] is File
    assert File[""] is File
    assert Directory[Annotated[str, Ext()]].extension() == "tar.gz"
    with pytest.raises(ValueError, match="not the format of a file"):
        File["a/b"]


def test_a_path_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ä")
    file = File(path)
    assert (file.path, os.fspath(file), str(file), file.name) == (str(path), str(path), str(path), "a.txt")
    assert (file.remote_source, file.size, file.downloaded) == (None, 2, True)
    with file.open() as reading:
        assert reading.read() == "ä"
    assert file == str(path)
    assert file == File(str(path))
    assert file != File["txt"](path)
    assert file != File(tmp_path / "b.txt")


@pytest.mark.parametrize("path", [3, None, b"bytes", Path])
def test_only_a_path_is_a_path(path: Any) -> None:
    with pytest.raises(TypeError):
        File(path)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("s3://bucket/a/b.csv", "b.csv"),
        ("https://example.com/b.csv?version=3", "b.csv"),
        ("s3://bucket/folder/", "folder"),
        ("s3://bucket", "bucket"),
        ("gs://bucket/..", "file"),
    ],
)
def test_a_url_is_known_by_its_last_part(url: str, name: str) -> None:
    file = File(url)
    assert (file.name, file.path, str(file), repr(file), file.remote_source) == (name, url, url, url, url)
    assert not file.downloaded
    assert file == File.from_source(url)


def test_a_downloader_runs_once_before_the_path_is_used(tmp_path: Path) -> None:
    path, calls = tmp_path / "a", []

    def download() -> None:
        calls.append(1)
        path.write_text("a")

    file = File(path, download)
    assert not file.downloaded
    assert Path(file).read_text() + Path(file).read_text() == "aa"
    assert calls == [1]


def test_new_files_stand_in_a_folder_of_their_own() -> None:
    first, second = File.new("a/b.txt"), File.new_remote_file()
    with first.open("w") as writing:
        writing.write("b")
    assert first.path != second.path
    assert Path(first).parent.is_dir()
    assert Directory.new("d").path != Directory.new_remote("e").path
    for absolute in (File.new, Directory.new):
        with pytest.raises(ValueError, match="is an absolute path"):
            absolute("/a")


def test_what_another_task_gave_is_fetched_once_and_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("abc")
    content = Bytes(path=str(tmp_path / "kept"))
    file = File.standing_for(content, "data.txt")
    assert not file.downloaded
    assert repr(file) == "<data.txt, not fetched yet>"
    path = file.download()
    assert (Path(path).name, file.download(), Path(path).read_text()) == ("data.txt", path, "abc")
    assert file.travelling() is content
    with file.open("a") as writing:
        writing.write("d")
    assert file.travelling() is None  # what travels on is what stands under the path now
    assert (tmp_path / "kept").read_text() == "abc"


def test_a_copy_that_somebody_wrote_to_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("abc")
    file = File.standing_for(Bytes(path=str(tmp_path / "kept")), "data.txt")
    Path(file).write_text("other")
    assert file.travelling() is None
    folder = Directory.standing_for(Tree(scan(str(tmp_path))), "d")
    Path(folder, "new").touch()
    assert folder.travelling() is None


def test_writing_from_the_start_fetches_nothing(tmp_path: Path) -> None:
    file = File.standing_for(Bytes(sha256="0" * 64, size=3), "data.txt")  # no store is at hand
    with file.open("w") as writing:
        writing.write("new")
    assert Path(file).read_text() == "new"
    with pytest.raises(LookupError, match="stand in a store, and none is at hand here"):
        File.standing_for(Bytes(sha256="0" * 64, size=3), "data.txt").open("a")
    with pytest.raises(OSError, match="cannot be written to"):
        File("s3://bucket/a").open("w")


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda file: pickle.loads(pickle.dumps(file))])
def test_copies_are_equal(make: Any, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("abc")
    near = File["txt"].standing_for(Bytes(path=str(tmp_path / "kept")), "data.txt")
    far = File("s3://bucket/a", metadata={"of": "us"})
    assert make(far) == far
    assert make(far).metadata == {"of": "us"}
    assert not make(far).downloaded
    assert Path(make(near)).read_text() == "abc"
    assert type(make(near)) is File["txt"]


def test_deep_copies_fetch_nothing() -> None:
    assert not copy.deepcopy(File.standing_for(Bytes(sha256="0" * 64, size=3), "a")).downloaded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    (made / "b" / "c").mkdir(parents=True)
    (made / "empty").mkdir()
    (made / "a.txt").write_text("a")
    (made / "b" / "b.txt").write_text("bb")
    (made / "b" / "c" / "c.txt").write_text("ccc")
    return made


def test_a_directory_lists_its_parts(folder: Path) -> None:
    for directory in (Directory(folder), Directory.standing_for(Tree(scan(str(folder))), "folder")):
        parts = {part.name: part for part in Directory.listdir(directory)}
        assert list(parts) == ["a.txt", "b", "empty"]
        assert isinstance(parts["b"], Directory)
        assert sorted(path.name for path in Path(parts["b"]).iterdir()) == ["b.txt", "c"]
        assert list(Path(parts["empty"]).iterdir()) == []
        assert Path(parts["a.txt"]).read_text() == "a"
        assert directory.size == 6
        assert Path(directory / "a.txt").read_text() == "a"
        assert directory.sep == "/"


def test_a_directory_is_crawled_as_flytekit_crawls_it(folder: Path) -> None:
    directory = Directory(folder)
    base = str(folder)
    assert list(directory.crawl()) == [(base, "a.txt"), (base, "b/b.txt"), (base, "b/c/c.txt")]
    assert list(directory.crawl(maxdepth=1)) == [(base, "a.txt")]
    assert [path for _, path in directory.crawl(topdown=False)] == ["b/c/c.txt", "b/b.txt", "a.txt"]
    details = dict(found.popitem() for _, found in directory.crawl(detail=True))
    assert details["b/b.txt"] == {"name": f"{base}/b/b.txt", "size": 2, "type": "file"}


def test_new_parts_of_a_directory_are_written_to(folder: Path) -> None:
    directory = Directory(folder)
    with directory.new_file("x/y.txt").open("w") as writing:
        writing.write("y")
    assert directory.new_dir("z").path == str(folder / "z")
    assert (folder / "x" / "y.txt").read_text() == "y"
    assert directory.new_file().path != directory.new_file().path


def test_links_are_followed_and_loops_are_not(folder: Path) -> None:
    (folder / "link").symlink_to("b")
    (folder / "file-link").symlink_to("a.txt")
    assert list(scan(str(folder))) == ["a.txt", "b/b.txt", "b/c/c.txt", "empty", "file-link", "link/b.txt", "link/c/c.txt"]
    (folder / "b" / "up").symlink_to("..")
    with pytest.raises(CannotTravel, match="'b/up' in it is a link that leads back to a folder above"):
        scan(str(folder))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.symlink_to("nowhere"), "'b/odd' in it is a link that leads nowhere"),
        (os.mkfifo, "'b/odd' in it is neither a file nor a folder"),
        (lambda path: (path.parent / ".dagwright").mkdir(), "'b/.dagwright' in it is where dagwright keeps results"),
    ],
)
def test_what_is_no_file_cannot_travel(folder: Path, make: Any, message: str) -> None:
    make(folder / "b" / "odd")
    with pytest.raises(CannotTravel, match=message):
        scan(str(folder))


class _Access:
    def __init__(self, blobs: dict[str, bytes]) -> None:
        self.blobs = blobs

    def fetch(self, sha256: str, size: int, path: str) -> None:
        assert len(self.blobs[sha256]) == size
        Path(path).write_bytes(self.blobs[sha256])

    def fetch_each(self, wanted: list[tuple[str, int, str]]) -> None:
        for sha256, size, path in wanted:
            self.fetch(sha256, size, path)

    def read(self, sha256: str, size: int) -> bytes:
        assert len(self.blobs[sha256]) == size
        return self.blobs[sha256]


def test_a_manifest_says_everything_and_nothing_of_this_machine(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").chmod(0o755)
    (folder / "ä\n").touch()
    entries = scan(str(folder))
    content = write_manifest(entries)
    assert str(tmp_path).encode() not in content
    access: Any = _Access({item.digest(): Path(item.path).read_bytes() for item in entries.values() if item is not None})
    Tree(read_manifest(content, access)).copy_to(str(tmp_path / "copy"))
    again = scan(str(tmp_path / "copy"))
    assert write_manifest(again) == content
    assert os.access(tmp_path / "copy" / "a.txt", os.X_OK)
    assert not os.access(tmp_path / "copy" / "ä\n", os.X_OK)


@pytest.mark.parametrize("path", ["../a", "/etc/passwd", "a/../../b", "a//b", ".", "a/./b", "", "a/", "a\0b"])
def test_a_manifest_never_leads_out_of_its_directory(path: str) -> None:
    content = write_manifest({path: Bytes(sha256="0" * 64, size=0)})
    with pytest.raises(StoreError, match="leads out of it: nothing is written"):
        read_manifest(content, _Access({}))  # type: ignore[arg-type]


GOOD = {"path": "a", "sha256": "0" * 64, "size": 1}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"no json", "is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff", "codec can't decode"),
        ({}, "lists no files"),
        ([7], "lists something that has no path"),
        ([{}], "lists something that has no path"),
        ([{**GOOD, "path": 7}], "lists something that has no path"),
        ([{**GOOD, "path": "x" * 300}], "leads out of it"),
        ([{**GOOD, "path": "\ud800"}], "leads out of it"),
        ([GOOD, GOOD], "names 'a' twice"),
        ([GOOD, {"path": "a"}], "names 'a' twice"),
        ([{**GOOD, "path": "a/b/c"}, {**GOOD, "path": "a/b"}], "names 'a/b' as a file and as a folder"),
        ([{**GOOD, "sha256": "../../../etc/passwd"}], "does not say which bytes 'a' has"),
        ([{**GOOD, "sha256": "0" * 63 + "g"}], "does not say which bytes 'a' has"),
        ([{**GOOD, "sha256": None}], "does not say which bytes 'a' has"),
        ([{**GOOD, "size": -1}], "does not say which bytes 'a' has"),
        ([{**GOOD, "size": "1"}], "does not say which bytes 'a' has"),
        ([{**GOOD, "size": 10**30}], "does not say which bytes 'a' has"),
        ([{**GOOD, "size": 1.5}], "does not say which bytes 'a' has"),
        ([{"path": "a", "sha256": "0" * 64}], "does not say which bytes 'a' has"),
    ],
)
def test_what_is_no_manifest_is_refused_in_one_sentence(content: Any, text: str) -> None:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(StoreError, match=r"^a directory in the store .*: nothing is written$") as found:
        read_manifest(data, _Access({}))  # type: ignore[arg-type]
    assert text in str(found.value)
    assert not found.value.transient


def test_names_that_differ_by_case_are_two_files() -> None:
    data = json.dumps([{**GOOD, "path": "A"}, GOOD]).encode()
    assert list(read_manifest(data, _Access({}))) == ["A", "a"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("sha256", "size"), [("../../../../etc/passwd", 5), ("0" * 63, 5), ("0" * 64, -1), ("0" * 64, 10**30)])
def test_a_file_that_names_no_blob_is_not_looked_for(tmp_path: Path, sha256: str, size: int) -> None:
    access = StoreAccess(open_store((tmp_path / "store").as_uri()))
    for fetch in (lambda: access.fetch(sha256, size, str(tmp_path / "x")), lambda: access.read(sha256, size)):
        with pytest.raises(StoreError, match="which is no blob"):
            fetch()
    assert not (tmp_path / "x").exists()


class Model(BaseModel):
    file: File
    table: StructuredDataset
    picture: JPEGImageFile = JPEGImageFile("s3://bucket/a.jpeg")
    folder: Directory | None = None


def test_a_model_takes_files_and_what_stands_for_them(tmp_path: Path) -> None:
    file = File("s3://bucket/a")
    model = Model(file=file, table=StructuredDataset(uri="s3://bucket/t.parquet"), folder=tmp_path)
    assert model.file is file
    assert model.folder == Directory(tmp_path)
    assert model.picture.extension() == "jpeg"
    again = Model.model_validate_json(model.model_dump_json())
    assert again.file == file
    assert again.table.uri == "s3://bucket/t.parquet"
    assert Model(file={"path": "a"}, table="t.csv").file.path == "a"
    assert Model.model_json_schema()["properties"]["file"]["type"] == "string"
    with pytest.raises(ValidationError, match="not a path, a URL or a File: int"):
        Model(file=3, table="t.csv")


@dataclass
class Record(DataClassJSONMixin):
    file: File
    table: StructuredDataset
    folder: TensorboardLogs


def test_a_mashumaro_record_takes_them(tmp_path: Path) -> None:
    record = Record(File(tmp_path / "a"), StructuredDataset(uri="s3://bucket/t.csv"), TensorboardLogs(tmp_path))
    again = Record.from_json(record.to_json())
    assert (again.file, again.folder) == (record.file, Directory(tmp_path))
    assert again.table.uri == "s3://bucket/t.csv"


def test_a_file_elsewhere_is_equal_to_itself_only() -> None:
    made = File.standing_for(Elsewhere("s3://bucket/a"), "b")
    assert made == File("s3://bucket/a")
    assert made != File("s3://bucket/b")
    assert made != 3
    assert hash(made) == hash(File("s3://bucket/b"))
