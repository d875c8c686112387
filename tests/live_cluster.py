"""Runs flows on the cluster that ``KUBECONFIG`` names, with ``kubectl`` and ``argo`` as a user has them.

What the cluster must offer: a namespace (``ARGO_NAMESPACE``, default ``argo``) whose default service account has the executor's
rights, one node that shares this machine's files (for ``file://`` stores on a hostPath) and reaches this machine's addresses (for
``s3://``), and three images, named by ``DAGWRIGHT_TEST_IMAGE``, ``DAGWRIGHT_TEST_IMAGE_39`` and ``DAGWRIGHT_TEST_IMAGE_S3``.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from live_api import ApiServer

from dagwright.contract.types import parse
from dagwright.execution.bindings import Bindings
from dagwright.execution.given import Wire
from dagwright.execution.plan_view import PlanView
from dagwright.execution.records import read_records
from dagwright.store import open_store
from dagwright.values import Codec
from dagwright_argo_client.manifests import bundle_of
from dagwright_argo_client.published import published_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

IMAGE = os.environ.get("DAGWRIGHT_TEST_IMAGE", "dagwright/python:3.11")
IMAGE_39 = os.environ.get("DAGWRIGHT_TEST_IMAGE_39", "dagwright/python:3.9")
IMAGE_S3 = os.environ.get("DAGWRIGHT_TEST_IMAGE_S3", "dagwright/python-s3:3.11")
NAMESPACE = os.environ.get("ARGO_NAMESPACE", "argo")
DAGWRIGHT = [sys.executable, "-c", "from dagwright_compiler.cli.main import main; main()"]
_WAIT_S = 400
_POLL_S = 1.0
_UNCHANGED_S = 5


def missing() -> str:
    """What keeps these tests from running; empty when nothing does."""
    if not os.environ.get("KUBECONFIG"):
        return "KUBECONFIG names no cluster"
    absent = [name for name in ("kubectl", "argo") if shutil.which(name) is None]
    return f"{' and '.join(absent)} not on PATH" if absent else ""


def command(*words: str, stdin: str | None = None) -> str:
    """Run a client and give its standard output; a failure shows its standard error."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr[-4000:]}"
    return done.stdout


def kubectl(*words: str, stdin: str | None = None) -> str:
    return command("kubectl", "-n", NAMESPACE, *words, stdin=stdin)


@cache
def api_server() -> ApiServer:
    """The connection of this process; what is asked each second must not start a client."""
    return ApiServer()


def read(kind: str, name: str) -> dict[str, Any]:
    """An object of the namespace."""
    return api_server().read(kind, name, NAMESPACE)


def labelled(kind: str, label: str) -> list[dict[str, Any]]:
    """Objects of the namespace that have a label, ``key=value``."""
    return api_server().labelled(kind, label, NAMESPACE)


def await_change(kind: str, name: str, version: str) -> None:
    """Wait until an object is no longer in a version, or some seconds have passed: what a command says of it costs more to ask."""
    deadline = time.monotonic() + _UNCHANGED_S
    while time.monotonic() < deadline and read(kind, name)["metadata"]["resourceVersion"] == version:
        time.sleep(_POLL_S)


def delete(kind: str, *names: str) -> None:
    """Have objects of the namespace deleted that are there."""
    for name in names:
        api_server().delete(kind, name, NAMESPACE)


def delete_labelled(label: str) -> None:
    """Have everything deleted that a workflow may have made and that has a label, ``key=value``."""
    for kind in ("cronworkflow", "workflow", "workflowtemplate", "configmap"):
        api_server().delete_labelled(kind, label, NAMESPACE)


