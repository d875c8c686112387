"""The client obstore (the Rust crate ``object_store``): buckets of S3 and of Google Cloud Storage, containers of Azure.

Endpoint, region and credentials come from the providers' own variables, files and metadata services: obstore reads most of them
itself, ``obstore_settings`` the rest.
"""

from __future__ import annotations

from dagwright.store import trouble
from dagwright.store.errors import StoreError
from dagwright.store.obstore_settings import PROVIDERS
from dagwright.store.transfers import AHEAD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from dagwright.store.clients import Bytes, Repeat
    from dagwright.store.trouble import Trouble
    from dagwright.store.verbs import Listed

_METADATA_PATHS = ("/latest/api/token", "/latest/meta-data/", "/computeMetadata/v1/", "/metadata/identity/oauth2/token")
"""Of AWS, of Google, of Azure."""
_REDACTED = "REDACTED"
"""What obstore shows instead of the URL of a request for credentials that carries a secret."""
_UPLOAD_TRIES = 10


class ObstoreClient:
    """Bucket or container, and prefix, of a URL; see ``clients.Client``.

    Raises:
        ImportError: obstore is not installed.
        StoreError: A variable is malformed.
    """

    __slots__ = ("_obstore", "_store", "_uploads", "_url")
    conditional = True

    def __init__(self, url: str) -> None:
        import obstore

        self._obstore: Any = obstore
        self._url = url
        self._store = _open(url)
        self._uploads: Any = None

    def get(self, key: str) -> bytes:
        """Read a value; see ``Client``."""
        return bytes(self._obstore.get(self._store, key).bytes())

    def get_range(self, key: str, start: int, length: int) -> Bytes:
        """Read a part of a value; see ``Client``."""
        return memoryview(self._obstore.get_range(self._store, key, start=start, length=length))

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; see ``Client``."""
        try:
            self._obstore.put(self._store, key, data, mode="create", use_multipart=False)
        except self._obstore.exceptions.AlreadyExistsError as error:
            status, code = _answer(str(error))
            if status == 409 and code != "BlobAlreadyExists":  # two creations met; there may be no object at all
                raise
            return False
        return True

    def put(self, key: str, data: bytes) -> None:
        """Write a value; see ``Client``."""
        self._obstore.put(self._store, key, data, use_multipart=False)

    def put_parts(self, key: str, parts: Iterator[bytes], part_bytes: int, repeat: Repeat) -> None:  # noqa: ARG002
        """Write a value from its parts; see ``Client``. Here obstore repeats: it hands out no single part."""
        if self._uploads is None:
            self._uploads = _open(self._url, tries=_UPLOAD_TRIES)
        self._obstore.put(self._uploads, key, parts, chunk_size=part_bytes, max_concurrency=AHEAD)

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder; see ``Client``."""
        return [
            (entry["path"], entry["size"], entry["last_modified"].timestamp())
            for chunk in self._obstore.list(self._store, folder)
            for entry in chunk
        ]

    def delete(self, key: str) -> None:
        """Remove a value; see ``Client``."""
        self._obstore.delete(self._store, key)

    def trouble(self, error: Exception, verb: str) -> Trouble:
        """Explain what a method raised; see ``Client``."""
        text = str(error)
        status, code = _answer(text)
        line = _headline(text, code)
        if status < 500 and any(path in text for path in _METADATA_PATHS):  # the last place where credentials are looked for
            return trouble.Trouble(trouble.FATAL, f"no credentials were found ({line})", code=trouble.NO_CREDENTIALS)
        if "credential provider: " in line:  # botocore's, for a profile
            return trouble.Trouble(trouble.FATAL, line.rpartition("credential provider: ")[2], code=trouble.NO_CREDENTIALS)
        if status or isinstance(error, FileNotFoundError):
            return trouble.of_answer(status or 404, code, line, verb)
        if "redirect without LOCATION" in text:
            return trouble.Trouble(trouble.FATAL, f"{line.partition(': ')[0]} sends on to another region", status=301)
        if "builder error" in text and _REDACTED in text:
            text = "the service of credentials is asked by TLS only: AWS_ENDPOINT_URL_STS must be an https:// URL"
            return trouble.Trouble(trouble.FATAL, text, code=trouble.NO_CREDENTIALS)
        if "builder error" in text:
            return trouble.Trouble(trouble.FATAL, line, code=trouble.BAD_ENDPOINT)
        if "InvalidCertificate" in text:
            return trouble.Trouble(trouble.FATAL, f"{line}: its certificate is not trusted", code=trouble.UNTRUSTED)
        passes = isinstance(error, self._obstore.exceptions.GenericError)
        return trouble.Trouble(trouble.TRANSIENT if passes else trouble.FATAL, line + _cause(text))


def _open(url: str, *, tries: int = 0) -> Any:
    scheme, _, rest = url.partition("://")
    bucket, _, prefix = rest.partition("/")
    settings = PROVIDERS[scheme](url)
    # The read timeout counts while a request is sent, too, and anew for every piece of an answer.
    options: Any = {"connect_timeout": "5s", "timeout": "1h", "read_timeout": "30s", **settings.pop("client_options", {})}
    build: dict[str, Any] = {"prefix": prefix.strip("/") or None, "retry_config": {"max_retries": tries}, **settings}
    if tries:
        from datetime import timedelta

        build["retry_config"]["retry_timeout"] = timedelta(minutes=1)
    from obstore import store

    kind: Any = {"s3": store.S3Store, "gs": store.GCSStore, "az": store.AzureStore}[scheme]
    try:
        return kind(bucket, client_options=options, **build)
    except ValueError as error:  # before 0.9 (the last for Python 3.9) obstore knows no read timeout
        if "root_certificate" in options:
            text = f"store {url} needs a newer obstore for AWS_CA_BUNDLE, or SSL_CERT_FILE instead of it"
            raise StoreError(text, transient=False) from error
        del options["read_timeout"]
        options["timeout"] = "5m"
    except Exception as error:  # obstore's own
        raise _malformed(url, error) from error
    try:
        return kind(bucket, client_options=options, **build)
    except Exception as error:
        raise _malformed(url, error) from error


def _malformed(url: str, error: Exception) -> StoreError:
    prefix = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}[url.partition("://")[0]]
    text = _headline(str(error), "")
    return StoreError(f"store {url} cannot be opened: {text}; check the {prefix}_* variables", transient=False)


def _answer(text: str) -> tuple[int, str]:
    """HTTP status and code that obstore's message names; 0 where the request got no answer."""
    digits = text.partition("status code: ")[2][:3]
    return (int(digits) if digits.isdigit() else 0, text.partition("<Code>")[2].partition("</Code>")[0])


def _headline(text: str, code: str) -> str:
    """What went wrong in one line: what the server answered, or why there was no answer."""
    line = text.partition("\n")[0]
    url = line.rpartition("Error performing ")[2].partition(" ")[2].partition(" ")[0]
    server = "the service of credentials" if url == _REDACTED else "/".join(url.split("/")[:3]) or "the client"
    answer = line.partition("status code: ")[2].partition(": <")[0]
    if not answer:
        return f"{server}: {line.rpartition(' - ')[2]}"
    return f"{server} answered {answer} ({code})" if code else f"{server} answered {answer}"


def _cause(text: str) -> str:
    """What the operating system said of a request that got no answer, as far as obstore's account of its internals tells."""
    for name in ('message: "', 'error: "'):
        if cause := text.partition("\nDebug source:")[2].partition(name)[2].partition('"')[0]:
            return f" ({cause})"
    return ""
