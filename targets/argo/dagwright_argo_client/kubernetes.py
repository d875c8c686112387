"""Kubernetes itself, through the user's own ``kubectl``: for ConfigMaps, which Argo Server does not know.

``kubectl`` brings the user's contexts, certificates and login plugins with it. Every call names the namespace.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from dagwright_argo_client.refusals import Refused, answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dagwright_argo_client.transport import Object

_PATIENCE_S = 60.0
_LONGEST = 500
_STATUS = {
    "(Forbidden)": 403,
    "(NotFound)": 404,
    "(AlreadyExists)": 409,
    "(Conflict)": 409,
    "(Invalid)": 422,
}
"""What ``kubectl`` calls an answer's reason."""
_CREDENTIALS = ("(Unauthorized)", "asked for the client to provide credentials")
_UNREACHED = ("The connection to the server", "Unable to connect", "dial tcp", "no context exists", "context was not found")
_LOG_LINE = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.")
"""How a line of its log begins, which says the same five times and nothing to its user."""


class Kubectl:
    """Objects of one namespace. Every method raises ``Refused``."""

    def __init__(self, program: str, namespace: str) -> None:
        """Take the program's path; nothing runs yet."""
        self._program = program
        self.namespace = namespace

    def absent(self, names: Sequence[str]) -> list[str]:
        """Give those ConfigMaps that are not there."""
        words = ("get", "configmap", *names, "--ignore-not-found", "-o", "name")
        found = self._run(words, f"look for ConfigMaps in {self.namespace}")
        there = {line.rpartition("/")[2] for line in found.split()}
        return [name for name in names if name not in there]

    def create(self, item: Object) -> bool:
        """Create an object; False where one of its name is there, which for a name with a digest is the same object."""
        named = f"{item['kind']} {item['metadata']['name']}"
        try:
            self._run(("create", "-f", "-"), f"create the {named} in {self.namespace}", stdin=json.dumps(item))
        except Refused as refused:
            if refused.status == 409:
                return False
            raise
        return True

    def annotate(self, kind: str, names: Sequence[str], annotation: str) -> None:
        """Set an annotation, ``name=value``, of several objects."""
        self._run(
            ("annotate", kind, *names, "--overwrite", annotation), f"annotate {kind} {', '.join(names)} in {self.namespace}"
        )

    def delete_unchanged(self, kind: str, name: str, version: str) -> None:
        """Delete an object of the core API if it is still the version that was read; status 409 where it is not."""
        path = f"/api/v1/namespaces/{self.namespace}/{kind}/{name}"
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"resourceVersion": version}}
        asked = f"delete {kind} {name} in {self.namespace}"
        self._run(("delete", "--raw", path, "-f", "-"), asked, stdin=json.dumps(options))

    def read(self, kind: str, name: str = "", *, selector: str = "") -> Any:
        """Read one object, or the list of those that a selector of labels finds."""
        words = ["get", kind, *([name] if name else []), *(["-l", selector] if selector else []), "-o", "json"]
        return json.loads(self._run(words, f"{f'read {kind} {name}' if name else f'list {kind}'} in {self.namespace}"))

    def _run(self, words: Sequence[str], asked: str, stdin: str | None = None) -> str:
        command = [self._program, "-n", self.namespace, *words]
        try:
            done = subprocess.run(  # noqa: S603  # the user's own kubectl
                command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False, timeout=_PATIENCE_S
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"cannot {asked}: kubectl does not answer", str(error)) from None
        if done.returncode == 0:
            return done.stdout
        raise _refused(done.stderr, asked)


def _refused(errors: str, asked: str) -> Refused:
    """Say what ``kubectl`` complained of, and what to do about it."""
    text = " ".join(" ".join(line for line in errors.splitlines() if not _LOG_LINE.match(line)).split())
    if any(sign in text for sign in _CREDENTIALS):
        help_text = "log in to it, or choose another context (`kubectl config get-contexts`)"
        return Refused(f"cannot {asked}: the cluster of kubectl does not know who asks (401)", help_text, status=401)
    status = next((status for sign, status in _STATUS.items() if sign in text), 0)
    if status:
        text = (text.partition("): ")[2] or text).removeprefix('error when creating "STDIN": ')
        return answered(status, json.dumps({"message": text}).encode(), asked=asked, url="the cluster of kubectl")
    help_text = "look at KUBECONFIG and `kubectl config get-contexts`" if any(sign in text for sign in _UNREACHED) else ""
    return Refused(f"cannot {asked}: kubectl: {text[:_LONGEST]}", help_text)


def open_kubectl(namespace: str) -> Kubectl | None:
    """Give access to the cluster of the user's ``kubectl``; ``None`` where there is no such program."""
    program = shutil.which("kubectl")
    return None if program is None else Kubectl(program, namespace)
