"""Manifests that are read back: what is ours, what is missing, what is somebody else's. And notes about submits under way."""

from __future__ import annotations

import json
import os
import re
import time

import pytest
import yaml

from dagwright_argo_client.manifests import UnusableManifest, given_values, looks_compiled, read_manifest, store_of, workflow_of
from dagwright_argo_client.notes import Note, new_name
from dagwright_compiler.cli.main import invoke

FLOW = """\
from dagwright import task, workflow


@task
def twice(n: int) -> int:
    return 2 * n


@workflow
def main(n: int = 3) -> int:
    return twice(n=n)


@workflow
def other(n: int) -> int:
    return twice(n=n)
"""


@pytest.fixture
def compiled(tmp_path, capsysbinary, monkeypatch):
    def compile_flow(*words: str, settings: str = "") -> bytes:
        (tmp_path / "flow.py").write_text(FLOW, "utf-8")
        (tmp_path / "pyproject.toml").write_text(f"[tool.dagwright]\n{settings}", "utf-8")
        monkeypatch.chdir(tmp_path)
        assert invoke(["compile", *(words or ("flow.py",))]) == 0
        found: bytes = capsysbinary.readouterr().out
        return found

    return compile_flow


def test_what_compile_wrote_is_found_by_each_of_its_names(compiled):
    text = compiled()
    for name in ("main", "flow.main"):
        manifest = read_manifest(text, name)
        assert manifest.name == "main"
        assert manifest.config_map_names[0].startswith("dagwright-runtime-")
        assert manifest.config_map_names[1] == f"main-{manifest.digest}"
        assert manifest.plan().program.workflow == "flow.main"


def test_a_stream_a_list_and_json_are_one(compiled):
    text = compiled("flow.py:main")
    documents = [item for item in yaml.safe_load_all(text) if item]
    listed = json.dumps({"kind": "List", "apiVersion": "v1", "metadata": {"name": ""}, "items": documents}).encode()
    assert read_manifest(listed) == read_manifest(text)


def test_one_run_that_was_compiled_has_its_inputs_and_a_name_to_come(compiled):
    text = compiled("--kind", "Workflow", "--store", "s3://b/p", "flow.py:other", "--", "--n", "4")
    manifest = read_manifest(text)
    assert manifest.name == "other"
    assert given_values(manifest)["n"] == "4"
    workflow = workflow_of(manifest, name="other-x", namespace="team", values={})
    assert workflow["metadata"]["name"] == "other-x"
    assert "generateName" not in workflow["metadata"]
    assert workflow["spec"]["arguments"]["parameters"][0]["value"] == "4"


def test_a_folder_has_the_runtime_in_a_file_of_its_own(compiled, tmp_path):
    compiled("-o", "out/", "flow.py")
    manifest = read_manifest((tmp_path / "out/flow.main.yaml").read_bytes())
    assert [item["metadata"]["name"] for item in manifest.config_maps] == [f"main-{manifest.digest}"]
    assert manifest.config_map_names[0].startswith("dagwright-runtime-")


def test_a_schedule_beside_it_is_passed_over(compiled):
    cron = b"---\napiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: nightly}\nspec: {}\n"
    assert read_manifest(compiled("flow.py:main") + cron).name == "main"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: b"a: [}\n", "it is neither YAML nor JSON in line 1"),
        (lambda text: b"made: 2024-13-45\n", "it is neither YAML nor JSON"),
        (lambda text: b"just a text", "something that is not a Kubernetes object"),
        (lambda text: b"{kind: List, metadata: {name: a}, items: null}", "something that is not a Kubernetes object"),
        (lambda text: b"{kind: Workflow, metadata: [name]}", "something that is not a Kubernetes object"),
        (lambda text: b"{kind: Workflow, metadata: {name: a}}", "its Workflow a is not what Kubernetes takes: "),
        (lambda text: b"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", "it holds a Secret, which no run is made of"),
        (lambda text: text.split(b"---\n")[1], "it holds no WorkflowTemplate and no Workflow"),
        (lambda text: text[text.rindex(b"---\n") :], "where its plan is, and that is not among the objects: give all of them"),
        (lambda text: text.replace(b'"schema":1,"program"', b'"schema":2,"program"'), "the plan has schema 2"),
        (lambda text: text.replace(b'{"schema":1,"program"', b'{"schema":1,"progra"'), "the plan is damaged"),
    ],
)
def test_what_cannot_be_used_says_why(compiled, change, said):
    text = change(compiled("flow.py:main"))
    with pytest.raises(UnusableManifest, match=re.escape(said)):
        read_manifest(text).plan()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda spec: spec["templates"][-1]["container"]["env"].append(None),
            "its WorkflowTemplate main is not what Kubernetes takes: ",
        ),
        (lambda spec: spec["templates"][-1]["container"]["env"].append({"value": "1"}), "].container.env["),
        (lambda spec: spec["templates"].append("main"), "spec.templates[2]: expected `object`, got `str`"),
        (lambda spec: spec["templates"][-1]["volumes"].append({"name": 5}), "].name: expected `str`, got `int`"),
        (
            lambda spec: spec["arguments"].update(parameters={"n": "3"}),
            "spec.arguments.parameters: expected `array | null`, got `object`",
        ),
        (lambda spec: spec.update(workflowMetadata=[]), "spec.workflowMetadata: expected `object | null`, got `array`"),
    ],
)
def test_a_template_that_was_edited_wrongly_says_where(compiled, change, said):
    documents = [item for item in yaml.safe_load_all(compiled("flow.py:main")) if item]
    change(documents[-1]["spec"])
    with pytest.raises(UnusableManifest, match=re.escape(said)):
        read_manifest(yaml.safe_dump_all(documents).encode())


