"""What we take, a live API server takes: manifests, the pods that become of them, and every golden; what it refuses, we refuse first.

Nothing is created: the server is asked for dry runs.
"""

import base64
import json
import random
import re

import pytest
import yaml
from argo_choices import combined, pod_specs, settings_choices
from argo_pods import pods_of
from argo_projects import compile_project
from golden_cases import ROOT
from live_cluster import NAMESPACE, api_server

pytestmark = pytest.mark.cluster

_OF_THE_CLUSTER = re.compile(r"no PriorityClass with name|serviceaccount \"[^\"]*\" not found|RuntimeClass|feature gate")
"""What another cluster may take: it has other objects."""

_NOT_OF_KUBERNETES = (
    # Argo's schema has lists of these by their names.
    '[{"containerPort": 80}, {"containerPort": 80}]',
    '[{"name": "A"}, {"name": "A"}]',
    # Names and folders that Argo and we put into the same pod.
    *('"var-run-argo"', '"tmp-dir-argo"', '"dagwright-work"', '"wait"', '"main"', '"/var/run/argo"', '"/dagwright/code"'),
    # What is dropped where a gate is closed, what older servers refuse, and a name that nothing can have.
    *('"claims"', '"prefix": "a b"', '"configMap": {"name": "A"}'),
)
"""Why we refuse pods that this server would make."""


@pytest.fixture(scope="session")
def server():
    return api_server()


def refusals(server, documents):
    """What the server says against objects, and against the pods of templates."""
    found = []
    for document in documents:
        pods = pods_of(document) if document["kind"] in ("Workflow", "WorkflowTemplate") else ()
        for item in (document, *pods):
            said = server.refusal(item, NAMESPACE)
            if said and not _OF_THE_CLUSTER.search(said):
                found.append((item["kind"], said[:500]))
    return found


def documents(texts):
    found = [yaml.load(text, yaml.CSafeLoader) for text in texts]
    return [item for item in found if item["kind"] != "ConfigMap"]


def test_settings_that_we_take_the_server_takes(server):
    for table in settings_choices():
        compiled = compile_project(table)
        if compiled is not None:
            assert refusals(server, documents(compiled)) == [], table


def test_pod_templates_that_we_take_the_server_takes(server):
    for spec in pod_specs():
        compiled = compile_project({"pod_templates": {"p": {"pod_spec": spec}}})
        if compiled is not None:
            assert refusals(server, documents(compiled)) == [], spec


def test_settings_and_pod_templates_together(server):
    chance = random.Random(5)
    choices, specs = settings_choices(), pod_specs()
    taken = 0
    for _ in range(300):
        table = combined(chance, choices, 2)
        compiled = compile_project({**table, "pod_templates": {"p": {"pod_spec": combined(chance, specs, 1)}}})
        if compiled is not None:
            taken += 1
            assert refusals(server, documents(compiled)) == [], table
    assert taken > 10


def test_what_the_server_takes_we_take_but_for_a_reason(server):
    for spec in pod_specs():
        if compile_project({"pod_templates": {"p": {"pod_spec": spec}}}) is None and not server.refusal(bare(spec), NAMESPACE):
            assert any(reason in json.dumps(spec) for reason in _NOT_OF_KUBERNETES), spec


def bare(spec):
    """The pod that the spec describes, without Argo: the task's container has an image."""
    boxes = [{"image": "a", **box} for box in spec.get("containers", [{"name": "primary"}])]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": {**spec, "containers": boxes}}


def test_every_golden_manifest_is_taken(server):
    """All kinds of objects; digests and archives are placeholders there."""
    paths = sorted(ROOT.rglob("argo.yaml"))
    assert len(paths) > 50
    kinds = set()
    for path in paths:
        text = path.read_text("utf-8").replace("<digest>", "0123456789ab")
        for document in yaml.load_all(text, yaml.CSafeLoader):
            kinds.add(document["kind"])
            if document["kind"] == "ConfigMap":
                document["binaryData"] = dict.fromkeys(document.get("binaryData", {}), base64.b64encode(b"x").decode())
            assert refusals(server, [document]) == [], path
    assert kinds == {"ConfigMap", "CronWorkflow", "Workflow", "WorkflowTemplate"}
