"""Rights of the executor: what is printed is what Kubernetes takes, and no more than is needed."""

from __future__ import annotations

import pytest
import yaml

from dagwright_argo.rbac import rbac_text
from dagwright_argo.target import ArgoTarget
from dagwright_compiler.diagnostics.model import Collector


def test_a_role_and_who_has_it():
    role, binding = yaml.safe_load_all(rbac_text("team", "runner"))
    assert role["metadata"]["name"] == "dagwright-executor-runner"
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == "team"
    assert role["rules"] == [{"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}]
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "dagwright-executor-runner"}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "runner", "namespace": "team"}]


@pytest.mark.parametrize("account", ["", "default"])
def test_without_settings_it_is_kubernetes_own_default(account):
    role, binding = yaml.safe_load_all(rbac_text("", account))
    assert role["metadata"]["name"] == "dagwright-executor"
    assert role["metadata"]["namespace"] == "default"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}]


def test_accounts_of_single_tasks_get_the_same_rights():
    settings = {"service_account": "runner", "tasks": {"b": {"service_account": "writer"}, "a": {"service_account": "runner"}}}
    _, binding = yaml.safe_load_all(ArgoTarget().rights(settings, "team", Collector()))
    assert [subject["name"] for subject in binding["subjects"]] == ["runner", "writer"]
