"""Argo Server through the ``argo-workflows`` client, which is used as transport alone.

Its models refuse what servers really send (an ``int`` limit, a null ``finishedAt``) after the request was sent, and fields of Argo 4; so
objects go in and come out as plain JSON, and every answer is read raw. It does not repeat a request by itself.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from dagwright_argo_client.refusals import Refused, answered
from dagwright_argo_client.transport import ANSWER_S, LogLine, PodWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from dagwright_argo_client.connection import Connection
    from dagwright_argo_client.transport import Json, Object

_CONNECT_S = 10.0
_EVENTS_S = 2.5
"""After how long a silence a stream of events has told what there was before it began."""
_MOST_EVENTS = 200
_PATIENCE = "patience_s"
_WHERE = "look at ARGO_SERVER and ARGO_BASE_HREF"
MAIN = "main"
"""The container that runs the user's task."""


def open_server(connection: Connection) -> ArgoServer:
    """Make a client; nothing is sent yet.

    Raises:
        Refused: The client is not installed.
    """
    try:
        import argo_workflows
    except ImportError:
        raise Refused(
            "talking to Argo Server takes the package argo-workflows", "install it with: pip install 'dagwright[argo]'"
        ) from None
    settings: Any = argo_workflows.Configuration(host=connection.url)
    settings.retries = False
    settings.verify_ssl = connection.verifies
    parts = urlsplit(connection.url)
    if not proxy_bypass(parts.netloc):
        settings.proxy = getproxies().get(parts.scheme)
    if connection.token:
        settings.api_key = {"BearerToken": connection.token}
    if not connection.verifies:
        import urllib3

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return ArgoServer(connection.url, argo_workflows.ApiClient(settings))


