"""A store in a bucket, through obstore (the Rust crate ``object_store``), which the image must hold.

obstore repeats nothing here: this module decides what may pass and repeats it with full jitter for a minute at most. A repeated
``create`` whose first answer was lost finds its own object; it answers ``False``, and callers read back (see ``verbs.Store``).

obstore's threads do not survive a fork: a child that uses them hangs for good. Whoever forks must do so before the parent's
first use; every verb checks.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress

from dagwright.store.errors import NotFound, StoreError
from dagwright.store.keys import check_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, TypeVar

    from dagwright.store.verbs import Listed, Names

    Answer = TypeVar("Answer")

_PATIENCE_S = 60.0
"""How long one operation is repeated before the attempt gives up; retrying the task costs far more."""
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 10.0
_TRANSIENT_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_METADATA_SERVICE = "169.254.169.254"
_REMEDIES = {
    301: "set AWS_REGION to the bucket's region",
    400: "set AWS_REGION to the bucket's region, and check AWS_ENDPOINT_URL and the credentials",
    401: "give the pod credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role",
    403: "grant s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket to the pod's role",
    404: "create the bucket, or correct the store's URL",
}


class _Process:
    """Which process uses obstore's threads: one, for good."""

    __slots__ = ("pid",)

    def __init__(self) -> None:
        self.pid = 0


_process = _Process()


class ObjectStore:
    """The store ``s3://bucket/prefix``; see ``verbs.Store``. Endpoint, region and credentials come from ``AWS_*``."""

    __slots__ = ("_client", "_obstore", "_patience_s", "_uploads", "url")
    conditional = True

    def __init__(self, url: str, *, patience_s: float = _PATIENCE_S) -> None:
        self.url = url
        self._patience_s = patience_s
        self._obstore: Any = _import_obstore(url)
        self._client = _open_client(url)
        self._uploads: Any = None

    def get(self, key: str) -> bytes:
        """Read a value; see ``Store``."""
        check_key(key)
        return self._reading(key, lambda: bytes(self._obstore.get(self._client, key).bytes()))

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of a value; see ``Store``."""
        check_key(key)
        if length == 0:  # obstore refuses an empty range
            self.get_range(key, 0, 1)
            return b""
        try:
            return self._reading(key, lambda: bytes(self._obstore.get_range(self._client, key, start=start, length=length)))
        except _PastTheEnd:
            return b""

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; see ``Store``."""
        check_key(key)

        def create() -> bool:
            try:
                self._obstore.put(self._client, key, data, mode="create", use_multipart=False)
            except self._obstore.exceptions.AlreadyExistsError as error:
                if _status(str(error)) == 409:  # two creations met; there may be no object at all
                    raise
                return False
            return True

        return self._repeat("create", key, create)

    def put(self, key: str, data: bytes) -> None:
        """Write a value over whatever stands there; see ``Store``. A long one is sent in parts, and appears as a whole."""
        check_key(key)
        self._repeat("write", key, lambda: self._obstore.put(self._client, key, data))

    def list(self, folder: str) -> Names:
        """Name all keys below a folder; see ``Store``."""
        check_key(folder)

        def names() -> Names:
            return [entry["path"] for chunk in self._obstore.list(self._client, folder) for entry in chunk]

        return sorted(self._repeat("list", folder, names))

    def put_file(self, key: str, path: str, *, sha256: str) -> None:
        """Write a file's bytes over whatever stands there; see ``Store``."""
        from dagwright.store.transfers import AHEAD, part_bytes, parts_of

        check_key(key)
        size = os.path.getsize(path) if os.path.exists(path) else 0
        if self._uploads is None:
            self._uploads = _open_client(self.url, repeats=True)

        def upload() -> None:
            # Given an iterator, obstore sends it in parts; one that raises leaves nothing behind.
            self._obstore.put(
                self._uploads,
                key,
                parts_of(self.url, key, path, sha256),
                chunk_size=part_bytes(size),
                max_concurrency=AHEAD,
            )

        self._repeat("write", key, upload)

    def get_file(self, key: str, path: str, *, sha256: str, size: int) -> None:
        """Read a value into a file; see ``Store``."""
        from dagwright.store.transfers import fetch

        fetch(self.get_range, self.url, key, path, sha256=sha256, size=size)

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder with size and time; see ``Store``."""
        check_key(folder)

        def entries() -> Listed:
            found = self._obstore.list(self._client, folder)
            return [(entry["path"], entry["size"], entry["last_modified"].timestamp()) for chunk in found for entry in chunk]

        return sorted(self._repeat("list", folder, entries))

    def leftovers(self, older_than_s: float) -> Names:  # noqa: ARG002
        """None: the store itself keeps what uploads left, until its rule for incomplete ones removes it; see ``Store``."""
        return []

    def delete(self, key: str) -> None:
        """Remove a value; see ``Store``."""
        check_key(key)
        with suppress(_Absent):
            self._repeat("delete", key, lambda: self._obstore.delete(self._client, key))

    def _reading(self, key: str, read: Callable[[], bytes]) -> bytes:
        try:
            return self._repeat("read", key, read)
        except _Absent:
            raise NotFound(self.url, key) from None

    def _repeat(self, verb: str, key: str, operation: Callable[[], Answer]) -> Answer:
        """Do an operation, again and again while its failures may pass and the time is not up."""
        self._enter(verb)
        deadline = time.monotonic() + self._patience_s
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                return operation()
            except StoreError:  # of the file that is read
                raise
            except Exception as error:  # obstore raises its own, OSError and ValueError; all end as StoreError
                failure = self._failure(error, verb, key)
                wait_s = pause_s * int.from_bytes(os.urandom(4), "big") / 2**32  # random would cost its import
                if not failure.transient or time.monotonic() + wait_s > deadline:
                    raise failure from error
            except BaseException as panic:
                if type(panic).__name__ != "PanicException":  # what a client in Rust makes of a URL that it never expected
                    raise
                raise StoreError(
                    f"store {self.url} cannot {verb} {key!r}: {panic}; correct the store's URL or AWS_ENDPOINT_URL",
                    transient=False,
                ) from None
            time.sleep(wait_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _enter(self, verb: str) -> None:
        pid = os.getpid()
        if _process.pid == 0:
            _process.pid = pid
        elif _process.pid != pid:
            raise StoreError(
                f"store {self.url} cannot {verb} anything here: process {_process.pid} used an object store and then forked "
                f"process {pid}, where its client hangs; fork first, or start a new interpreter",
                transient=False,
            )

    def _failure(self, error: Exception, verb: str, key: str) -> StoreError:
        text = str(error)
        status = _status(text)
        if isinstance(error, FileNotFoundError) and verb in ("read", "delete") and "NoSuchBucket" not in text:
            return _Absent(text, transient=False)
        if status == 416 and verb == "read":
            return _PastTheEnd(text, transient=False)
        remedy = _REMEDIES.get(status, "")
        transient = status in _TRANSIENT_STATUS or (status == 0 and isinstance(error, self._obstore.exceptions.GenericError))
        if "builder error" in text:
            transient, remedy = False, "the endpoint must be an http:// or https:// URL"
        elif _METADATA_SERVICE in text:
            transient, remedy = False, _REMEDIES[401]
        advice = f"; {remedy}" if remedy else ""
        return StoreError(f"store {self.url} cannot {verb} {key!r}: {_headline(text)}{advice}", transient=transient)


class _Absent(StoreError):  # noqa: N818
    """Nothing stands under the key."""


class _PastTheEnd(StoreError):  # noqa: N818
    """The range starts at or after the value's end."""


