"""``dagwright images``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dagwright_compiler import __version__
from dagwright_compiler.cli.main import invoke
from dagwright_compiler.runtime_archive import archive_digest

FLOW = """\
from dagwright import ImageSpec, task, workflow

BASE = ImageSpec(name="base", registry="ghcr.io/acme", packages=["numpy"])


@task(container_image=ImageSpec(name="trainer", base_image=BASE, packages=["torch"]))
def train(x: int) -> int:
    return x


@task(container_image="ghcr.io/acme/other:1")
def other(x: int) -> int:
    return x


@workflow
def main(x: int) -> int:
    return other(x=train(x=x)).with_overrides(container_image="ghcr.io/acme/called:2")
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.dagwright]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_images_are_listed_with_their_tasks_and_bases_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["images", "--output-format", "json", "flow.py"]) == 0
    found = json.loads(capsys.readouterr().out)
    names = [item["reference"].rpartition(":")[0] for item in found]
    assert names == ["ghcr.io/acme/base", "trainer", "ghcr.io/acme/called", "ghcr.io/acme/other"]
    assert [item["tasks"] for item in found] == [[], ["flow.train"], ["flow.other"], ["flow.other"]]
    assert found[1]["spec"]["base_image"] == found[0]["reference"]


def test_a_dockerfile_is_written_for_each_that_the_source_describes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert invoke(["images", "-o", "docker", "flow.py"]) == 0
    out = capsys.readouterr().out
    base, trainer = sorted((tmp_path / "docker").iterdir())
    assert f"FROM ghcr.io/acme/{base.name.removesuffix('.Dockerfile').replace('-', ':')}\n" in trainer.read_text("utf-8")
    reference = f"ghcr.io/acme/{base.name.removesuffix('.Dockerfile').replace('-', ':')}"
    assert f"build  docker build -f docker/{base.name} -t {reference} . && docker push {reference}\n" in out
    assert out.index(base.name) < out.index(trainer.name)
    assert "note   it has no registry" in out
    before = {path.name: path.read_text("utf-8") for path in (base, trainer)}
    assert invoke(["images", "-o", "docker", "flow.py"]) == 0
    assert {path.name: path.read_text("utf-8") for path in (base, trainer)} == before


def test_a_file_of_somebody_else_is_not_overwritten(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert invoke(["images", "-o", "docker", "flow.py"]) == 0
    first = min((tmp_path / "docker").iterdir())
    first.write_text("FROM scratch\n", encoding="utf-8")
    assert invoke(["images", "-o", "docker", "flow.py"]) == 2
    assert "was not written by `dagwright images`" in capsys.readouterr().err
    assert first.read_text("utf-8") == "FROM scratch\n"


def test_nothing_is_written_when_one_image_cannot_be_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW.replace('packages=["torch"]', 'python_version="3.12"'), encoding="utf-8")
    assert invoke(["images", "-o", "docker", "flow.py"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "python_version 3.12 cannot be put into the base image ghcr.io/acme/base:" in err
    assert not (tmp_path / "docker").exists()


def test_a_project_without_images_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(
        "from dagwright import task, workflow\n\n\n@task\ndef t() -> int:\n    return 1\n\n\n@workflow\ndef main() -> int:\n    return t()\n",
        encoding="utf-8",
    )
    assert invoke(["images", "flow.py"]) == 0
    assert capsys.readouterr().out == "every task runs in the image of the settings\n"


def test_findings_come_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW.replace("train(x=x)", "train(y=x)"), encoding="utf-8")
    assert invoke(["images", "flow.py"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[DW" in err


def test_images_get_the_runtime_where_pods_bring_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    settings = '[tool.dagwright]\nstore = "s3://bucket/prefix"\n[tool.dagwright.argo]\nruntime = "image"\nimage = "acme/base:1"\n'
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    assert invoke(["images", "--output-format", "json", "-o", "docker", "flow.py"]) == 0
    base, trainer, *others = json.loads(capsys.readouterr().out)
    digits = archive_digest()[:8]
    assert base["reference"].endswith(f"-{digits}")
    assert trainer["reference"].endswith(f"-{digits}")
    assert [other["reference"] for other in others] == ["ghcr.io/acme/called:2", "ghcr.io/acme/other:1"]
    text = (tmp_path / trainer["dockerfile"]).read_text("utf-8")
    assert f"FROM {base['reference']}\n" in text
    assert text.endswith(f"RUN python -m pip install --no-cache-dir 'dagwright[s3]=={__version__}'\n")
    assert invoke(["compile", "flow.py"]) == 0
    assert f'image: "{trainer["reference"]}"' in capsys.readouterr().out
    assert invoke(["images", "--runtime", "archive", "flow.py"]) == 0
    assert digits not in capsys.readouterr().out


@pytest.mark.parametrize(
    "configured", [f"ghcr.io/acme/trainer@sha256:{'0' * 64}", "ghcr.io/acme/trainer", "localhost:5000/trainer:2"]
)
def test_an_image_that_the_settings_name_keeps_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, configured: str
) -> None:
    settings = (
        f'[tool.dagwright.images]\ntrainer = "{configured}"\n[tool.dagwright.argo]\nruntime = "image"\nimage = "acme/base:1"\n'
    )
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    assert invoke(["compile", "flow.py"]) == 0
    images = [line.split()[-1].strip('"') for line in capsys.readouterr().out.splitlines() if line.strip().startswith("image:")]
    assert images == [configured, "ghcr.io/acme/called:2"]
    assert invoke(["images", "-o", "docker", "flow.py"]) == 0
    out = capsys.readouterr().out
    assert f"{configured}\n  tasks  flow.train\n" in out
    assert (f" -t {configured} ." in out) is ("@" not in configured)  # what has a digest is built already
