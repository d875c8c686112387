"""Pods whose image has the runtime installed: held to the release that the workflow was compiled for, or ended with one sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from argo_manifests import STORE, compile_argo
from handmade import call, program, workflow
from pods import RUNTIME, Pods

from dagwright_compiler import __version__
from dagwright_compiler.runtime_archive import archive_bytes, archive_digest

DIGEST = archive_digest()[:12]


def command() -> list[str]:
    """What a pod of such a task is started with."""
    made = compile_argo(program(workflow("flow.wf", call("t"))), {**STORE, "runtime": "image", "image": "acme/base:1"})
    template = made.pods()["t"]
    assert all(volume["name"] != "dagwright-runtime" for volume in template["volumes"])
    return [str(word) for word in template["container"]["command"]]


@pytest.fixture
def pods(tmp_path: Path) -> Pods:
    made = Pods(
        tmp_path, "import sys\nfrom dagwright import task\n\n@task\ndef t(x: int) -> int:\n    return x + ('' in sys.path)\n"
    )
    made.task("t", {"x": ("int", 1)}, "int")
    return made


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Packages as a wheel lays them out, the archive of the release beside the runtime."""
    folder = tmp_path / "site"
    shutil.copytree(RUNTIME / "dagwright", folder / "dagwright", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "dagwright_compiler").mkdir()
    (folder / "dagwright_compiler" / "_runtime.pyz").write_bytes(archive_bytes())
    return folder


def start(pods: Pods, path: Path | str, *, digest: str = "") -> subprocess.CompletedProcess[str]:
    """Run the manifest's words; those of other releases differ in the digest."""
    python, *words = command()
    assert python == "python3"
    words = [word.replace(pods_digest(words), digest) if digest else word for word in words]
    environment = pods.env(PYTHONPATH=str(path))
    return subprocess.run(
        [sys.executable, "-S", *words, "t"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=pods.folder,
        timeout=60,
    )


def pods_digest(words: list[str]) -> str:
    return words[-1].rpartition('main("')[2].partition('"')[0]


def test_an_installed_release_runs_the_plan_that_was_compiled_for_it(pods: Pods, site: Path) -> None:
    ended = start(pods, site, digest=DIGEST)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert pods.output("t") == 1


def test_a_checkout_is_taken_for_what_was_compiled_with(pods: Pods) -> None:
    assert start(pods, RUNTIME, digest="0" * 12).returncode == 0


def test_another_release_ends_with_one_sentence(pods: Pods, site: Path) -> None:
    ended = start(pods, site, digest="0" * 12)
    assert ended.returncode == 82
    assert ended.stderr == (
        f"dagwright: this image has the runtime {DIGEST}, and the workflow was compiled for 000000000000: "
        f"install dagwright=={__version__} in the image, or compile with the dagwright that it has (exit 82)\n"
    )
    assert pods.termination == ended.stderr


def test_an_image_without_a_runtime_ends_with_one_sentence(pods: Pods, tmp_path: Path) -> None:
    log = Path("/dev/termination-log")
    if log.exists() or not os.access(log.parent, os.W_OK):
        pytest.skip("the words of the pod write to /dev/termination-log, and here that is not this test's own")
    try:
        ended = start(pods, tmp_path / "nothing")
        assert log.read_text("utf-8") == ended.stderr
    finally:
        log.unlink(missing_ok=True)
    assert ended.returncode == 82
    assert ended.stderr == (
        f"dagwright: this image lacks the runtime (No module named 'dagwright'): install dagwright=={__version__} in it, "
        "or give its tasks runtime = 'archive' (exit 82)\n"
    )
