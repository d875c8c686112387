"""A server on loopback that answers as Argo Server does: real HTTP, real JSON streams, and every way in which those fail.

It keeps workflows in memory; a test moves them on with ``change``. ``fail`` has requests answered with an error, or not answered at all.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CUT = -1
"""In the place of a status: the connection ends without an answer, after the request was carried out."""
CUT_BEFORE = -2
"""The same, and nothing was carried out."""


class ArgoDouble:
    """What the server knows, and what it was asked."""

    def __init__(self) -> None:
        self.workflows: dict[tuple[str, str], dict[str, Any]] = {}
        self.templates: dict[tuple[str, str], dict[str, Any]] = {}
        self.logs: list[tuple[str, str]] = []
        self.log_cuts: list[int] = []
        """After how many lines a stream of logs is cut, a stream an item."""
        self.on_log: Callable[[int], object] = lambda _count: None
        """Called with the number of streams of logs so far, before each begins."""
        self.log_streams = 0
        self.uid = ""
        """Of workflows that are created; empty for one of their own each."""
        self.on_create: Callable[[str], object] = lambda _name: None
        self.requests: list[tuple[str, str]] = []
        self.retried: list[dict[str, Any]] = []
        """What each retry selects."""
        self.headers: dict[str, str] = {}
        self.changes: list[Callable[[dict[str, Any]], bool]] = []
        """What becomes of a watched workflow, a step an event; a step that gives False cuts the stream."""
        self.expires = False
        self.warnings: dict[str, list[tuple[str, str]]] = {}
        """Reason and message of each event, newest last, by the pod's name."""
        self._failures: list[list[Any]] = []
        self.lock = threading.Lock()
        self.address = ""
        self.silence_s = 5.0
        """Of a stream of events, after the last one."""
        self.delay_s = 0.0
        """Between what a request does and its answer."""
        self.taken = 0
        """How many names somebody else takes just before a workflow is created."""

    def fail(self, pattern: str, status: int, message: str = "", *, times: int = 1, body: str | None = None) -> None:
        """Answer the next ``times`` requests whose method and path fit with an error."""
        text = json.dumps({"code": 2, "message": message}) if body is None else body
        self._failures.append([re.compile(pattern), status, text, times])

    def failure(self, asked: str) -> tuple[int, str] | None:
        with self.lock:
            for item in self._failures:
                if item[3] > 0 and item[0].search(asked):
                    item[3] -= 1
                    return item[1], item[2]
        return None

    def add(self, workflow: dict[str, Any], namespace: str = "argo") -> None:
        self.workflows[namespace, workflow["metadata"]["name"]] = workflow

    def environment(self, **more: str) -> dict[str, str]:
        """Variables as ``argo`` reads them."""
        return {"ARGO_SERVER": self.address, "ARGO_SECURE": "false", "ARGO_TOKEN": "Bearer t", "ARGO_NAMESPACE": "argo", **more}


