"""Accounts with no more rights than they need: pods that are locked down, and people with tokens of their own.

People's rights are tried on an Argo Server of this test, in the mode in which it passes each caller's token on, over TLS.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from certificates import make_certificates
from documents import ROOT, blocks
from live_cluster import DAGWRIGHT, NAMESPACE, Flow, api_server, command, dagwright, delete_labelled, kubectl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.cluster

SOURCE = """\
from pathlib import Path
from tempfile import mkdtemp

from dagwright import File, map_task, task, workflow


@task
def names(count: int) -> list[str]:
    return [f"n{number}" for number in range(count)]


@task
def written(name: str) -> File:
    path = Path(mkdtemp()) / "name.txt"
    path.write_text(name)
    return File(str(path))


@task
def joined(files: list[File]) -> str:
    print("joining", len(files))
    return "".join(Path(file).read_text() for file in files)


@workflow
def confined(count: int = 1) -> str:
    return joined(files=map_task(written)(name=names(count=count)))
"""
LOCKED = {
    "pod_security_context": {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "security_context": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
"""What the strictest of Kubernetes' pod security standards asks for, and a root that cannot be written."""


@pytest.fixture
def account() -> Iterator[str]:
    """A service account that may do nothing yet."""
    name = f"rows-{uuid.uuid4().hex[:6]}"
    kubectl("create", "serviceaccount", name)
    yield name
    for kind in ("rolebinding", "role"):
        kubectl("delete", kind, f"dagwright-executor-{name}", name, "--ignore-not-found")
    kubectl("delete", "serviceaccount", name)


