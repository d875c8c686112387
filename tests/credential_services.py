"""What gives pods of AWS their credentials, on loopback: the token service, a container's agent, the instance's metadata.

One server is all of them and an empty bucket as well, so a test sees with whose key a request was signed.
"""

from __future__ import annotations

import json
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from certificates import make_certificates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EXPIRES = "2099-01-01T00:00:00Z"
ROLE = "arn:aws:iam::123456789012:role/pods"


class CredentialServices:
    """``signed`` has the access key and session token of every request to the bucket; ``asked`` what the services were told.

    ``secure`` is the endpoint by TLS, which ``authority`` vouches for.
    """

    def __init__(self) -> None:
        self.endpoint = ""
        self.secure = ""
        self.authority = ""
        self.signed: list[tuple[str, str]] = []
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    services: CredentialServices

    def do_GET(self) -> None:
        if self.path == "/container":
            self.services.asked.append(f"container {self.headers.get('Authorization')}")
            self._answer(_document("CONTAINER"))
        elif self.path.startswith("/latest/meta-data/iam/security-credentials/"):
            token = self.headers.get("X-aws-ec2-metadata-token")
            self.services.asked.append(f"instance {token}")
            name = self.path.rpartition("/")[2]
            self._answer(_document("INSTANCE", Code="Success") if name else b"pods")
        else:
            key = self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
            self.services.signed.append((key, self.headers.get("x-amz-security-token", "")))
            self._answer(b"value")

    def do_PUT(self) -> None:
        """The instance's metadata service hands out a token before anything else."""
        self._answer(b"metadata-token")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = {name: values[0] for name, values in parse_qs(body or self.path.partition("?")[2]).items()}
        action = asked["Action"]
        self.services.asked.append(f"{action} {asked.get('WebIdentityToken', '')}{asked['RoleArn']}")
        found = (
            f"<Credentials><AccessKeyId>{action.upper()}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
            f"<SessionToken>session-{action.upper()}</SessionToken><Expiration>{_EXPIRES}</Expiration></Credentials>"
        )
        who = "<AssumedRoleUser><AssumedRoleId>x</AssumedRoleId><Arn>x</Arn></AssumedRoleUser>"
        self._answer(f"<{action}Response><{action}Result>{found}{who}</{action}Result></{action}Response>".encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Wed, 31 Jan 2024 10:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def credential_services(folder: Path) -> Iterator[CredentialServices]:
    """Serve on loopback while the block runs; the folder takes certificates."""
    services = CredentialServices()
    certificates = make_certificates(folder)
    services.authority = certificates.authority
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server)
    with _serving(services, None) as plain, _serving(services, context) as secure:
        services.endpoint = f"http://127.0.0.1:{plain}"
        services.secure = f"https://127.0.0.1:{secure}"
        yield services


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A client that does not trust us is no news."""


@contextmanager
def _serving(services: CredentialServices, context: ssl.SSLContext | None) -> Iterator[int]:
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"services": services}))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _document(key: str, **more: str) -> bytes:
    found = {"AccessKeyId": key, "SecretAccessKey": "secret", "Token": f"session-{key}", "Expiration": _EXPIRES, **more}
    return json.dumps(found).encode()