class ArgoServer:
    """``transport.Server`` over HTTP."""

    def __init__(self, url: str, client: Any) -> None:
        """Take an ``argo_workflows.ApiClient``."""
        from argo_workflows.api import workflow_service_api, workflow_template_service_api

        self.url = url
        self._workflows = workflow_service_api.WorkflowServiceApi(client)
        self._templates = workflow_template_service_api.WorkflowTemplateServiceApi(client)

    def create(self, namespace: str, workflow: Object) -> Object:
        """Create a workflow."""
        body = {"namespace": namespace, "workflow": workflow}
        asked = f"create the workflow {workflow['metadata']['name']} in {namespace}"
        return self._object(asked, self._workflows.create_workflow, namespace, _model("WorkflowCreateRequest", body))

    def get(self, namespace: str, name: str) -> Object:
        """Read a workflow."""
        return self._object(f"read the workflow {name} in {namespace}", self._workflows.get_workflow, namespace, name)

    def list(self, namespace: str, *, selector: str, fields: str, limit: int) -> list[Object]:
        """Read the newest workflows."""
        found = self._object(
            f"list the workflows in {namespace}",
            self._workflows.list_workflows,
            namespace,
            list_options_label_selector=selector,
            list_options_limit=str(limit),
            fields=",".join(f"items.{field}" for field in fields.split(",")),
        )
        return list(found.get("items") or ())

    @contextmanager
    def watch(self, namespace: str, name: str, *, patience_s: float = ANSWER_S) -> Generator[Iterator[Object]]:
        """Follow a workflow."""
        asked = f"follow the workflow {name} in {namespace}"
        options = {"list_options_field_selector": f"metadata.name={name}", _PATIENCE: patience_s}
        with self._stream(asked, self._workflows.watch_workflows, namespace, **options) as results:
            yield (result["object"] for result in results if result.get("type") != "BOOKMARK")

    @contextmanager
    def logs(
        self, namespace: str, name: str, *, pod: str, follow: bool, patience_s: float = ANSWER_S
    ) -> Generator[Iterator[LogLine]]:
        """Read logs."""
        options: dict[str, Json] = {"log_options_container": MAIN, "log_options_follow": follow, _PATIENCE: patience_s}
        if pod:
            options["pod_name"] = pod
        asked = f"read the log of {pod or name} in {namespace}"
        with self._stream(asked, self._workflows.workflow_logs, namespace, name, **options) as results:
            yield (LogLine(result.get("podName", ""), result.get("content", "")) for result in results)

    def warnings(self, namespace: str, pod: str) -> tuple[PodWarning, ...]:
        """Read a pod's events. The server has a stream of them alone, which begins with those that are there and then falls silent."""
        asked = f"read the events of the pod {pod} in {namespace}"
        selector = f"type=Warning,involvedObject.kind=Pod,involvedObject.name={pod}"
        options = {"list_options_field_selector": selector, _PATIENCE: _EVENTS_S}

        def told() -> Iterator[Object]:
            try:
                with self._stream(asked, self._workflows.watch_events, namespace, **options) as results:
                    yield from islice(results, _MOST_EVENTS)
            except Refused as refused:
                if refused.status or refused.is_unsent or not refused.is_passing:
                    raise

        ordered = sorted(told(), key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
        return tuple(PodWarning(str(event.get("reason", "")), str(event.get("message", ""))) for event in ordered)

    def retry(self, namespace: str, name: str, *, anew: str = "") -> Object:
        """Retry a workflow."""
        selected = {"restart_successful": True, "node_field_selector": anew} if anew else {}
        body = _model("WorkflowRetryRequest", {"namespace": namespace, "name": name, **selected})
        return self._object(f"retry the workflow {name} in {namespace}", self._workflows.retry_workflow, namespace, name, body)

    def resume(self, namespace: str, name: str, *, node: str) -> Object:
        """Resume one node."""
        body = {"namespace": namespace, "name": name, "node_field_selector": f"id={node}"}
        asked = f"resume the workflow {name} in {namespace}"
        return self._object(asked, self._workflows.resume_workflow, namespace, name, _model("WorkflowResumeRequest", body))

    def fail(self, namespace: str, name: str, *, node: str, message: str) -> Object:
        """Fail one node."""
        selected = {"namespace": namespace, "name": name, "node_field_selector": f"id={node}"}
        body = _model("WorkflowSetRequest", {**selected, "phase": "Failed", "message": message})
        return self._object(f"change the workflow {name} in {namespace}", self._workflows.set_workflow, namespace, name, body)

    def stop(self, namespace: str, name: str, *, message: str) -> Object:
        """Stop a workflow."""
        body = _model("WorkflowStopRequest", {"namespace": namespace, "name": name, "message": message})
        return self._object(f"stop the workflow {name} in {namespace}", self._workflows.stop_workflow, namespace, name, body)

    def terminate(self, namespace: str, name: str) -> Object:
        """Terminate a workflow."""
        body = _model("WorkflowTerminateRequest", {"namespace": namespace, "name": name})
        asked = f"terminate the workflow {name} in {namespace}"
        return self._object(asked, self._workflows.terminate_workflow, namespace, name, body)

    def template(self, namespace: str, name: str) -> Object | None:
        """Read a WorkflowTemplate."""
        asked = f"read the workflow template {name} in {namespace}"
        try:
            return self._object(asked, self._templates.get_workflow_template, namespace, name)
        except Refused as refused:
            if refused.status == 404 and "not found" in refused.text:
                return None
            raise

    def _object(self, asked: str, call: Callable[..., Any], *arguments: Json, **options: Json) -> dict[str, Json]:
        answer = self._send(asked, call, *arguments, **options)
        try:
            data = json.loads(answer.data)
        except ValueError:
            data = None
        except Exception as error:  # the answer's body is read here, and the connection may break meanwhile
            raise self._broken(asked, error) from error
        if not isinstance(data, dict):
            raise Refused(f"cannot {asked}: {self.url} sends something else than JSON", _WHERE)
        return data

    @contextmanager
    def _stream(self, asked: str, call: Callable[..., Any], *arguments: Json, **options: Json) -> Generator[Iterator[Object]]:
        answer = self._send(asked, call, *arguments, **options)
        try:
            yield self._results(asked, answer)
        finally:
            answer.close()

    def _results(self, asked: str, answer: Any) -> Iterator[Object]:
        """Read one JSON object a line; the server's error may come in the midst of them."""
        rest = b""
        try:
            for chunk in answer.stream(1 << 16):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (self._result(asked, line) for line in lines if line.strip())
        except Refused:
            raise
        except Exception as error:  # urllib3, http.client and ssl each have their own
            raise self._broken(asked, error) from error
        if rest.strip():
            yield self._result(asked, rest)

    def _result(self, asked: str, line: bytes) -> Object:
        try:
            data = json.loads(line)
        except ValueError:
            raise Refused(f"cannot {asked}: the connection to {self.url} was cut", is_passing=True) from None
        if not isinstance(data, dict) or not isinstance(data.get("error", data.get("result")), dict):
            raise Refused(f"cannot {asked}: {self.url} sends other JSON than Argo Server", _WHERE)
        if "error" in data:
            error = data["error"]
            status = int(error.get("http_code") or error.get("httpStatus") or 500)
            refused = answered(status, json.dumps(error).encode(), asked=asked, url=self.url)
            refused.is_passing = refused.is_passing or error.get("grpc_code") in _PASSING_CODES or status >= 500
            raise refused
        result: Object = data["result"]
        return result

    def _send(self, asked: str, call: Callable[..., Any], *arguments: Json, **options: Json) -> Any:
        from argo_workflows.exceptions import ApiException

        patience_s = options.pop(_PATIENCE, ANSWER_S)
        try:
            return call(
                *arguments,
                **options,
                _check_return_type=False,
                _preload_content=False,
                _request_timeout=(_CONNECT_S, patience_s),
            )
        except ApiException as error:
            if error.status:
                raise answered(int(error.status), _bytes(error.body), asked=asked, url=self.url) from None
            raise self._broken(asked, error) from error
        except Exception as error:  # urllib3's, http.client's, ssl's and the socket's
            raise self._broken(asked, error) from error

    def _broken(self, asked: str, error: Exception) -> Refused:
        """Say why there was no answer, or only a part of one."""
        reason = _reason(error)
        if "CERTIFICATE_VERIFY_FAILED" in reason and "mismatch" in reason:
            return Refused(
                f"cannot {asked}: the certificate of {self.url} is for another name",
                "set ARGO_SERVER to the name that it is for, or ARGO_INSECURE_SKIP_VERIFY=true to trust it anyway",
                is_unsent=True,
            )
        if "CERTIFICATE_VERIFY_FAILED" in reason and "has expired" in reason:
            help_text = "have it renewed, or set ARGO_INSECURE_SKIP_VERIFY=true to trust it anyway"
            return Refused(f"cannot {asked}: the certificate of {self.url} has expired", help_text, is_unsent=True)
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return Refused(
                f"cannot {asked}: the certificate of {self.url} is signed by nobody that this machine trusts",
                "set SSL_CERT_FILE to its authority's certificate, or ARGO_INSECURE_SKIP_VERIFY=true to trust it anyway",
                is_unsent=True,
            )
        if "WRONG_VERSION_NUMBER" in reason or "record layer failure" in reason:
            text = f"cannot {asked}: {self.url} does not speak TLS"
            return Refused(text, "set ARGO_SECURE=false if that is meant", is_unsent=True)
        for sign, text in _UNREACHED.items():
            if sign in reason:
                return Refused(f"cannot {asked}: {self.url} {text}", is_passing=True, is_unsent=True)
        found = next((text for sign, text in _BROKEN.items() if sign in reason), f"does not answer: {reason[:300]}")
        return Refused(f"cannot {asked}: {self.url} {found}", is_passing=True)


_PASSING_CODES = (8, 14)
"""Of gRPC: resource exhausted, which is how a watch expires, and unavailable."""


def _model(name: str, body: Object) -> Any:
    """Wrap a body, unchecked, in the class that the client insists on."""
    from importlib import import_module

    parts = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    module = import_module(f"argo_workflows.model.io_argoproj_workflow_v1alpha1{parts}")
    kind = getattr(module, f"IoArgoprojWorkflowV1alpha1{name}")
    return kind(**body, _check_type=False)


def _bytes(body: bytes | str | None) -> bytes:
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body or b""


def _reason(error: BaseException) -> str:
    """Get the innermost words of an exception."""
    texts = [str(error)]
    inner = getattr(error, "reason", None) or error.__cause__ or error.__context__
    if isinstance(inner, BaseException):
        texts.append(_reason(inner))
    return " ".join(" ".join(texts).split())


_UNREACHED = {
    "Connection refused": "refuses connections; is the server up, or its port forwarded?",
    "Name or service not known": "has a name that nobody knows; look at ARGO_SERVER",
    "No address associated with hostname": "has a name that nobody knows; look at ARGO_SERVER",
    "Temporary failure in name resolution": "has a name that cannot be looked up now",
    "nodename nor servname": "has a name that nobody knows; look at ARGO_SERVER",
    "No route to host": "cannot be reached from here",
    "Network is unreachable": "cannot be reached from here",
    "(connect timeout=": "cannot be reached from here: no connection in time",
}
"""Signs of failures before anything was sent."""
_BROKEN = {
    "timed out": "does not answer in time",
    "Remote end closed connection": "closed the connection without an answer; if it speaks TLS, leave ARGO_SECURE unset",
    "IncompleteRead": "cut the connection",
    "Connection broken": "cut the connection",
    "Connection reset": "cut the connection",
}
