"""``dagwright compile`` to a run, a schedule, a folder for kustomize; for a profile, in a namespace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dagwright_compiler.cli.main import invoke

FLOW = """\
from dagwright import task, workflow


@task
def double(x: int, note: str) -> int:
    return 2 * x


@workflow
def main(x: int, note: str = "none") -> int:
    return double(x=x, note=note)
"""
SETTINGS = """\
[tool.dagwright]
store = "s3://bucket/prefix"

[tool.dagwright.profiles.prod.argo]
namespace = "prod"

[tool.dagwright.argo.schedules.nightly]
workflow = "main"
cron = ["30 3 * * *"]
inputs = {x = 1}
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow.py").write_text(FLOW, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    for variable in ("NO_COLOR", "FORCE_COLOR", "DAGWRIGHT_STORE", "DAGWRIGHT_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def documents(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Any]:
    assert invoke(["compile", *arguments]) == 0, capsys.readouterr().err
    return list(yaml.safe_load_all(capsys.readouterr().out))


def kinds(found: list[Any]) -> list[tuple[str, str]]:
    return [(item["kind"], item["metadata"].get("name", "")) for item in found if item["kind"] != "ConfigMap"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], [("WorkflowTemplate", "main"), ("CronWorkflow", "main-nightly")]),
        (["--kind", "WorkflowTemplate"], [("WorkflowTemplate", "main")]),
        (["--kind", "CronWorkflow"], [("WorkflowTemplate", "main"), ("CronWorkflow", "main-nightly")]),
    ],
)
def test_a_kind_says_which_objects_a_workflow_becomes(
    capsys: pytest.CaptureFixture[str], arguments: list[str], expected: list[tuple[str, str]]
) -> None:
    assert kinds(documents(capsys, *arguments, "flow.py")) == expected


def test_a_run_has_its_inputs_and_what_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    found = documents(capsys, "--kind", "Workflow", "flow.py", "--", "--x", "3", "--note", "{{workflow.name}}")
    assert [item["kind"] for item in found] == ["ConfigMap", "ConfigMap", "Workflow"]
    run = found[-1]
    assert "name" not in run["metadata"]
    assert run["metadata"]["generateName"] == "main-"
    assert {item["name"]: item["value"] for item in run["spec"]["arguments"]["parameters"]} == {
        "x": "3",
        "note": '"\\u007b\\u007bworkflow.name}}"',
        "dagwright-run": "",
    }
    assert "workflowMetadata" not in run["spec"]
    (template,) = documents(capsys, "--kind", "WorkflowTemplate", "flow.py")[2:]
    assert run["spec"]["templates"] == template["spec"]["templates"]


def test_a_run_is_named_and_reads_inputs_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("x: 4\nnote: a\n", encoding="utf-8")
    found = documents(
        capsys, "--kind", "Workflow", "--name", "one-7", "--inputs-file", "in.yaml", "flow.py", "main", "--", "--note", "b"
    )
    assert kinds(found) == [("Workflow", "one-7")]
    assert [item["value"] for item in found[-1]["spec"]["arguments"]["parameters"]] == ["4", '"b"', ""]


def test_a_schedule_may_stand_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--kind", "CronWorkflow", "--schedule", "0 3 * * *", "--schedule", "@weekly", "--timezone", "Europe/Berlin"]
    found = documents(capsys, *arguments, "--name", "early", "flow.py", "--", "--x", "3")
    assert kinds(found) == [("WorkflowTemplate", "main"), ("CronWorkflow", "early")]
    spec = found[-1]["spec"]
    assert (spec["schedules"], spec["timezone"]) == (["0 3 * * *", "@weekly"], "Europe/Berlin")
    assert spec["workflowSpec"] == {
        "workflowTemplateRef": {"name": "main"},
        "arguments": {"parameters": [{"name": "x", "value": "3"}]},
    }


def test_a_profile_and_a_namespace_change_where_everything_lives(capsys: pytest.CaptureFixture[str]) -> None:
    places = [
        {item["metadata"].get("namespace") for item in documents(capsys, *arguments, "flow.py")}
        for arguments in ([], ["--profile", "prod"], ["--profile", "prod", "-n", "mine"])
    ]
    assert places == [{None}, {"prod"}, {"mine"}]


