"""From a store's URL to its driver. Drivers are imported when their scheme is asked for."""

from __future__ import annotations

from dagwright.store.errors import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Union

    from dagwright.store.clients import Client
    from dagwright.store.verbs import Store

_FORMS = "write file:///folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix"
_READ_ONLY = frozenset({"http", "https", "data", "github"})


def open_store(url: str) -> Store:
    """Open a store by URL: ``file:///folder``, ``s3://``, ``gs://``, ``az://``, or what fsspec knows. Nothing is read or written yet.

    Raises:
        StoreError: The URL is of no known form, or the image lacks a client of its scheme (fatal).
    """
    scheme = check_url(url)
    if scheme == "file":
        from dagwright.store.files import FileStore

        return FileStore(url)
    from dagwright.store.objects import ObjectStore

    return ObjectStore(url, _client(url, scheme))


def check_url(url: str) -> str:
    """Give the scheme of a store's URL.

    Raises:
        StoreError: The URL is of no known form.
    """
    scheme, found, _ = url.partition("://")
    if not found or (scheme not in ("file", "s3", "gs", "az") and not _known_to_fsspec(scheme)):
        raise StoreError(f"no store has the URL {url!r}: {_FORMS}", transient=False)
    if scheme == "file":
        from dagwright.store.files import path_of

        path_of(url)
    elif scheme in _MAKERS:
        _check_bucket(url)
    return scheme


def _check_bucket(url: str) -> None:
    scheme, _, rest = url.partition("://")
    bucket = rest.partition("/")[0]
    if "@" in bucket:  # and is not repeated here
        raise StoreError("credentials do not belong in a store's URL; give them to the pod", transient=False)
    if not bucket or not bucket.isascii() or not all(char.isalnum() or char in "._-:" for char in bucket):
        raise StoreError(f"not the URL of a bucket: {url!r}; write {scheme}://bucket/prefix", transient=False)


def _client(url: str, scheme: str) -> Client:
    """Make the first client of the scheme that the image has: obstore, else botocore, else fsspec."""
    reasons: list[ImportError] = []
    for make in _MAKERS.get(scheme, (_fsspec,)):
        client = _made(make, url)
        if not isinstance(client, ImportError):
            return client
        reasons.append(client)
    line = "pip install obstore" if scheme in _MAKERS else f"pip install 'fsspec[{scheme}]'"
    text = f"no client for the store {url} is installed ({reasons[0]}); add it: {line}, in an image RUN {line}"
    raise StoreError(text, transient=False)


def _made(make: Callable[[str], Client], url: str) -> Union[Client, ImportError]:
    try:
        return make(url)
    except ImportError as error:
        return error


def _obstore(url: str) -> Client:
    from dagwright.store.obstore_client import ObstoreClient

    return ObstoreClient(url)


def _boto(url: str) -> Client:
    from dagwright.store.boto_client import BotoClient

    return BotoClient(url)


def _fsspec(url: str) -> Client:
    from dagwright.store.fsspec_client import FsspecClient

    return FsspecClient(url)


_MAKERS = {"s3": (_obstore, _boto, _fsspec), "gs": (_obstore, _fsspec), "az": (_obstore, _fsspec)}


def _known_to_fsspec(scheme: str) -> bool:
    if not scheme.isalnum() or scheme in _READ_ONLY:
        return False
    try:
        from fsspec import available_protocols
    except ImportError:
        return False
    return scheme in available_protocols()