def allow_pods(flow: Flow) -> None:
    """Give the account of the flow's pods what ``--emit rbac`` prints."""
    rights = subprocess.run(
        [*DAGWRIGHT, "compile", "--emit", "rbac", "-n", NAMESPACE, "."],
        cwd=flow.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    kubectl("apply", "-f", "-", stdin=rights.stdout)


def test_a_pod_that_may_do_nothing_but_its_task_does_it(
    flows: Callable[..., Flow], settings: dict[str, Any], account: str
) -> None:
    flow = flows(SOURCE, "confined", {**settings, **LOCKED, "service_account": account, "pod_gc": "OnPodCompletion"})
    allow_pods(flow)
    run = flow.submit().succeeded()
    assert run.outputs() == ["n0"]
    # Argo has forgotten the pods with their logs; the store has not.
    assert dagwright("logs", run.name, "joined").stdout == "joined | joining 1\n"


def test_an_account_without_the_executor_s_right_is_told_how_to_get_it(
    flows: Callable[..., Flow], argo: dict[str, Any], account: str
) -> None:
    flow = flows(SOURCE, "confined", {**argo, "service_account": account, "system_retries": 0})
    run = flow.submit()
    run.wait()
    said = dagwright("status", run.name).stderr
    assert "the task succeeded, and Argo's executor beside it failed" in said
    assert f'User "system:serviceaccount:{NAMESPACE}:{account}" cannot create resource "workflowtaskresults"' in said
    assert "`dagwright compile --emit rbac FILE | kubectl apply -f -` gives it, then retry" in said
    allow_pods(flow)
    assert dagwright("retry", run.name).returncode == 0
    run.wait(lambda run: run.status.get("phase") == "Succeeded")
    assert run.outputs() == ["n0"]


FAILS = """\
import time
from pathlib import Path

from dagwright import task, workflow


@task
def stubborn(folder: str) -> str:
    print("here")
    if not (Path(folder) / "mended").exists():
        raise ValueError("not yet")
    while not (Path(folder) / "over").exists():
        time.sleep(0.1)
    return "mended"


@workflow
def WORKFLOW(folder: str) -> str:
    return stubborn(folder=folder)
"""
PEOPLE = ROOT / "docs" / "platform.md"


def people_role() -> dict[str, Any]:
    """The Role that the documents give to people."""
    text = next(block.body for block in blocks(PEOPLE) if block.rest == "people.yaml")
    role: dict[str, Any] = next(item for item in yaml.safe_load_all(text) if item["kind"] == "Role")
    return role


@contextmanager
def client_mode_server(folder: Path) -> Iterator[dict[str, str]]:
    """Serve Argo's API for whoever has a token, behind a certificate of a private authority; gives variables without a token."""
    name = f"rows-tls-{uuid.uuid4().hex[:6]}"
    made = make_certificates(folder)
    kubectl("create", "secret", "generic", name, f"--from-file=tls.crt={made.server}", f"--from-file=tls.key={made.server}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["argo", "server", "--auth-mode", "client", "--namespaced", "--managed-namespace", NAMESPACE, "-n", NAMESPACE]
    words += ["--secure", "--tls-certificate-secret-name", name, "--port", str(port), "--loglevel", "warn"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ARGO_")}
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT)
    variables = {"ARGO_SERVER": f"127.0.0.1:{port}", "ARGO_SECURE": "true", "SSL_CERT_FILE": made.authority, "ARGO_TOKEN": ""}
    try:
        deadline = time.monotonic() + 60
        while "refuses connections" in dagwright("runs", **variables).stderr:
            assert server.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, "the server does not come up"
            time.sleep(0.3)
        yield variables
    finally:
        server.kill()  # it takes its time with SIGTERM
        server.wait(30)
        log.close()
        kubectl("delete", "secret", name)


class Person:
    """Somebody with a token, and the rights that a test gives."""

    def __init__(self, account: str, folder: Path, server: dict[str, str]) -> None:
        self.account = account
        token = kubectl("create", "token", account).strip()
        known = json.loads(command("kubectl", "config", "view", "--raw", "--minify", "-o", "json"))
        known["users"][0]["user"] = {"token": token}
        config = folder / "kubeconfig.json"
        config.write_text(json.dumps(known), "utf-8")
        self.variables = {**server, "ARGO_TOKEN": f"Bearer {token}", "KUBECONFIG": str(config)}
        self.folder = folder

    def may(self, rules: list[dict[str, Any]]) -> None:
        """Bind the account to a Role with these rules, and wait until the API server goes by it."""
        metadata = {"name": self.account, "namespace": NAMESPACE}
        api = "rbac.authorization.k8s.io"
        role = {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": metadata, "rules": rules}
        subject = {"kind": "ServiceAccount", **metadata}
        reference = {"apiGroup": api, "kind": "Role", "name": self.account}
        binding = {
            "apiVersion": f"{api}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": reference,
            "subjects": [subject],
        }
        kubectl("apply", "-f", "-", stdin="---\n".join(json.dumps(item) + "\n" for item in (role, binding)))
        deadline = time.monotonic() + 60
        while not self._is_known(rules):
            assert time.monotonic() < deadline, "the API server does not go by the Role"
            time.sleep(0.1)

    def _is_known(self, rules: list[dict[str, Any]]) -> bool:
        """Whether the API server gives the account these rights, and no others of those that people have."""
        user = f"system:serviceaccount:{NAMESPACE}:{self.account}"
        given = {right for rule in rules for right in rights_of(rule)}
        wanted = {right for rule in people_role()["rules"] for right in rights_of(rule)}
        return all(api_server().may(user, right, NAMESPACE) == (right in given) for right in wanted)

    def types(self, *words: str) -> subprocess.CompletedProcess[str]:
        return dagwright(*words, cwd=self.folder, **self.variables)


def rights_of(rule: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a rule gives: the group, the resource and the verb of each right."""
    return [(group, name, verb) for group in rule["apiGroups"] for name in rule["resources"] for verb in rule["verbs"]]


def without(rules: list[dict[str, Any]], resource: str, verb: str) -> list[dict[str, Any]]:
    """The rules but for one verb on one resource."""
    found = []
    for rule in rules:
        for name in rule["resources"]:
            verbs = [each for each in rule["verbs"] if (name, each) != (resource, verb)]
            found.append({**rule, "resources": [name], "verbs": verbs})
    assert sum(len(rule["verbs"]) for rule in found) == sum(len(rule["verbs"]) * len(rule["resources"]) for rule in rules) - 1
    return [rule for rule in found if rule["verbs"]]


def test_people_do_what_their_role_says_and_learn_what_it_lacks(
    flows: Callable[..., Flow], argo: dict[str, Any], account: str, tmp_path: Path
) -> None:
    name = f"wf{uuid.uuid4().hex[:8]}"
    flow = flows(FAILS.replace("WORKFLOW", name), name, argo)
    steering = Path(argo["store"].removeprefix("file://"))
    with client_mode_server(tmp_path) as server:
        person = Person(account, flow.folder, server)
        unknown = dagwright("runs", **{**person.variables, "ARGO_TOKEN": "Bearer nobody"})
        assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)
        assert "does not know who asks (401)" in unknown.stderr
        nobody = dagwright("runs", **{**person.variables, "SSL_CERT_FILE": ""})
        assert "is signed by nobody that this machine trusts; set SSL_CERT_FILE" in nobody.stderr
        person.may(people_role()["rules"])
        try:
            _try_everything(person, flow, name, steering)
        finally:
            delete_labelled(f"dagwright/workflow={name}")


def _try_everything(person: Person, flow: Flow, name: str, steering: Path) -> None:
    """Take a run through its life with every right, and try each step without the right that it takes."""
    rules = people_role()["rules"]

    def lacking(resource: str, verb: str, *words: str) -> None:
        person.may(without(rules, resource, verb))
        try:
            refused = person.types(*words)
            assert refused.returncode == 2, (resource, verb, refused)
            assert f"has not the right to {verb} {resource}" in refused.stderr, (resource, verb, refused.stderr)
            assert f"a Role with the verb {verb} on {resource}" in refused.stderr
        finally:
            person.may(rules)

    submit = ("submit", f"flow.py:{name}", "--folder", str(steering))
    for resource, verb in (("configmaps", "get"), ("configmaps", "create"), ("workflows", "create")):
        lacking(resource, verb, *submit)
    failed = person.types("submit", "--wait", *submit[1:])
    assert failed.returncode == 1, failed.stderr
    assert "ValueError: not yet" in failed.stderr
    run = flow.take(failed.stderr.partition("dagwright: ")[2].split()[0] if " submitted to " in failed.stderr else "")
    lacking("workflows", "get", "status", run.name)
    lacking("workflows", "list", "runs")
    # Without pods/log Argo Server gives no line and no word; ours come from the store then.
    for resource, verb in (("pods", "list"), ("pods", "watch")):
        lacking(resource, verb, "logs", run.name)
    assert "stubborn | here" in person.types("logs", run.name, "stubborn").stdout
    (steering / "mended").touch()
    lacking("pods", "delete", "retry", run.name)
    lacking("workflows", "update", "retry", run.name)
    assert person.types("retry", run.name).returncode == 0
    lacking("workflows", "patch", "stop", run.name)
    assert person.types("stop", run.name).returncode == 0
    assert "was stopped" in person.types("status", "--wait", "--timeout", "6m", run.name).stderr
    (steering / "over").touch()
    done = person.types("retry", "--wait", "--timeout", "6m", run.name)
    assert (done.returncode, done.stdout) == (0, '"mended"\n'), done.stderr
    assert person.types("outputs", run.name).stdout == '"mended"\n'
