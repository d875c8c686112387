"""What is large: values that no pod can be given, objects that ``kubectl apply`` refuses; and templates that others call."""

from __future__ import annotations

import json
import re
import subprocess
import uuid

import pytest
import yaml
from live_cluster import NAMESPACE, dagwright, delete_labelled, kubectl, read

pytestmark = pytest.mark.cluster

SOURCE = """\
import os
from functools import partial

from dagwright import RecoverableError, map_task, task, workflow


@task
def numbers(count: int) -> list[int]:
    return list(range(count))


@task(retries=1)
def measured(n: int, text: str) -> int:
    if n == 1 and os.environ["DAGWRIGHT_ATTEMPT"] == "0":
        raise RecoverableError("once more, with no other pod beside it")
    return n + len(text)


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@workflow
def NAME(text: str, count: int = 3) -> int:
    return total(ns=map_task(partial(measured, text=text))(n=numbers(count=count)))
"""
SIZE = 700_000


@pytest.fixture
def name():
    """A workflow's name of its own; everything that is labelled with it is deleted in the end."""
    chosen = f"wf{uuid.uuid4().hex[:8]}"
    yield chosen
    delete_labelled(f"dagwright/workflow={chosen}")


def by_reference(flow, **texts: str) -> dict[str, object]:
    """A Workflow that runs the flow's template under its own parameters."""
    parameters = [{"name": key, "value": text} for key, text in texts.items()]
    spec = {"workflowTemplateRef": {"name": flow.objects[-1][1]}, "arguments": {"parameters": parameters}}
    metadata = {"name": f"{flow.objects[-1][1]}-past", "namespace": NAMESPACE}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}


def test_a_value_that_no_pod_can_be_given_goes_through_the_store_or_is_named(flows, argo, name):
    flow = flows(SOURCE.replace("NAME", name), name, {**argo, "parallelism": 1})
    past = flow.take(f"{flow.objects[-1][1]}-past")
    kubectl("create", "-f", "-", stdin=json.dumps(by_reference(flow, text="y" * (140 << 10))))
    (flow.folder / "in.json").write_text(json.dumps({"text": "é{{" * (SIZE // 3)}), "utf-8")
    done = dagwright("submit", "--wait", "--timeout", "6m", "--inputs-file", "in.json", f"flow.py:{name}", cwd=flow.folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == 3 + 3 * (SIZE // 3 * 3)
    submitted = re.search(r"dagwright: (\S+) submitted", done.stderr)[1]
    run = read("workflow", submitted)
    assert len(json.dumps(run)) < 60_000, "no node holds a copy"
    past.wait()
    assert past.status["phase"] == "Failed"
    told = dagwright("status", past.name).stderr
    assert "The value of text takes 143,360 bytes, and a pod is given one of 131,072 at most: `dagwright submit` puts" in told


def test_an_object_that_apply_cannot_annotate_says_how_it_is_applied(flows, argo, name, tmp_path):
    lines = ["from dagwright import task, workflow", "", "", "@task", "def step(x: int) -> int:", "    return x + 1", "", ""]
    lines += ["@workflow", f"def {name}(x: int = 0) -> list[int]:"]
    names = [f"{'long_name_' * 5}{number}" for number in range(1200)]
    lines += [*(f"    {each} = step(x=x)" for each in names), f"    return [{', '.join(names)}]"]
    (tmp_path / "flow.py").write_text("\n".join(lines) + "\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text(f'[tool.dagwright]\nstore = "{argo["store"]}"\n', "utf-8")
    text = dagwright("compile", "-n", NAMESPACE, f"flow.py:{name}", cwd=tmp_path).stdout
    parts = text.split("\n---\n")
    (told,) = [part for part in parts if part.startswith("# more than 262144 bytes: apply it with kubectl apply --server-side")]
    assert [part for part in parts if len(json.dumps(yaml.load(part, yaml.CSafeLoader))) > 262_144] == [told]
    words = ["kubectl", "-n", NAMESPACE, "apply", "--dry-run=server", "-f", "-"]
    refused = subprocess.run(words, input=told, capture_output=True, text=True, check=False)
    assert "metadata.annotations: Too long" in refused.stderr
    assert f"configmap/{name}-" in kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=told)


def test_a_template_of_ours_runs_as_a_step_of_another_workflow(flows, argo, name):
    flow = flows(SOURCE.replace("NAME", name), name, argo)
    own = next(item for item in yaml.safe_load_all(flow.manifest) if item["kind"] == "WorkflowTemplate")["spec"]
    caller = by_reference(flow)
    # Parameters of a run are the caller's: it has those that the template would have.
    parameters = [{**item, "value": item.get("value", "abc")} for item in own["arguments"]["parameters"]]
    reference = {"name": flow.objects[-1][1], "template": own["entrypoint"]}
    templates = [{"name": "outer", "dag": {"tasks": [{"name": "ours", "templateRef": reference}]}}]
    caller["spec"] = {"entrypoint": "outer", "arguments": {"parameters": parameters}, "templates": templates}
    run = flow.take(caller["metadata"]["name"])
    kubectl("create", "-f", "-", stdin=json.dumps(caller))
    run.parameters = {"text": "abc"}
    assert run.succeeded().outputs() == [12]
