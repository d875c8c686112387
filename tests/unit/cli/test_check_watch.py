"""``check --watch`` as a process of its own, with files that change under it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOW = (
    "from dagwright import workflow\nfrom steps import double\n\n\n@workflow\ndef main(x: int) -> int:\n    return double(x=x)\n"
)
STEPS = "from dagwright import task\n\n\n@task\ndef double(x: int) -> int:\n    return 2 * x\n"
PATIENCE_S = 60.0


class Watching:
    """A running command: its lines as they come, of both streams."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dagwright_compiler.cli.main", "check", "--watch", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        assert self.process.stdout is not None
        threading.Thread(target=self._gather, args=(self.process.stdout,), daemon=True).start()

    def run(self) -> list[str]:
        """The lines of the next check, up to the one that says how many files are watched."""
        lines: list[str] = []
        end = time.monotonic() + PATIENCE_S
        while not lines or not lines[-1].startswith("watching "):
            line = self._lines.get(timeout=max(0.1, end - time.monotonic()))
            assert line is not None, lines
            lines.append(line)
        return lines

    def is_quiet(self, seconds: float) -> bool:
        try:
            self._lines.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def _gather(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "steps.py").write_text(STEPS)
    return tmp_path


@pytest.fixture
def watching(folder: Path) -> Iterator[Watching]:
    found = Watching(folder, "flow.py")
    yield found
    found.process.kill()
    found.process.wait()
    if found.process.stdout is not None:
        found.process.stdout.close()


def test_checks_again_when_a_file_changes_that_was_read(watching: Watching, folder: Path) -> None:
    assert watching.run() == ["no findings in 1 workflow and 0 tasks", "watching 2 files; Ctrl-C ends it"]
    (folder / "steps.py").write_text(STEPS.replace("double", "triple"))
    first = watching.run()
    assert first[0].startswith("error[DW202]")
    (folder / "steps.py").write_text(STEPS)
    assert watching.run()[0] == "no findings in 1 workflow and 0 tasks"
    assert watching.interrupt() == 0


def test_ends_with_the_code_of_the_last_check(watching: Watching, folder: Path) -> None:
    watching.run()
    (folder / "flow.py").write_text(FLOW.replace("double(x=x)", "double(y=x)"))
    assert any("DW402" in line for line in watching.run())
    assert watching.interrupt() == 1


def test_a_touched_file_with_the_same_bytes_is_no_change(watching: Watching, folder: Path) -> None:
    watching.run()
    os.utime(folder / "flow.py", (1, 1))
    assert watching.is_quiet(1.5)
    (folder / "flow.py").write_text(FLOW + "# more\n")
    watching.run()


def test_new_modules_and_settings_count(watching: Watching, folder: Path) -> None:
    watching.run()
    (folder / "flow.py").write_text(FLOW.replace("steps", "later"))
    assert watching.run()[0].startswith("no findings") is False
    (folder / "later.py").write_text(STEPS)
    assert watching.run()[0] == "no findings in 1 workflow and 0 tasks"
    (folder / "dagwright.toml").write_text("projct = 'ads'\n")
    assert any("DW591" in line for line in watching.run())


def test_a_file_that_goes_and_comes_back(watching: Watching, folder: Path) -> None:
    watching.run()
    (folder / "flow.py").unlink()
    assert any("DW104" in line for line in watching.run())
    (folder / "flow.py").write_text(FLOW)
    assert watching.run()[0] == "no findings in 1 workflow and 0 tasks"


def test_new_files_of_a_folder_are_checked(folder: Path) -> None:
    watching = Watching(folder, ".")
    try:
        watching.run()
        (folder / "deep").mkdir()
        (folder / "deep" / "more.py").write_text(STEPS)
        runs = [watching.run()]
        if "2 tasks" not in runs[-1][0]:  # the folder was seen before the file was in it
            runs.append(watching.run())
        assert runs[-1][0] == "no findings in 1 workflow and 2 tasks"
    finally:
        watching.process.kill()
        watching.process.wait()
        assert watching.process.stdout is not None
        watching.process.stdout.close()


def test_waiting_costs_next_to_nothing(watching: Watching) -> None:
    watching.run()
    before = _cpu_s(watching.process.pid)
    time.sleep(3)
    assert _cpu_s(watching.process.pid) - before < 0.6


def _cpu_s(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a kernel's file
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        pytest.skip("this system does not say what a process has used")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