def test_kustomize_gets_a_list_of_the_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert invoke(["compile", "-o", "out/", "--kustomize", "flow.py"]) == 0
    listed = yaml.safe_load((tmp_path / "out" / "kustomization.yaml").read_text("utf-8"))
    assert listed["kind"] == "Kustomization"
    assert listed["sortOptions"] == {"order": "fifo"}
    assert listed["resources"] == ["dagwright-runtime.yaml", "flow.main.yaml"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*listed["resources"], "kustomization.yaml"}
    assert invoke(["compile", "-o", "out/", "--kustomize", "--check", "flow.py"]) == 0
    capsys.readouterr()
    assert invoke(["compile", "-o", "out/", "flow.py"]) == 0
    assert "left from an earlier compile: out/kustomization.yaml" in capsys.readouterr().err


def test_a_list_of_somebody_else_is_not_overwritten(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kustomization.yaml").write_text("resources: [mine.yaml]\n", encoding="utf-8")
    assert invoke(["compile", "-o", "out/", "--kustomize", "flow.py"]) == 2
    assert "kustomization.yaml was not written by" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kustomization.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "ClusterWorkflowTemplate"], "belongs to no namespace, and the ConfigMaps with its code do"),
        (["--kind", "workflow"], "a workflow does not become a workflow"),
        (["--name", "x"], "a name can be given to a run or a schedule"),
        (["--schedule", "@daily", "--", "--x", "1"], "--schedule says when a CronWorkflow runs"),
        (["--kind", "Workflow", "--name", "A b", "--", "--x", "1"], "the name 'A b' is not one that Kubernetes takes"),
        (["--kind", "Workflow", "--name", "a" * 64, "--", "--x", "1"], "use at most 63"),
        (["--kind", "CronWorkflow", "--schedule", "@daily", "--name", "a" * 53, "--", "--x", "1"], "use at most 52"),
        (["--kind", "CronWorkflow", "--schedule", "0 0 * * 7", "--", "--x", "1"], "day of the week"),
        (["--kind", "CronWorkflow", "--schedule", "@daily", "--timezone", "Berlin", "--", "--x", "1"], "no timezone 'Berlin'"),
        (["-n", "My Team"], "the namespace 'My Team' is not one"),
        (["--kind", "Workflow", "--store", "s3://b/{{x}}", "--", "--x", "1"], "Argo would expand"),
    ],
)
def test_what_no_cluster_takes_is_a_finding(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    assert invoke(["compile", *arguments[:at], "flow.py", *arguments[at:]]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[DW530]" in err
    assert said in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "Workflow", "flow.py"], "missing input --x"),
        (
            ["--schedule", "@daily", "flow.py"],
            "missing input --x; `dagwright compile --schedule @daily flow.py -- --help` shows all",
        ),
        (
            ["--kind", "CronWorkflow", "--schedule", "0 3 * * *", "flow.py"],
            "`dagwright compile --schedule '0 3 * * *' flow.py -- --help`",
        ),
        (["--kind", "Workflow", "flow.py", "--", "--x", "three"], "input 'x': expected int"),
        (["--kind", "Workflow", "flow.py", "--", "--y", "3"], "no input `y` is known"),
        (["--kind", "Workflow", ".", "--", "--x", "3"], "is a folder"),
        (["--inputs-file", "in.yaml", "flow.py"], "--inputs-file holds the inputs of a run"),
        (["-t", "batch", "--kind", "Workflow", "flow.py", "--", "--x", "3"], "leave it out with -t batch"),
        (["-t", "ir", "-n", "a", "flow.py"], "leave it out with -t ir"),
        (["--kustomize", "flow.py"], "give the folder with -o"),
        (["--kustomize", "-o", "one.yaml", "flow.py"], "give the folder with -o"),
        (["flow.py", "--x", "3"], "No such option"),
        (["flow.py", "--", "--x", "3"], "does not exist"),
    ],
)
def test_wrong_usage_is_said_and_nothing_is_written(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert invoke(["compile", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_help_shows_the_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "--kind", "Workflow", "flow.py", "--", "--help"]) == 0
    assert "Usage: dagwright compile --kind Workflow flow.py -- [INPUTS]..." in capsys.readouterr().out


@pytest.mark.parametrize(
    "settings", ["", '[tool.dagwright.argo.schedules.a]\nworkflow = "main"\ncron = ["@daily"]\ninputs = {x = 1}\n']
)
def test_what_runs_by_itself_needs_a_store(capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: str) -> None:
    (tmp_path / "pyproject.toml").write_text(settings or "[tool.dagwright]\n", encoding="utf-8")
    arguments = ["flow.py"] if settings else ["--kind", "Workflow", "flow.py", "--", "--x", "1"]
    assert invoke(["compile", *arguments]) == 1
    err = capsys.readouterr().err
    assert "has no value for `store`" in err
    assert 'add `store = "s3://bucket/prefix"`' in err


def test_a_schedule_that_no_workflow_has_is_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dagwright]\nstore = "s3://b/p"\n', encoding="utf-8")
    assert invoke(["compile", "--kind", "CronWorkflow", "flow.py"]) == 1
    assert "no schedule runs the workflow `main`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "namespace", "account"),
    [
        ([], "default", "default"),
        (["--profile", "prod"], "prod", "runner"),
        (["--profile", "prod", "-n", "mine"], "mine", "runner"),
    ],
)
def test_the_rights_of_pods_are_those_of_the_settings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], namespace: str, account: str
) -> None:
    text = SETTINGS.replace('namespace = "prod"', 'namespace = "prod"\nservice_account = "runner"')
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    role, binding = documents(capsys, "--emit", "rbac", *arguments, "flow.py")
    assert {role["metadata"]["namespace"], binding["metadata"]["namespace"]} == {namespace}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": account, "namespace": namespace}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]