def _import_obstore(url: str) -> Any:
    try:
        import obstore
    except ImportError as error:
        raise StoreError(
            f"no client for the store {url} is installed ({error}); add to the image: RUN pip install obstore", transient=False
        ) from None
    return obstore


def _open_client(url: str, *, repeats: bool = False) -> Any:
    from obstore.store import S3Store

    bucket, _, prefix = url[len("s3://") :].partition("/")
    if not bucket:
        raise StoreError(f"not the URL of a bucket: {url!r}; write s3://bucket/prefix", transient=False)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    # The read timeout counts while a request is sent, too, and anew for every piece of an answer.
    options: Any = {"connect_timeout": "5s", "timeout": "1h", "read_timeout": "30s"}
    if endpoint.startswith("http://"):
        options["allow_http"] = True
    build: dict[str, Any] = {"prefix": prefix.strip("/") or None, "retry_config": {"max_retries": 0}}
    if repeats:
        from datetime import timedelta

        build["retry_config"] = {"max_retries": 10, "retry_timeout": timedelta(seconds=_PATIENCE_S)}
    try:
        return S3Store(bucket, client_options=options, **build)
    except ValueError:  # before 0.9 (the last for Python 3.9) obstore knows no read timeout
        del options["read_timeout"]
        options["timeout"] = "5m"
    try:
        return S3Store(bucket, client_options=options, **build)
    except Exception as error:  # obstore's own, or ValueError for a malformed setting
        raise StoreError(
            f"store {url} cannot be opened: {_headline(str(error))}; check the AWS_* variables", transient=False
        ) from error


def _status(text: str) -> int:
    """The HTTP status that obstore's message names; 0 where the request got no answer."""
    digits = text.partition("status code: ")[2][:3]
    return int(digits) if digits.isdigit() else 0


def _headline(text: str) -> str:
    """What went wrong in one line: what the server answered, or why there was no answer."""
    line = text.partition("\n")[0]
    url = line.partition("Error performing ")[2].partition(" ")[2].partition(" ")[0]
    server = "/".join(url.split("/")[:3]) or "the client"
    answer = line.partition("status code: ")[2].partition(": <")[0]
    if not answer:
        return f"{server}: {line.rpartition(' - ')[2]}"
    code = text.partition("<Code>")[2].partition("</Code>")[0]
    return f"{server} answered {answer} ({code})" if code else f"{server} answered {answer}"
