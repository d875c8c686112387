"""A small S3 that misbehaves on demand: what no real server can be asked to do.

Each request takes the next fault of a script. Objects are real, conditions (``If-None-Match``) and ranges work.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class FaultyStore:
    """``faults`` are taken one a request, in order; ``requests`` records method and path.

    Faults: ``"ok"``, a status as text (``"503"``), ``"500 applied"`` (done, then answered 500), ``"drop applied"`` (done, then the
    connection closed), ``"truncate"`` (half of the body).
    """

    def __init__(self) -> None:
        self.endpoint = ""
        self.objects: dict[str, bytes] = {}
        self.faults: list[str] = []
        self.requests: list[tuple[str, str]] = []

    def script(self, faults: Sequence[str]) -> None:
        """Start anew with these faults."""
        self.objects.clear()
        self.requests.clear()
        self.faults = list(faults)


@contextmanager
def faulty_object_store() -> Iterator[FaultyStore]:
    """Serve on loopback while the block runs."""
    store = FaultyStore()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            exists = self.path in store.objects
            refused = exists and self.headers.get("If-None-Match") == "*"
            self._answer(412 if refused else 200, b"", lambda: refused or store.objects.__setitem__(self.path, body))

        def do_GET(self) -> None:
            body = store.objects.get(self.path)
            self._answer(404 if body is None else 200, body or b"", lambda: None)

        def _answer(self, status: int, body: bytes, apply) -> None:
            store.requests.append((self.command, self.path))
            fault = store.faults.pop(0) if store.faults else "ok"
            if fault in ("ok", "truncate") or fault.endswith("applied"):
                apply()
            if fault == "drop applied":
                self.close_connection = True
                self.connection.close()
                return
            if fault[:3].isdigit():
                status, body = int(fault[:3]), b"<Error><Code>Scripted</Code></Error>"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"x"')
            self.send_header("Last-Modified", "Wed, 31 Jan 2024 10:00:00 GMT")
            self.end_headers()
            if fault == "truncate":
                self.close_connection = True
                self.wfile.write(body[: len(body) // 2])
            else:
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    store.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