def test_rights_are_of_kubernetes_and_go_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compile", "--emit", "rbac", "-t", "batch", "flow.py"]) == 2
    assert "leave it out with -t batch" in capsys.readouterr().err
    assert invoke(["compile", "--emit", "rbac", "-o", "out/", "flow.py"]) == 2
    assert "writes to standard output" in capsys.readouterr().err


def test_a_workflow_that_is_too_large_is_told_where_to_split(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    body = "".join(f"    v{number} = double(x={f'v{number - 1}' if number % 3 else 'x'}, note=note)\n" for number in range(6))
    text = FLOW.replace("    return double(x=x, note=note)\n", f"{body}    return double(x=v5, note=note)\n")
    (tmp_path / "flow.py").write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.dagwright]\nstore = "s3://b/p"\n[tool.dagwright.argo]\nmax_workflow_bytes = 2000\n', encoding="utf-8"
    )
    assert invoke(["compile", "--select", "DW536", "flow.py"]) == 1
    err = capsys.readouterr().err
    assert "error[DW536]: the workflow `flow.main` takes about" in err
    line = text.splitlines().index("    v3 = double(x=x, note=note)") + 1
    assert f"{line} |     v3 = double(x=x, note=note)\n" in err
    assert "a cut before this leaves 3 calls and 4, with no result between them" in err


GHOSTS = """
[tool.dagwright.argo.schedules.weekly]
workflow = "mian"
cron = ["@weekly"]

[tool.dagwright.argo.tasks."flow.doubel"]
service_account = "runner"
"""


@pytest.mark.parametrize(
    "command", [["compile", "."], ["check", "-t", "argo", "."], ["compile", "--kind", "WorkflowTemplate", "."]]
)
def test_settings_for_what_the_project_does_not_have_are_errors(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS + GHOSTS, encoding="utf-8")
    assert invoke([*command, "--output-format", "json"]) == 1
    told = capsys.readouterr()
    found = json.loads(told.out if command[0] == "check" else told.err)["findings"]
    assert [(item["code"], item["span"]["line"], item["help"]) for item in found] == [
        ("DW530", 13, "did you mean `main`?"),
        ("DW530", 16, "did you mean `flow.double`?"),
    ]


def test_one_file_of_many_says_nothing_of_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ghosts = GHOSTS.replace("mian", "weekly_report").replace("flow.doubel", "total")
    (tmp_path / "pyproject.toml").write_text(SETTINGS + ghosts, encoding="utf-8")
    assert invoke(["compile", "flow.py"]) == 0
    # A folder does, unless a file that it does not hold defines them.
    (tmp_path / "flows").mkdir()
    (tmp_path / "flow.py").rename(tmp_path / "flows" / "flow.py")
    assert invoke(["compile", "flows"]) == 1
    assert "`weekly_report`" in capsys.readouterr().err
    (tmp_path / "others.py").write_text("def weekly_report(): ...\nasync def total(): ...\n", encoding="utf-8")
    assert invoke(["compile", "flows"]) == 0, capsys.readouterr().err
