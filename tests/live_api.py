"""The live API server, asked without ``kubectl``: each process of that takes a fifth of a second of a processor, a question here a millisecond."""

from __future__ import annotations

import base64
import http.client
import json
import os
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

_CORE = "/api/v1/namespaces/{}/"
_ARGO = "/apis/argoproj.io/v1alpha1/namespaces/{}/"
_PLACES = {
    "configmap": f"{_CORE}configmaps",
    "cronworkflow": f"{_ARGO}cronworkflows",
    "pod": f"{_CORE}pods",
    "workflow": f"{_ARGO}workflows",
    "workflowtemplate": f"{_ARGO}workflowtemplates",
}
_TIMEOUT_S = 60


class ApiServer:
    """A connection with what the file has that ``KUBECONFIG`` names: a client's certificate or a token.

    Kinds are written as ``kubectl`` takes them: ``configmap``, ``workflow``.
    """

    def __init__(self) -> None:
        """Read the file; the first question connects."""
        config = yaml.safe_load(Path(os.environ["KUBECONFIG"]).read_text("utf-8"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        self._headers = {"Content-Type": "application/json"}
        if "token" in user:
            self._headers["Authorization"] = f"Bearer {user['token']}"
        else:
            with TemporaryDirectory() as folder:  # ``ssl`` wants files
                certificate, key = Path(folder, "certificate"), Path(folder, "key")
                certificate.write_bytes(base64.b64decode(user["client-certificate-data"]))
                key.write_bytes(base64.b64decode(user["client-key-data"]))
                context.load_cert_chain(certificate, key)
        address = urlsplit(cluster["server"])
        assert address.hostname is not None
        self._connection = http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=_TIMEOUT_S)

    def close(self) -> None:
        self._connection.close()

    def refusal(self, document: dict[str, Any], namespace: str) -> str:
        """Why the server would not take an object, field by field; empty if it would. Nothing is created."""
        metadata = {key: value for key, value in document["metadata"].items() if key != "namespace"}
        place = f"{_PLACES[document['kind'].lower()].format(namespace)}?dryRun=All&fieldValidation=Strict"
        status, said = self._ask("POST", place, {**document, "metadata": metadata})
        # A name that is taken is found out after everything else was checked.
        return "" if status < 300 or said.get("reason") == "AlreadyExists" else f"{status} {said.get('message')}"

    def read(self, kind: str, name: str, namespace: str) -> dict[str, Any]:
        """An object that must be there."""
        status, said = self._ask("GET", f"{_PLACES[kind].format(namespace)}/{name}")
        assert status == 200, said
        return said

    def labelled(self, kind: str, label: str, namespace: str) -> list[dict[str, Any]]:
        """Objects that have a label, ``key=value``."""
        status, said = self._ask("GET", f"{_PLACES[kind].format(namespace)}?{urlencode({'labelSelector': label})}")
        assert status == 200, said
        found: list[dict[str, Any]] = said["items"]
        return found

    def delete(self, kind: str, name: str, namespace: str) -> None:
        """Have an object deleted, if it is there, and what belongs to it afterwards."""
        status, said = self._ask("DELETE", f"{_PLACES[kind].format(namespace)}/{name}", {"propagationPolicy": "Background"})
        assert status in (200, 202, 404), said

    def delete_labelled(self, kind: str, label: str, namespace: str) -> None:
        """Have all objects deleted that have a label, ``key=value``."""
        place = f"{_PLACES[kind].format(namespace)}?{urlencode({'labelSelector': label})}"
        status, said = self._ask("DELETE", place, {"propagationPolicy": "Background"})
        assert status in (200, 202), said

    def may(self, user: str, right: tuple[str, str, str], namespace: str) -> bool:
        """Whether the server would let a user do something in a namespace: the group, the resource, maybe with its part, and the verb."""
        group, resource, verb = right
        name, _, part = resource.partition("/")
        attributes = {"namespace": namespace, "group": group, "resource": name, "subresource": part, "verb": verb}
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
        spec = {"user": user, "resourceAttributes": attributes}
        status, said = self._ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {**body, "spec": spec})
        assert status == 201, said
        return bool(said["status"]["allowed"])

    def _ask(self, method: str, place: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Ask, and once more where the server has closed a connection that was idle: every question may be repeated."""
        text = None if body is None else json.dumps(body)
        try:
            return self._ask_once(method, place, text)
        except (http.client.HTTPException, OSError):
            self._connection.close()
            return self._ask_once(method, place, text)

    def _ask_once(self, method: str, place: str, text: str | None) -> tuple[int, dict[str, Any]]:
        self._connection.request(method, place, text, self._headers)
        response = self._connection.getresponse()
        return response.status, json.loads(response.read())
