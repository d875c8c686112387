"""Same input, same bytes: whatever the hash seed, the working directory, the order of files and the Python that compiles."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import found, newest

ROOT = Path(__file__).parents[2]
PACKAGES = ["compiler", "targets/argo", "targets/batch", "targets/local", "runtime"]
TARGETS = ("argo", "batch", "ir", "plan")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The examples without those that are projects of their own, and with an image: one project of several files and a package."""
    folder = tmp_path_factory.mktemp("sources") / "project"
    projects = [settings.parent.name for settings in ROOT.glob("examples/*/pyproject.toml")]
    shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns("__pycache__", ".dagwright", "*.sh", *projects))
    (folder / "pyproject.toml").write_text('[tool.dagwright.argo]\nimage = "registry.example/flows:1"\n', "utf-8")
    return folder


@pytest.fixture(scope="module")
def newest_python(tmp_path_factory):
    """A virtual environment of the newest Python found, with the pinned requirements of compiling; kept between runs."""
    python = newest()
    if max(found()) == sys.version_info[:2]:
        pytest.skip("the newest Python found is the one that runs the tests")
    pins = ROOT / "requirements/main.txt"
    identity = hashlib.sha256(pins.read_bytes() + python.encode()).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dagwright-tests" / f"newest-{identity}"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(home)], check=True)
        pip = [str(home / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(pins)], check=True)
        (home / "ready").touch()
    return str(home / "bin/python")


def compiled(paths, target, out, *, cwd, python=sys.executable, seed="0"):
    """Compile into a folder; give its files' bytes by name."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": os.pathsep.join(str(ROOT / package) for package in PACKAGES),
    }
    command = [python, "-m", "dagwright_compiler.cli.main", "compile", *map(str, paths), "-t", target, "-o", f"{out}/"]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(Path(out).iterdir())}


@pytest.mark.parametrize("target", TARGETS)
def test_neither_seed_nor_folder_nor_order_changes_a_byte(sources, target, tmp_path):
    files = [path for path in sorted(sources.rglob("*.py")) if "@workflow" in path.read_text()]
    first = compiled(files, target, tmp_path / "a", cwd=sources)
    second = compiled(list(reversed(files)), target, tmp_path / "b", cwd=tmp_path, seed="4242")
    assert first == second
    assert len(first) > 5


@pytest.mark.parametrize("target", TARGETS)
def test_the_newest_python_writes_the_same_bytes(sources, newest_python, target, tmp_path):
    here = compiled([sources], target, tmp_path / "here", cwd=sources)
    there = compiled([sources], target, tmp_path / "there", cwd=sources, python=newest_python, seed="7")
    assert here == there


def test_a_second_copy_of_the_project_elsewhere_compiles_to_the_same_bytes(sources, tmp_path):
    copy = shutil.copytree(sources, tmp_path / "elsewhere/deeper/project")
    assert compiled([sources], "argo", tmp_path / "a", cwd=sources) == compiled([copy], "argo", tmp_path / "b", cwd=tmp_path)


MORE = {
    "kustomize": ["compile", "{project}", "--kustomize", "-n", "flows", "-o", "{out}/"],
    "cron": [
        "compile",
        "{project}/word_count.py",
        "--kind",
        "CronWorkflow",
        "--schedule",
        "30 3 * * MON-FRI",
        "--store",
        "s3://b/c",
        "-o",
        "{out}/",
    ],
    "one run": [
        "compile",
        "{project}/word_count.py",
        "--kind",
        "Workflow",
        "--name",
        "once",
        "--store",
        "s3://b/c",
        "-o",
        "{out}/",
    ],
    "rights": ["compile", "{project}", "--emit", "rbac", "-n", "flows"],
    "image runtime": ["compile", "{project}", "--runtime", "image", "-o", "{out}/"],
    "images": ["images", "{project}", "-o", "{out}/"],
}
"""What else is written into repositories: a command, a name."""


def written(command, project, out, *, cwd, python=sys.executable, seed="0"):
    """Run a command; give the bytes of its files by name, and what it printed without the names of folders."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": os.pathsep.join(str(ROOT / package) for package in PACKAGES),
    }
    words = [word.format(project=project, out=out) for word in command]
    done = subprocess.run(
        [python, "-m", "dagwright_compiler.cli.main", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = {str(path.relative_to(out)): path.read_bytes() for path in sorted(Path(out).rglob("*")) if path.is_file()}
    assert files or done.stdout
    return files, done.stdout.replace(str(out), "OUT").replace(str(project), "PROJECT")


@pytest.mark.parametrize("what", MORE)
def test_whatever_is_written_has_the_same_bytes_everywhere(sources, newest_python, what, tmp_path):
    copy = shutil.copytree(sources, tmp_path / "elsewhere/deeper/project")
    first = written(MORE[what], sources, tmp_path / "a", cwd=tmp_path)
    assert first == written(MORE[what], copy, tmp_path / "b", cwd=tmp_path, seed="4242")
    assert first == written(MORE[what], copy, tmp_path / "c", cwd=tmp_path, python=newest_python, seed="7")
