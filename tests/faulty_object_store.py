"""A small S3 that misbehaves on demand: what no real server can be asked to do.

Each request takes the next fault of a script. Objects are real; conditions (``If-None-Match``), ranges, listings and uploads in parts
work, and a body that is not what its signed digest says is refused as S3 refuses it.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DATE = "2024-01-31T10:00:00.000Z"


class FaultyStore:
    """``faults`` are taken one a request, in order; ``requests`` records method and path with query, ``refusals`` counts a storm's.

    Faults: ``"ok"``, a status as text (``"503"``, or with a code ``"403 SignatureDoesNotMatch"``), ``"500 applied"`` (done, then
    answered 500), ``"drop applied"`` (done, then the connection closed), ``"drop"`` (closed at once), ``"truncate"`` (half of the
    body), ``"slow"`` (the body in ten pieces, 20 ms apart), ``"flip"`` (one bit of the body changed).
    """

    def __init__(self) -> None:
        self.endpoint = ""
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.metadata: dict[str, str] = {}
        self.faults: list[str] = []
        self.requests: list[tuple[str, str]] = []
        self.storm: random.Random | None = None
        self.refusals = 0
        self.lock = threading.Lock()

    def script(self, faults: Sequence[str]) -> None:
        """Start anew with these faults."""
        self.objects.clear()
        self.uploads.clear()
        self.metadata.clear()
        self.requests.clear()
        self.faults = list(faults)
        self.storm = None
        self.refusals = 0

    def fault(self) -> str:
        """Take the next fault; in a storm, two of five requests are refused."""
        with self.lock:
            if self.storm is not None:
                is_refused = self.storm.random() < 0.4
                self.refusals += is_refused
                return "503" if is_refused else "ok"
            return self.faults.pop(0) if self.faults else "ok"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: FaultyStore

    def do_PUT(self) -> None:
        path, query = self._asked()
        body = self._body()
        digest = self.headers.get("x-amz-content-sha256", "")
        if len(digest) == 64 and digest != hashlib.sha256(body).hexdigest():
            self._answer(400, _error("XAmzContentSHA256Mismatch"), lambda: None)
        elif "partNumber" in query:
            parts = self.store.uploads.get(query["uploadId"][0])
            if parts is None:
                self._answer(404, _error("NoSuchUpload"), lambda: None)
            else:
                self._answer(200, b"", lambda: parts.__setitem__(int(query["partNumber"][0]), body))
        elif path in self.store.objects and self._only_new():
            self._answer(412, _error("PreconditionFailed"), lambda: None)
        else:
            self._answer(200, b"", lambda: self.store.objects.__setitem__(path, body))

    def do_POST(self) -> None:
        path, query = self._asked()
        body = self._body()
        if "delete" in query:
            keys = [unescape(part.partition("</Key>")[0]) for part in body.decode().split("<Key>")[1:]]

            def remove() -> None:
                for key in keys:
                    self.store.objects.pop(f"{path.rstrip('/')}/{key}", None)

            deleted = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode(), remove)
            return
        if "uploads" in query:
            upload = f"upload-{len(self.store.requests)}"

            def begin() -> None:
                self.store.uploads[upload] = {}
                self.store.metadata[upload] = self.headers.get("x-amz-meta-dagwright-upload", "")

            text = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            self._answer(200, text.encode(), begin)
            return
        upload = query["uploadId"][0]
        if upload not in self.store.uploads:
            self._answer(404, _error("NoSuchUpload"), lambda: None)
            return

        def complete() -> None:
            parts = self.store.uploads.pop(upload)
            self.store.objects[path] = b"".join(part for _, part in sorted(parts.items()))
            self.store.metadata[path] = self.store.metadata.pop(upload)

        self._answer(200, b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>", complete)

    def do_GET(self) -> None:
        path, query = self._asked()
        if "list-type" in query:
            prefix = path.rstrip("/") + "/" + query.get("prefix", [""])[0]
            found = sorted(key for key in self.store.objects if key.startswith(prefix))
            entries = "".join(
                f"<Contents><Key>{escape(key.split('/', 2)[2])}</Key><LastModified>{_DATE}</LastModified><ETag>x</ETag>"
                f"<Size>{len(self.store.objects[key])}</Size></Contents>"
                for key in found
            )
            self._answer(
                200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode(), lambda: None
            )
            return
        body = self.store.objects.get(path)
        if body is None:
            self._answer(404, _error("NoSuchKey"), lambda: None)
            return
        asked = self.headers.get("Range")
        if asked is None:
            self._answer(200, body, lambda: None)
            return
        first, last = (int(number) for number in asked.removeprefix("bytes=").split("-"))
        if first >= len(body):
            self._answer(416, _error("InvalidRange"), lambda: None)
            return
        span = f"bytes {first}-{min(last, len(body) - 1)}/{len(body)}"
        self._answer(206, body[first : last + 1], lambda: None, {"Content-Range": span})

    def do_HEAD(self) -> None:
        path, _ = self._asked()
        there = path in self.store.objects
        self._answer(200 if there else 404, b"", lambda: None, {"x-amz-meta-dagwright-upload": self.store.metadata.get(path, "")})

    def do_DELETE(self) -> None:
        path, query = self._asked()
        if "uploadId" in query:
            self._answer(204, b"", lambda: self.store.uploads.pop(query["uploadId"][0], None))
        else:
            self._answer(204, b"", lambda: self.store.objects.pop(path, None))

    def _only_new(self) -> bool:
        """Whether nothing may be overwritten: in the words of S3, or of Google Cloud Storage."""
        return self.headers.get("If-None-Match") == "*" or self.headers.get("x-goog-if-generation-match") == "0"

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path), parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, status: int, body: bytes, apply, headers: dict[str, str] | None = None) -> None:
        fault = self.store.fault()
        with self.store.lock:
            self.store.requests.append((self.command, self.path))
            if fault in ("ok", "truncate", "slow", "flip") or fault.endswith("applied"):
                apply()
        if fault.startswith("drop"):
            self.close_connection = True
            self.connection.close()
            return
        if fault[:3].isdigit():
            status, headers = int(fault[:3]), {}
            body = _error(fault.partition(" ")[2].removeprefix("applied") or "Scripted")
        if fault == "flip" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        self.send_response(status)
        for name, value in {"ETag": '"x"', "Last-Modified": "Wed, 31 Jan 2024 10:00:00 GMT", **(headers or {})}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status == 204 or self.command == "HEAD":
            return
        if fault == "truncate":
            self.close_connection = True
            body = body[: len(body) // 2]
        pieces = 10 if fault == "slow" else 1
        length = -(-len(body) // pieces)
        for start in range(0, len(body), length or 1):
            if fault == "slow":
                time.sleep(0.02)
            self.wfile.write(body[start : start + length])
            self.wfile.flush()

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A client that went away, or a connection closed by a fault, is no news."""


@contextmanager
def faulty_object_store() -> Iterator[FaultyStore]:
    """Serve on loopback while the block runs."""
    store = FaultyStore()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"store": store}))
    store.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code></Error>".encode()
