"""What stands under a URL: fetched whole or not at all, and never from the machine's own metadata service."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from dagwright import Directory, File
from dagwright.files.elsewhere import fetch_file, fetch_folder, send
from dagwright.store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        what = self.path.strip("/")
        if what.isdigit():
            self.send_error(int(what))
            return
        if what == "moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
            return
        body = b"x" * 3_000_000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + (what == "broken")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize("what", ["whole", "moved"])
def test_a_url_is_read_in_parts(server: str, what: str, tmp_path: Path) -> None:
    fetch_file(f"{server}/{what}", str(tmp_path / "a"))
    assert (tmp_path / "a").stat().st_size == 3_000_000
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_is_a_missing_file(server: str, status: int, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"answered {status}"):
        fetch_file(f"{server}/{status}", str(tmp_path / "a"))


@pytest.mark.parametrize(("status", "passes"), [(500, True), (503, True), (429, True), (403, False), (401, False)])
def test_what_may_pass_is_tried_again(server: str, status: int, tmp_path: Path, *, passes: bool) -> None:
    with pytest.raises(StoreError if passes else OSError, match=f"answered {status}") as caught:
        fetch_file(f"{server}/{status}", str(tmp_path / "a"))
    assert getattr(caught.value, "transient", False) == passes
    assert not (tmp_path / "a").exists()


def test_a_broken_answer_is_no_file(server: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="broke off after 3000000 of 3000001 bytes") as caught:
        fetch_file(f"{server}/broken", str(tmp_path / "a"))
    assert caught.value.transient
    assert not (tmp_path / "a").exists()


def test_a_silent_server_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be read: .*refused") as caught:
        fetch_file("http://127.0.0.1:9/a", str(tmp_path / "a"))
    assert caught.value.transient


def test_the_address_of_the_machine_itself_is_never_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from dagwright.files import elsewhere

    assert [elsewhere.is_own_address(address) for address in ("169.254.169.254", "fe80::1%eth0", "::ffff:169.254.170.2")] == [
        True
    ] * 3
    assert [elsewhere.is_own_address(address) for address in ("127.0.0.1", "10.0.0.1", "::1", "2606:4700::1111")] == [False] * 4


@pytest.mark.parametrize("url", ["ftp://host/a", "hdfs://host/a", "s3://"])
def test_a_url_that_nothing_here_reads_says_so(url: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"nothing here reads .*pass `remote_source` to a client of your own"):
        fetch_file(f"{url}/b", str(tmp_path / "a"))


def test_files_and_folders_of_a_store_are_copied(tmp_path: Path) -> None:
    there = tmp_path / "there"
    (there / "d" / "e").mkdir(parents=True)
    (there / "a").write_text("a")
    (there / "d" / "e" / "b").write_text("b")
    fetch_file(f"{there.as_uri()}/a", str(tmp_path / "a"))
    fetch_folder(f"{there.as_uri()}/d/", str(tmp_path / "d"))
    assert ((tmp_path / "a").read_text(), (tmp_path / "d" / "e" / "b").read_text()) == ("a", "b")
    for fetch in (fetch_file, fetch_folder):
        with pytest.raises(FileNotFoundError, match="nothing stands"):
            fetch(f"{there.as_uri()}/nowhere", str(tmp_path / "n"))


def test_a_file_url_is_the_path_itself(tmp_path: Path) -> None:
    (tmp_path / "a b").write_text("a")
    file = File((tmp_path / "a b").as_uri())
    assert Path(file) == tmp_path / "a b"
    assert Path(Directory(tmp_path.as_uri())) == tmp_path


def test_http_knows_no_folders(server: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be listed: HTTP knows files only"):
        fetch_folder(server, str(tmp_path / "a"))
    with pytest.raises(OSError, match="nothing here writes to 'http"):
        send(__file__, f"{server}/a")


def test_what_is_sent_arrives(tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "e" / "a").write_text("a")
    there = (tmp_path / "there").as_uri()
    assert send(str(tmp_path / "d"), f"{there}/d/") == f"{there}/d"
    assert send(str(tmp_path / "d" / "e" / "a"), f"{there}/a") == f"{there}/a"
    assert (tmp_path / "there" / "d" / "e" / "a").read_text() == (tmp_path / "there" / "a").read_text() == "a"
