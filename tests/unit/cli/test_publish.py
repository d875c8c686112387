"""``dagwright publish``, and manifests that hold a digest in the place of the code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dagwright.contract.names import bundle_key
from dagwright.execution.code_bundle import read_bundle
from dagwright.store import open_store
from dagwright_argo_client.commands.following import plan_of
from dagwright_argo_client.manifests import UnusableManifest, bundle_of, read_manifest
from dagwright_argo_client.published import published_plan
from dagwright_argo_client.results import Results
from dagwright_argo_client.runs import Run
from dagwright_compiler.cli.main import invoke

FLOW = """\
from dagwright import task, workflow


@task
def half(x: int) -> int:
    return x // 2


@workflow
def one(x: int) -> int:
    return half(x=x)


@workflow
def two(x: int) -> int:
    return half(x=half(x=x))
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    settings = f'[tool.dagwright]\nstore = "{(tmp_path / "store").as_uri()}"\n[tool.dagwright.argo]\nbundle = "store"\nimage = "acme/base:1"\n'
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def compiled(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert invoke(["compile", *words]) == 0
    return capsys.readouterr().out


def digests(text: str) -> list[str]:
    templates = [item for item in yaml.safe_load_all(text) if item["kind"] == "WorkflowTemplate"]
    return [bundle_of(item["spec"]) or "" for item in templates]


def test_a_manifest_holds_a_digest_and_no_code(capsys: pytest.CaptureFixture[str]) -> None:
    text = compiled(capsys, "flow.py")
    assert [item["kind"] for item in yaml.safe_load_all(text)] == ["ConfigMap", "WorkflowTemplate", "WorkflowTemplate"]
    assert "def half" not in text
    assert "plan.json" not in text
    assert all(len(digest) == 64 for digest in digests(text))


def test_what_is_published_is_what_manifests_name_and_one_command_more_makes_it_young(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    named = digests(compiled(capsys, "flow.py"))
    assert invoke(["publish", "--check", "flow.py"]) == 1
    assert capsys.readouterr().out.count(" lacks flow.") == 2
    assert invoke(["publish", "flow.py"]) == 0
    assert capsys.readouterr().out.count("published flow.") == 2
    assert invoke(["publish", "--check", "flow.py"]) == 0
    store = open_store((tmp_path / "store").as_uri())
    for digest in named:
        assert [name for name, _ in read_bundle(store, digest)] == ["plan.json", "code/flow.py"]
    before = store.listing("v1/bundle")
    assert invoke(["publish", "flow.py:one"]) == 0
    assert capsys.readouterr().out.startswith("was there: flow.one ")
    changed = {key for key, _, written in store.listing("v1/bundle") if (key, written) not in {(k, w) for k, _, w in before}}
    assert changed == {bundle_key(named[0])}


def test_a_damaged_bundle_is_made_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (digest,) = digests(compiled(capsys, "flow.py:one"))
    url = (tmp_path / "store").as_uri()
    open_store(url).put(bundle_key(digest), b"half of it")
    with pytest.raises(UnusableManifest, match="publish it there again"):
        published_plan(url, digest)
    assert invoke(["publish", "flow.py:one"]) == 0
    assert b'"flow.one"' in published_plan(url, digest)


def test_flags_of_compile_go_over_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    text = compiled(capsys, "--bundle", "manifest", "--runtime", "image", "flow.py:one")
    assert [item["kind"] for item in yaml.safe_load_all(text)] == ["ConfigMap", "WorkflowTemplate"]
    assert "def half" in text
    assert "dagwright.execution.installed" in text
    assert invoke(["compile", "-t", "batch", "--runtime", "image", "flow.py"]) == 2


def test_a_folder_holds_no_runtime_where_no_pod_mounts_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    compiled(capsys, "--runtime", "image", "-o", "out/", "flow.py")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["flow.one.yaml", "flow.two.yaml"]
    compiled(capsys, "--runtime", "image", "-o", "out/", "--check", "flow.py")


def test_a_manifest_is_read_with_the_plan_of_the_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = compiled(capsys, "flow.py:two").encode()
    with pytest.raises(UnusableManifest, match="has no plan"):
        read_manifest(text)
    assert invoke(["publish", "flow.py"]) == 0
    url = (tmp_path / "store").as_uri()
    manifest = read_manifest(text, stored_plan=lambda _, digest: published_plan(url, digest))
    assert manifest.plan().program.workflow == "flow.two"
    assert [name.partition("-runtime-")[0] for name in manifest.config_map_names] == ["dagwright"]


def test_the_plan_of_a_run_that_nobody_submitted_here_is_in_the_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (item,) = (each for each in yaml.safe_load_all(compiled(capsys, "flow.py:one")) if each["kind"] == "WorkflowTemplate")
    run = Run({"metadata": {"name": "one-1", "uid": "u-1"}, "spec": {}, "status": {"storedWorkflowTemplateSpec": item["spec"]}})
    results = Results(run, (tmp_path / "store").as_uri())
    with pytest.raises(UnusableManifest, match="publish it with `dagwright publish`"):
        plan_of(run, results)
    assert invoke(["publish", "flow.py"]) == 0
    assert plan_of(run, results).program.workflow == "flow.one"


def test_publishing_takes_a_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.dagwright]\n", encoding="utf-8")
    assert invoke(["publish", "flow.py"]) == 2
    assert "no store is configured: give --store" in capsys.readouterr().err
    assert invoke(["publish", "--store", (tmp_path / "other").as_uri(), "flow.py"]) == 0


def test_a_store_on_the_command_line_goes_over_that_of_the_target(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = (tmp_path / "own").as_uri(), (tmp_path / "other").as_uri()
    (tmp_path / "pyproject.toml").write_text(f'[tool.dagwright.argo]\nbundle = "store"\nstore = "{own}"\n', encoding="utf-8")
    assert invoke(["publish", "--store", other, "flow.py:one"]) == 0
    assert capsys.readouterr().out.rstrip().endswith(f" in {other}")
    assert f'"{other}"' in compiled(capsys, "--store", other, "flow.py:one")
    monkeypatch.setenv("DAGWRIGHT_STORE", other)  # what this machine has is not what pods have
    assert f'"{own}"' in compiled(capsys, "flow.py:one")


def test_nothing_is_published_of_what_does_not_compile(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW.replace("half(x=x)", "half(y=x)"), encoding="utf-8")
    assert invoke(["publish", "flow.py"]) == 1
    assert not (tmp_path / "store").exists()


def test_code_that_no_config_map_takes_goes_to_the_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW + "# much of it\n" * 100_000, encoding="utf-8")
    assert invoke(["compile", "--bundle", "manifest", "flow.py:one"]) == 1
    told = capsys.readouterr().err
    assert "DW537" in told
    assert 'keep the code in the store: `bundle = "store"` in `[tool.dagwright.argo]`' in " ".join(told.split())
    (digest,) = digests(compiled(capsys, "flow.py:one"))
    assert invoke(["publish", "flow.py:one"]) == 0
    (_, code) = read_bundle(open_store((tmp_path / "store").as_uri()), digest)
    assert len(code[1]) > 1_200_000