@contextmanager
def argo_double(certificate: str | None = None) -> Iterator[ArgoDouble]:
    """Serve until the block ends; with a certificate (a PEM file that holds its key, too), over TLS."""
    double = ArgoDouble()

    class Handler(_Handler):
        argo = double

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    double.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    argo: ArgoDouble
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        url = urlsplit(self.path)
        asked = f"{self.command} {unquote(url.path)}"
        self.argo.requests.append((asked, url.query))
        self.argo.headers = dict(self.headers)
        failure = self.argo.failure(asked)
        if failure is not None and failure[0] != CUT:
            if failure[0] == CUT_BEFORE:
                self._hang_up()
            else:
                self._send(*failure)
            return
        status, data = self._answer(asked, parse_qs(url.query), body)
        if failure is not None:
            self._hang_up()
        elif status:
            self._send(status, json.dumps(data))

    def _answer(self, asked: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        argo = self.argo
        found = re.fullmatch(
            r"(\w+) /api/v1/(workflows|workflow-templates|workflow-events|stream/events)/([^/]+)(?:/([^/]+))?(?:/(\w+))?", asked
        )
        if found is None:
            return 404, {"code": 5, "message": "Not Found"}
        method, kind, namespace, name, action = found.groups()
        if kind == "workflow-templates":
            template = argo.templates.get((namespace, name))
            return (200, template) if template else _absent("workflowtemplates", name)
        if kind == "stream/events":
            self._events(query)
            return 0, None
        if kind == "workflow-events":
            self._watch(namespace, query)
            return 0, None
        if method == "POST":
            return self._create(namespace, body["workflow"])
        if name is None:
            return 200, {
                "metadata": {},
                "items": [item for (place, _), item in argo.workflows.items() if place == namespace] or None,
            }
        if name == "@latest":
            name = max(argo.workflows, key=lambda key: argo.workflows[key]["metadata"]["creationTimestamp"])[1]
        workflow = argo.workflows.get((namespace, name))
        if workflow is None:
            return _absent("workflows", name)
        if action == "log":
            self._log()
            return 0, None
        if action == "retry":
            argo.retried.append({name: body[name] for name in ("restartSuccessful", "nodeFieldSelector") if name in body})
            workflow["status"]["phase"] = "Running"
        if action in ("resume", "set"):
            return self._pass(workflow, body, "Failed" if action == "set" else "Succeeded")
        if action in ("stop", "terminate"):
            workflow["spec"]["shutdown"] = action.capitalize()
        return 200, workflow

    def _pass(self, workflow: dict[str, Any], body: dict[str, Any], phase: str) -> tuple[int, Any]:
        """Let the one waiting node end that the request selects."""
        found = workflow["status"]["nodes"].get(body["nodeFieldSelector"].removeprefix("id="))
        if found is None or found["phase"] != "Running":
            text = f"currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: {body['nodeFieldSelector']}"
            return 500, {"code": 13, "message": text}
        assert body.get("phase", "Succeeded") == phase
        found |= {"phase": phase, "message": body.get("message", "")}
        return 200, workflow

    def _create(self, namespace: str, workflow: dict[str, Any]) -> tuple[int, Any]:
        name = workflow["metadata"]["name"]
        with self.argo.lock:
            if self.argo.taken:
                self.argo.taken -= 1
                self.argo.workflows[namespace, name] = {"metadata": {"name": name, "uid": "other"}, "spec": {}}
            if (namespace, name) in self.argo.workflows:
                return 409, {"code": 6, "message": f'workflows.argoproj.io "{name}" already exists'}
            workflow["metadata"] |= {"uid": self.argo.uid or str(uuid.uuid4()), "creationTimestamp": "2026-11-21T11:00:00Z"}
            self.argo.workflows[namespace, name] = workflow
        self.argo.on_create(name)
        time.sleep(self.argo.delay_s)
        return 200, workflow

    def _watch(self, namespace: str, query: dict[str, list[str]]) -> None:
        name = query["listOptions.fieldSelector"][0].removeprefix("metadata.name=")
        workflow = self.argo.workflows[namespace, name]
        self._head()
        while self.argo.changes:
            if not self.argo.changes.pop(0)(workflow):
                self._hang_up()
                return
            self._chunk(json.dumps({"result": {"type": "MODIFIED", "object": workflow}}) + "\n")
        if self.argo.expires:
            error = {"grpc_code": 8, "http_code": 429, "message": "EOF", "http_status": "Too Many Requests"}
            self._chunk(json.dumps({"error": error}) + "\n")
        self._chunk("")

    def _events(self, query: dict[str, list[str]]) -> None:
        """Tell what there was, in no order, and fall silent."""
        pod = query["listOptions.fieldSelector"][0].rpartition("involvedObject.name=")[2]
        self._head()
        for number, (reason, message) in reversed(list(enumerate(self.argo.warnings.get(pod, ())))):
            event = {"reason": reason, "message": message, "lastTimestamp": f"2026-11-21T11:00:{number:02}Z"}
            self._chunk(json.dumps({"result": event}) + "\n")
        time.sleep(self.argo.silence_s)
        self._chunk("")

    def _log(self) -> None:
        argo = self.argo
        argo.log_streams += 1
        argo.on_log(argo.log_streams)
        cut = argo.log_cuts.pop(0) if argo.log_cuts else None
        self._head()
        for pod, text in argo.logs[:cut]:
            self._chunk(json.dumps({"result": {"podName": pod, "content": text}}) + "\n")
        if cut is None:
            self._chunk("")
        else:
            self._hang_up()

    def _head(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def _send(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _absent(kind: str, name: str) -> tuple[int, Any]:
    return 404, {"code": 5, "message": f'{kind}.argoproj.io "{name}" not found'}


def ended(phase: str) -> Callable[[dict[str, Any]], bool]:
    """A change: the workflow ends."""

    def change(workflow: dict[str, Any]) -> bool:
        workflow["status"] = {**workflow.get("status", {}), "phase": phase, "finishedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return True

    return change