def dagwright(
    *words: str, cwd: Path | None = None, stdin: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run our command as a user does, with variables of its own; whatever it says, and its exit code."""
    variables = {**os.environ, "ARGO_NAMESPACE": NAMESPACE, **environment}
    return subprocess.run(
        [*DAGWRIGHT, *words], cwd=cwd, input=stdin, env=variables, capture_output=True, text=True, encoding="utf-8", check=False
    )


def node_address() -> str:
    """Address of the cluster's node, which pods reach."""
    path = '{.items[0].status.addresses[?(@.type=="InternalIP")].address}'
    return command("kubectl", "get", "nodes", "-o", f"jsonpath={path}")


def config_map_files(document: Mapping[str, Any]) -> dict[str, bytes]:
    """Contents of a ConfigMap by key; nothing for other objects."""
    binary = {key: base64.b64decode(text) for key, text in document.get("binaryData", {}).items()}
    return {key: text.encode() for key, text in document.get("data", {}).items()} | binary


class Flow:
    """One compiled workflow on the cluster, under names of its own so that tests run beside each other."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, str],
        target: str,
        argo: Mapping[str, Any],
        general: Mapping[str, Any] | None = None,
    ) -> None:
        """Compile ``target`` of ``files`` with the command line, and apply the manifest.

        ``argo`` is the table ``[tool.dagwright.argo]``, ``general`` the table ``[tool.dagwright]``.
        """
        self.store: str = argo["store"]
        self.folder = folder
        tables = {"tool.dagwright": general or {}, "tool.dagwright.argo": argo}
        lines = [(f"[{name}]", *(f"{key} = {toml(value)}" for key, value in table.items())) for name, table in tables.items()]
        settings = "\n".join([line for table in lines for line in table] + [""])
        for path, text in {**files, "pyproject.toml": settings}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())
        words = [*DAGWRIGHT, "compile", target]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        self.manifest = done.stdout
        documents = list(yaml.load_all(self.manifest, yaml.CSafeLoader))
        mounted = (files["plan.json"] for files in map(config_map_files, documents) if "plan.json" in files)
        self._mounted_plan = next(mounted, b"")
        self._folder, self._target = folder, target
        self._bundle = bundle_of(documents[-1]["spec"]) if documents[-1]["kind"] == "WorkflowTemplate" else None
        suffix = uuid.uuid4().hex[:6]
        self.objects = [(item["kind"].lower(), f"{item['metadata']['name']}-{suffix}") for item in documents]
        self.runs: list[Run] = []
        kubectl("apply", "--server-side", "-f", "-", stdin=_renamed(self.manifest, documents, suffix))

    @property
    def plan(self) -> dict[str, Any]:
        """The plan, from the manifest or from the store."""
        data = self._mounted_plan or published_plan(self.store, self._bundle or "")
        plan: dict[str, Any] = json.loads(data)
        return plan

    def publish(self) -> str:
        """Put the code into the store, as a pipeline does; gives what the command says."""
        done = subprocess.run(
            [*DAGWRIGHT, "publish", self._target], cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def submit(self, **parameters: str) -> Run:
        """Start one run with the texts of its parameters."""
        words = ["argo", "submit", "-n", NAMESPACE, "--from", f"workflowtemplate/{self.objects[-1][1]}", "-o", "name"]
        for name, text in parameters.items():
            words += ["-p", f"{name}={text}"]
        run = Run(self, command(*words).strip(), parameters)
        self.runs.append(run)
        return run

    def take(self, name: str) -> Run:
        """Look after a run that was started in another way."""
        run = Run(self, name, {})
        self.runs.append(run)
        return run

    def delete(self) -> None:
        """Take everything back, workflows first."""
        for kind, name in [*(("workflow", run.name) for run in self.runs), *self.objects]:
            delete(kind, name)


class Run:
    """One workflow of the cluster: its status as last seen, and what it left in the store."""

    def __init__(self, flow: Flow, name: str, parameters: Mapping[str, str]) -> None:
        self.flow = flow
        self.name = name
        self.parameters = parameters
        self.uid = ""
        self.status: dict[str, Any] = {}

    def refresh(self) -> dict[str, Any]:
        found = read("workflow", self.name)
        self.uid = found["metadata"]["uid"]
        self.status = found.get("status", {})
        return self.status

    def wait(self, until: Callable[[Run], bool] | None = None) -> Run:
        """Wait for the end, or until something holds."""
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            ended = self.refresh().get("phase") in ("Succeeded", "Failed", "Error")
            if ended if until is None else until(self):
                return self
            assert until is None or not ended, f"{self.name} ended too early: {self.summary()}"
            time.sleep(_POLL_S)
        raise AssertionError(f"{self.name} did not end in {_WAIT_S} s: {self.summary()}")

    def succeeded(self) -> Run:
        self.wait()
        assert self.status["phase"] == "Succeeded", f"{self.summary()}\n{self.logs()[-6000:]}"
        return self

    def retry(self) -> Run:
        """Have the controller start what failed once more, under the same run."""
        command("argo", "retry", "-n", NAMESPACE, self.name)
        return self

    def failed(self) -> Run:
        self.wait()
        assert self.status["phase"] == "Failed", self.summary()
        return self

    def pods(self, node: str | None = None) -> list[dict[str, Any]]:
        """Pods that ran or run, as the workflow's status has them, in order of their start."""
        found = [item for item in self.status.get("nodes", {}).values() if item["type"] == "Pod"]
        if node is not None:
            found = [item for item in found if _unit(item) == node]
        return sorted(found, key=lambda item: (item["startedAt"], item["displayName"]))

    def exit_codes(self, node: str) -> list[str]:
        return [item.get("outputs", {}).get("exitCode", "") for item in self.pods(node)]

    def pod_name(self, node: str) -> str:
        """Name of the first pod of a node: the workflow, the template and the hash of the node's id."""
        found = self.pods(node)[0]
        return f"{self.name}-{found['templateName']}-{found['id'].rpartition('-')[2]}"

    def is_running(self, *nodes: str) -> bool:
        """Whether each of the nodes has one pod, and that runs."""
        return all([pod["phase"] for pod in self.pods(node)] == ["Running"] for node in nodes)

    def logs(self) -> str:
        return command("argo", "logs", "-n", NAMESPACE, self.name, "--no-color")

    def summary(self) -> str:
        lines = [f"{self.name}: {self.status.get('phase')} {self.status.get('message', '')}"]
        lines += [f"  {item['displayName']}: {item['phase']} {item.get('message', '')}" for item in self.pods()]
        return "\n".join(lines)

    def outputs(self) -> list[Any]:
        """The workflow's outputs, read from its pins, as JSON data."""
        program = PlanView(self.flow.plan).program
        codec = Codec(program.classes)
        bindings = Bindings(program, run=self.uid, store=open_store(self.flow.store), codec=codec, texts=self.parameters)
        values = []
        for output in program.outputs:
            given = bindings.value(output["binding"])
            value = codec.decode(given.data, given.type, given.fetch) if isinstance(given, Wire) else given.value
            declared = parse(output["type"])
            values.append(codec.to_user(codec.normalise(value, declared), declared))
        return values

    def records(self, node: str, index: int | None = None) -> list[dict[str, Any]]:
        """Records of all attempts of a node, oldest first."""
        return read_records(open_store(self.flow.store), self.uid, node, index)


def _unit(node: Mapping[str, Any]) -> str:
    return next(item["value"] for item in node["inputs"]["parameters"] if item["name"] == "unit")


def _renamed(manifest: str, documents: list[Any], suffix: str) -> str:
    """Put the suffix behind the names of all objects and of the mounts that refer to them; nothing else changes."""
    for document in documents:
        name = document["metadata"]["name"]
        if document["kind"] == "ConfigMap":
            manifest = manifest.replace(name, f"{name}-{suffix}")
        else:
            manifest = manifest.replace(f"metadata:\n  name: {name}\n", f"metadata:\n  name: {name}-{suffix}\n")
    return manifest


def toml(value: Any) -> str:
    """Write a value as TOML, whose texts, numbers and arrays are JSON's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
