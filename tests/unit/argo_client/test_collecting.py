"""Code that nothing names goes; what is named, young, or about to be used stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kubectl_double import KubectlDouble

from dagwright.contract.names import bundle_key
from dagwright.store import open_store
from dagwright.upkeep.collection import Limits
from dagwright.upkeep.collection import collect as collect_garbage
from dagwright_argo_client.collecting import collect, collect_bundles
from dagwright_argo_client.kubernetes import Kubectl

OLD, NEW = "2026-01-01T00:00:00Z", "2026-11-21T10:00:00Z"
NOW = 1795258800.0  # 2026-11-21T11:00:00Z
DAY_S = 86400.0


@pytest.fixture
def cluster(tmp_path):
    double = KubectlDouble(tmp_path)
    for name in ("main-a", "main-b", "main-c", "main-d", "dagwright-runtime-x"):
        double.add("configmaps", name, OLD)
    double.add("configmaps", "main-young", NEW)
    mount = {"volumes": [{"configMap": {"name": "main-a"}}, {"configMap": {"name": "dagwright-runtime-x"}}]}
    double.add("workflows.argoproj.io", "main-1", spec={"templates": [mount]})
    stored = {"templates": [{"volumes": [{"projected": {"sources": [{"configMap": {"name": "main-b"}}]}}]}]}
    double.add(
        "workflows.argoproj.io",
        "main-2",
        spec={"workflowTemplateRef": {"name": "main"}},
        status={"storedWorkflowTemplateSpec": stored},
    )
    double.add("cronworkflows.argoproj.io", "main", spec={"workflowSpec": {"podSpecPatch": json.dumps({"x": "main-c"})}})
    return double


def run(double: KubectlDouble, *, dry_run: bool = False):
    kubectl = Kubectl(str(double.programs / "kubectl"), "argo")
    return collect(kubectl, older_than_s=30 * DAY_S, now=NOW, dry_run=dry_run)


def test_what_nothing_names_goes(cluster):
    done = run(cluster, dry_run=True)
    assert len(cluster.config_maps) == 6
    assert run(cluster) == done
    assert done.removed == ("main-d",)
    assert set(done.named) == {"main-a", "main-b", "main-c", "dagwright-runtime-x"}
    assert done.young == ("main-young",)
    assert "main-d" not in cluster.config_maps
    assert len(cluster.config_maps) == 5


def test_a_name_that_begins_like_another_is_not_taken_for_it(cluster):
    cluster.add("configmaps", "main", OLD)
    assert "main" in run(cluster).named, "a template is called so"
    cluster.add("configmaps", "ain-a", OLD)
    assert run(cluster).removed == ("ain-a",)


@pytest.fixture
def bundles(cluster, tmp_path):
    """A store with four bundles, named by a template, by a run, by nothing, and by nothing but published just now."""
    store = open_store((tmp_path / "store").as_uri())
    digests = [letter * 64 for letter in "abcd"]
    for digest in digests:
        store.put(bundle_key(digest), b"code")
        if digest[0] != "d":
            os.utime(tmp_path / "store" / bundle_key(digest), (1.0, 1.0))
    for kind, digest in (("workflowtemplates.argoproj.io", digests[0]), ("workflows.argoproj.io", digests[1])):
        env = [{"name": "DAGWRIGHT_BUNDLE", "value": digest}]
        cluster.add(kind, f"stored-{digest[0]}", spec={"templates": [{"container": {"env": env}}]})
    return store, digests


def test_bundles_that_nothing_names_go_when_they_are_old(cluster, bundles):
    store, (named, used, loose, young) = bundles
    kubectl = Kubectl(str(cluster.programs / "kubectl"), "argo")
    told = collect_bundles(kubectl, store, older_than_s=DAY_S, dry_run=True)
    assert len(store.list("v1/bundle")) == 4
    assert collect_bundles(kubectl, store, older_than_s=DAY_S, dry_run=False) == told
    assert (told.removed, set(told.named), told.young) == ((loose,), {named, used}, (young,))
    assert store.list("v1/bundle") == [bundle_key(digest) for digest in (named, used, young)]


def test_a_bundle_that_is_published_meanwhile_stays(cluster, bundles, tmp_path):
    store, (_, _, loose, _) = bundles
    (cluster.cluster / "meddle").write_text(f"touch {tmp_path / 'store' / bundle_key(loose)}\n", "utf-8")
    kubectl = Kubectl(str(cluster.programs / "kubectl"), "argo")
    assert collect_bundles(kubectl, store, older_than_s=DAY_S, dry_run=False).removed == ()
    assert bundle_key(loose) in store.list("v1/bundle")


def test_the_collection_of_a_store_leaves_bundles_alone(bundles):
    store, _ = bundles
    collect_garbage(store, Limits(grace_s=0, older_than_s=0))
    assert len(store.list("v1/bundle")) == 4


def test_what_a_submit_found_there_stays(cluster):
    Kubectl(str(cluster.programs / "kubectl"), "argo").annotate("configmap", ["main-d"], f"dagwright/used={NEW}")
    assert run(cluster).removed == ()


def test_what_a_submit_finds_there_meanwhile_stays(cluster):
    """It is listed as old and unnamed; before it is removed, a submit marks it."""
    program = cluster.programs / "kubectl"
    (cluster.cluster / "meddle").write_text(
        f"{program} -n argo annotate configmap main-d --overwrite dagwright/used={NEW}\n", "utf-8"
    )
    done = run(cluster)
    assert done.removed == ()
    assert "main-d" in cluster.config_maps


def test_a_workflow_that_is_created_meanwhile_is_seen(cluster):
    item = json.dumps({"kind": "Workflow", "metadata": {"name": "main-3"}, "spec": {"x": "main-d"}})
    (cluster.cluster / "meddle").write_text(f"{cluster.programs / 'kubectl'} -n argo create -f - <<'E'\n{item}\nE\n", "utf-8")
    assert run(cluster).removed == ()


def test_the_command(cluster):
    environment = {**os.environ, "PATH": f"{cluster.programs}:/usr/bin:/bin", "ARGO_NAMESPACE": "argo"}
    command = [str(Path(sys.executable).with_name("dagwright")), "gc"]

    def dagwright(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *words], env={**environment, **more}, capture_output=True, text=True, check=False)

    done = dagwright("--dry-run", "--older-than", "1d")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "would remove main-d\n"
    assert done.stderr == "would remove 1 ConfigMap of argo; 4 ConfigMaps in use, 1 younger than 1 day\n"
    (cluster.cluster / "forbidden").write_text("delete", "utf-8")
    refused = dagwright("--older-than", "1d")
    assert refused.returncode == 2
    assert "me has not the right to delete configmaps in the namespace argo (403)" in refused.stderr
    (cluster.cluster / "forbidden").unlink()
    assert json.loads(dagwright("--older-than", "1d", "--output-format", "json").stdout)["removed"] == ["main-d"]
    assert "there is none here" in dagwright(PATH="/nowhere").stderr
