from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright.contract.files import url_of_path
from dagwright.store import StoreError, open_store
from dagwright.store.files import path_of


def test_no_staged_file_is_left_behind(tmp_path):
    store = open_store(f"file://{tmp_path}")
    store.create("a", b"1")
    store.create("a", b"2")
    store.put("a", b"3")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError):
        store.put("folder", b"4")
    assert list((tmp_path / ".tmp").iterdir()) == []


def test_a_file_in_the_way_is_a_fatal_error_that_says_so(tmp_path):
    store = open_store(f"file://{tmp_path}")
    store.put("a", b"1")
    with pytest.raises(StoreError, match=r"cannot create 'a/b'.*a file stands where the store needs a folder") as found:
        store.create("a/b", b"2")
    assert not found.value.transient


def test_a_name_too_long_for_the_file_system_is_fatal(tmp_path):
    with pytest.raises(StoreError, match="shorten the name") as found:
        open_store(f"file://{tmp_path}").put("x" * 300, b"")
    assert not found.value.transient


def test_a_file_system_that_may_recover_is_transient(tmp_path):
    script = """
import resource, signal, sys
from dagwright.store import StoreError, open_store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # stands in for a full disk
try:
    open_store(sys.argv[1]).create("k", b"x" * 5000)
except StoreError as error:
    print(error.transient, error)
"""
    done = subprocess.run([sys.executable, "-c", script, f"file://{tmp_path}"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"True store file://{tmp_path} cannot create 'k': File too large")
    assert list((tmp_path / ".tmp").iterdir()) == []
    assert open_store(f"file://{tmp_path}").create("k", b"") is True


def test_a_writer_killed_at_any_time_leaves_whole_values(tmp_path):
    script = """
import sys
from dagwright.store import open_store
store = open_store(sys.argv[1])
number = 0
while True:
    number += 1
    body = b"%d" % (number % 10) * 100_000
    store.put("over", body)
    if store.create(f"new/{number}", body):
        print("made", flush=True)
"""
    store = open_store(f"file://{tmp_path}")
    for delay_s in (0.0, 0.011, 0.023, 0.037):
        with subprocess.Popen([sys.executable, "-c", script, store.url], stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"made\n"
            time.sleep(delay_s)
            writer.send_signal(signal.SIGKILL)
        for key in [*store.list("new"), "over"]:
            value = store.get(key)
            assert len(value) == 100_000
            assert len(set(value)) == 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///a/b", "/a/b"),
        ("file:///a/b/", "/a/b"),
        ("file://localhost/a", "/a"),
        ("file:///a%20%C3%A9", "/a é"),
        ("file:///", "/."),
    ],
)
def test_file_urls_name_absolute_paths(url, path):
    assert path_of(url) == path


@pytest.mark.parametrize("url", ["file://host/a", "file://a", "file://", "file:///a%zz", "file:///a%4"])
def test_other_file_urls_are_refused(url):
    with pytest.raises(StoreError):
        open_store(url)


@pytest.mark.parametrize("url", ["", "/tmp/x", "s4://b/x", "http://x", "s3:/b"])
def test_an_unknown_scheme_says_what_to_write(url):
    with pytest.raises(StoreError, match="write file:///folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix"):
        open_store(url)


@given(st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1))
def test_every_path_has_a_url(name):
    path = os.path.normpath(f"/folder/{name}")
    assert path_of(url_of_path(path)) == path
    assert url_of_path(path).isascii()


def test_what_a_killed_writer_left_is_named_once_it_is_old(tmp_path):
    script = """
import os, signal, sys
from dagwright.store import open_store
store = open_store(sys.argv[1])
store.put("kept", b"x")
os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
store.put("lost", b"x")
"""
    store = open_store(f"file://{tmp_path}")
    assert store.leftovers(0) == []
    assert subprocess.run([sys.executable, "-c", script, store.url], check=False).returncode == -signal.SIGKILL
    assert store.leftovers(60) == []
    [left] = store.leftovers(-1)
    assert left.startswith(f"{tmp_path}/.tmp/")
    assert store.list("v1") == []
    os.utime(left, (0, 0))
    assert store.leftovers(7 * 24 * 3600) == [left]
