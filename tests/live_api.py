"""The live API server, asked without ``kubectl`` whether it would take an object: a thousand questions take seconds."""

from __future__ import annotations

import base64
import http.client
import json
import os
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

_CORE = "/api/v1/namespaces/{}/"
_ARGO = "/apis/argoproj.io/v1alpha1/namespaces/{}/"
_PLACES = {
    "ConfigMap": f"{_CORE}configmaps",
    "CronWorkflow": f"{_ARGO}cronworkflows",
    "Pod": f"{_CORE}pods",
    "Workflow": f"{_ARGO}workflows",
    "WorkflowTemplate": f"{_ARGO}workflowtemplates",
}


class ApiServer:
    """A connection with what the file has that ``KUBECONFIG`` names: a client's certificate or a token."""

    def __init__(self, folder: Path) -> None:
        """Connect; ``folder`` takes the files that ``ssl`` wants."""
        config = yaml.safe_load(Path(os.environ["KUBECONFIG"]).read_text("utf-8"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        self._headers = {"Content-Type": "application/json"}
        if "token" in user:
            self._headers["Authorization"] = f"Bearer {user['token']}"
        else:
            for name in ("client-certificate-data", "client-key-data"):
                (folder / name).write_bytes(base64.b64decode(user[name]))
            context.load_cert_chain(folder / "client-certificate-data", folder / "client-key-data")
        address = urlsplit(cluster["server"])
        assert address.hostname is not None
        self._connection = http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def refusal(self, document: dict[str, Any], namespace: str) -> str:
        """Why the server would not take an object, field by field; empty if it would. Nothing is created."""
        metadata = {key: value for key, value in document["metadata"].items() if key != "namespace"}
        place = f"{_PLACES[document['kind']].format(namespace)}?dryRun=All&fieldValidation=Strict"
        self._connection.request("POST", place, json.dumps({**document, "metadata": metadata}), self._headers)
        response = self._connection.getresponse()
        said = json.loads(response.read())
        # A name that is taken is found out after everything else was checked.
        return (
            "" if response.status < 300 or said.get("reason") == "AlreadyExists" else f"{response.status} {said.get('message')}"
        )
