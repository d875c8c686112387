"""``python -m dagwright FILE``: as ``python FILE`` would, with the stand-ins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import interpreters
import pytest

RUNTIME = Path(__file__).parents[3] / "runtime"
PROBE = """\
import sys, pickle
from neighbour import VALUE
class Local: pass
assert pickle.loads(pickle.dumps(Local)) is Local
assert sys.modules["__main__"].Local is Local
print(__name__, __file__, sys.argv, sys.path[0], VALUE, __doc__, __annotations__)
x: int = 3
"""


def run(*arguments: str, folder: Path, module: bool = True, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = [python, *(["-m", "dagwright"] if module else []), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(RUNTIME), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "neighbour.py").write_text("VALUE = 7\n")
    (tmp_path / "sub" / "probe.py").write_text(PROBE)
    (tmp_path / "sub" / "fails.py").write_text("def inner():\n    raise KeyError('gone')\n\ninner()\n")
    (tmp_path / "sub" / "caused.py").write_text(
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('x') from e\n"
    )
    (tmp_path / "sub" / "broken.py").write_text("x = 1\ndef f(:\n")
    (tmp_path / "sub" / "exits.py").write_text("import sys\nsys.exit(7)\n")
    (tmp_path / "sub" / "latin.py").write_bytes("# coding: latin-1\nprint(ascii('é'))\n".encode("latin-1"))
    return tmp_path


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
@pytest.mark.parametrize("name", ["probe", "fails", "caused", "exits", "latin"])
def test_a_file_behaves_as_under_python(name: str, python: object, project: Path) -> None:
    file = f"sub/{name}.py"
    ours = run(file, "-a", "b c", folder=project, python=python())
    plain = run(file, "-a", "b c", folder=project, python=python(), module=False)
    plain_stderr = plain.stderr.replace(f'"{file}"', f'"{project / file}"')  # Python shortens nothing, we name the absolute file
    assert (ours.returncode, ours.stdout, ours.stderr) == (plain.returncode, plain.stdout, plain_stderr)


def test_a_syntax_error_shows_the_line_and_no_frame(project: Path) -> None:
    done = run("sub/broken.py", folder=project)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f'  File "{project}/sub/broken.py", line 2'
    assert "Traceback" not in done.stderr


def test_a_file_of_flytekit_runs_without_flytekit(project: Path) -> None:
    (project / "flow.py").write_text("from flytekit import task\n@task\ndef f(x: int) -> int: return x\nprint(f)\n")
    done = run("flow.py", folder=project)
    assert (done.returncode, done.stdout) == (0, "<task __main__.f>\n"), done.stderr


def test_a_file_of_flytekit_spawns_processes(project: Path) -> None:
    source = (
        "import multiprocessing\nfrom flytekit import task\ndef square(x): return x * x\nif __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool: print(pool.map(square, [3]))\n"
    )
    (project / "flow.py").write_text(source)
    done = run("flow.py", folder=project)
    assert (done.returncode, done.stdout) == (0, "[9]\n"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("absent.py",), 2, "dagwright: cannot read absent.py: No such file or directory\n"),
        (("sub",), 2, "dagwright: cannot read sub: Is a directory\n"),
        ((), 2, "usage: python -m dagwright FILE [ARGUMENT ...]\n"),
        (("--help",), 0, "usage: python -m dagwright FILE [ARGUMENT ...]\n"),
        (("--frobnicate", "flow.py"), 2, "usage: python -m dagwright FILE [ARGUMENT ...]\n"),
    ],
)
def test_a_wrong_command_line_is_one_line(arguments: tuple[str, ...], status: int, message: str, project: Path) -> None:
    done = run(*arguments, folder=project)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", message)