def test_what_nobody_here_reads_is_left_to_the_cluster(compiled):
    documents = [item for item in yaml.safe_load_all(compiled("flow.py:main")) if item]
    documents[-1]["metadata"]["labels"] = None
    documents[-1]["spec"]["templates"][-1]["container"]["image"] = 5
    manifest = read_manifest(yaml.safe_dump_all(documents).encode())
    assert (manifest.name, manifest.digest) == ("main", "")


def test_somebody_else_s_workflow_is_not_ours():
    text = b"apiVersion: argoproj.io/v1alpha1\nkind: WorkflowTemplate\nmetadata: {name: theirs}\nspec: {entrypoint: a, templates: [{name: a}]}\n"
    with pytest.raises(UnusableManifest, match="theirs has no plan: dagwright did not compile it"):
        read_manifest(text)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("flow.yaml", b"", True),
        ("flow.json", b"", True),
        ("flow.py", b"---\n", False),
        ("", b"# Generated by dagwright (argo)", True),
        ("", b"\n---\napiVersion: v1", True),
        ("", b"apiVersion: v1\n", True),
        ("", b'"""Docstring."""\nfrom dagwright import task\n', False),
        ("", b"from dagwright import task\n\nX = {\n}\n", False),
    ],
)
def test_manifests_are_told_from_python(name, data, expected):
    assert looks_compiled(name, data) is expected


def test_the_store_of_a_template(compiled):
    fixed = read_manifest(compiled("flow.py:main", settings='store = "s3://bucket/$HOME/$(x)"\n'))
    assert store_of(fixed.template) == "s3://bucket/$HOME/$(x)"
    open_one = read_manifest(compiled("flow.py:main"))
    assert store_of(open_one.template) is None


def test_a_run_carries_what_was_compiled_and_its_values(compiled):
    manifest = read_manifest(compiled("flow.py:main"))
    workflow = workflow_of(
        manifest, name="main-x", namespace="team", values={"n": "5", "store": "s3://b"}, annotations={"a": "b"}
    )
    assert workflow["metadata"]["labels"]["dagwright/digest"] == manifest.digest
    assert workflow["metadata"]["annotations"] == {"dagwright/entry": "flow.main", "a": "b"}
    assert workflow["spec"]["templates"] == manifest.template["spec"]["templates"]
    assert {item["name"]: item.get("value") for item in workflow["spec"]["arguments"]["parameters"]} == {
        "n": "5",
        "store": "s3://b",
        "dagwright-run": "",
    }
    assert "value" not in manifest.template["spec"]["arguments"]["parameters"][1], "the manifest stays as it was"


def test_names_fit_labels():
    assert len(new_name("a" * 70)) <= 63
    assert new_name("main") != new_name("main")
    assert "--" not in new_name("a" * 55 + "-bc")


def test_a_note_is_taken_over_once_its_process_is_gone(tmp_path):
    with Note(tmp_path, "r" * 64, "main") as first, Note(tmp_path, "r" * 64, "main") as second:
        assert second.name != first.name
        second.settle()
    with Note(tmp_path, "r" * 64, "main") as third:
        assert (third.name, third.token, third.is_found) == (first.name, first.token, True)
        third.settle()
    with Note(tmp_path, "r" * 64, "main") as fourth:
        assert not fourth.is_found


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}'])
def test_a_note_that_was_never_finished_is_removed(tmp_path, text):
    (tmp_path / f"{'r' * 32}-0.json").write_text(text, "utf-8")
    with Note(tmp_path, "r" * 64, "main") as note:
        assert not note.is_found
        assert len(list(tmp_path.iterdir())) == 1


def test_a_note_of_yesterday_is_forgotten(tmp_path):
    with Note(tmp_path, "r" * 64, "main"):
        pass
    (path,) = tmp_path.iterdir()
    os.utime(path, (time.time() - 90000,) * 2)
    with Note(tmp_path, "r" * 64, "main") as note:
        assert not note.is_found
