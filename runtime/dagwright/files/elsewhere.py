"""What stands under a URL: fetched when a task asks for the path, and only then.

``file://`` is a path of the machine at hand, ``http(s)://`` is read by the standard library, the schemes of stores by their drivers. Any other URL still
travels: a task reads ``remote_source`` with a client of its own.
"""

from __future__ import annotations

import os

from dagwright.contract.files import leads_inside
from dagwright.store.errors import NotFound, StoreError
from dagwright.store.together import SHORT_FILE, each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.files.contents import Bytes
    from dagwright.store.verbs import Store

_PART = 1 << 20
_PATIENCE_S = 60.0
"""How long a server may be silent."""
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})


def local_path(url: str) -> str | None:
    """The path of a ``file://`` URL; ``None`` for any other."""
    if not url.startswith("file://"):
        return None
    from dagwright.store.files import path_of

    return path_of(url)


def fetch_file(url: str, path: str) -> None:
    """Write what stands under a URL to a new file.

    Raises:
        OSError: There is nothing, or nobody may read it.
        StoreError: It could not be read, and may be later; or nothing here reads such URLs.
    """
    if url.partition("://")[0].lower() in ("http", "https"):
        _fetch_http(url, path)
        return
    head, _, key = url.rpartition("/")
    store = _open(head, url)
    try:
        _copy(store, key, path)
    except NotFound:
        raise FileNotFoundError(f"nothing stands under {url}") from None


def fetch_folder(url: str, path: str) -> None:
    """Write everything below a URL to a new folder; raises what ``fetch_file`` raises."""
    if url.partition("://")[0].lower() in ("http", "https"):
        raise OSError(f"{url} cannot be listed: HTTP knows files only")
    head, _, folder = url.rstrip("/").rpartition("/")
    store = _open(head, url)
    found = store.listing(folder)
    if not found:
        raise FileNotFoundError(f"nothing stands below {url}")
    os.makedirs(path)
    short: list[tuple[str, str]] = []
    long: list[tuple[str, str]] = []
    for key, size, _ in found:
        below = key[len(folder) + 1 :]
        if not leads_inside(below):
            raise OSError(f"{url} holds {below!r}, which leads out of a folder")
        inner = os.path.join(path, *below.split("/"))
        os.makedirs(os.path.dirname(inner), exist_ok=True)
        (short if size <= SHORT_FILE else long).append((key, inner))
    each(store, lambda file: _copy(store, *file), short)
    for file in long:
        _copy(store, *file)


def send(path: str, url: str) -> str:
    """Copy a file or folder of this machine to a URL; give the URL.

    Raises:
        OSError: Nothing here writes such URLs.
        StoreError: It could not be written.
    """
    from dagwright.contract.files import is_url
    from dagwright.files.contents import Bytes
    from dagwright.files.trees import scan

    url = url.rstrip("/")
    if not is_url(url) or url.partition("://")[0].lower() in ("http", "https"):
        raise OSError(f"nothing here writes to {url!r}: leave it out, and the file is kept in the store")
    head, _, key = url.rpartition("/")
    store = _open(head, url)
    found = {f"{key}/{name}": item for name, item in scan(path).items()} if os.path.isdir(path) else {key: Bytes(path=path)}
    files = [(name, item) for name, item in found.items() if item is not None]
    each(store, lambda file: _put(store, *file), [file for file in files if file[1].count() <= SHORT_FILE])
    for name, item in files:
        if item.count() > SHORT_FILE:
            _put(store, name, item)
    return url


def _put(store: Store, key: str, item: Bytes) -> None:
    store.put_file(key, item.path, sha256=item.digest())


def _open(root: str, url: str) -> Store:
    from dagwright.store.opening import open_store

    try:
        return open_store(root)
    except StoreError as error:
        if error.transient or "no client" in str(error):
            raise
        raise OSError(f"nothing here reads {url}: pass `remote_source` to a client of your own") from None


def _copy(store: Store, key: str, path: str) -> None:
    """Copy in parts; the name appears when all is there."""
    at, length = 0, 8 * _PART
    try:
        with open(f"{path}.part", "wb") as file:
            part = store.get_range(key, at, length)
            while part:
                file.write(part)
                at += len(part)
                part = store.get_range(key, at, length) if len(part) == length else b""
    except ValueError as error:
        raise OSError(f"nothing here reads {store.url}/{key}: {error}") from None
    os.replace(f"{path}.part", path)


def _fetch_http(url: str, path: str) -> None:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError

    try:
        with _opener().open(url, timeout=_PATIENCE_S) as answer, open(f"{path}.part", "wb") as file:
            part = answer.read(_PART)
            while part:
                file.write(part)
                part = answer.read(_PART)
            announced = answer.headers.get("Content-Length")
            if announced is not None and file.tell() != int(announced):
                raise StoreError(f"{url} broke off after {file.tell()} of {announced} bytes", transient=True)
    except HTTPError as error:
        error.close()
        text = f"{url} answered {error.code} ({error.reason})"
        if error.code in _MAY_PASS:
            raise StoreError(text, transient=True) from None
        raise (FileNotFoundError if error.code in (404, 410) else OSError)(text) from None
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, PermissionError):
            raise reason from None
        raise StoreError(f"{url} cannot be read: {reason or type(error).__name__}", transient=True) from None
    os.replace(f"{path}.part", path)


def is_own_address(address: str) -> bool:
    """Whether an address is one that only the machine itself answers to, as the metadata services of clouds do."""
    from ipaddress import ip_address

    peer = ip_address(address.partition("%")[0])
    return (getattr(peer, "ipv4_mapped", None) or peer).is_link_local


def _opener() -> Any:
    """Open URLs, but none of the machine's own metadata service, which would hand the pod's credentials to whoever wrote the URL."""
    import socket
    from http.client import HTTPConnection, HTTPSConnection
    from urllib.request import HTTPHandler, HTTPSHandler, ProxyHandler, build_opener

    def connect(address: tuple[str, int], *options: Any, **named: Any) -> socket.socket:
        connected = socket.create_connection(address, *options, **named)
        if is_own_address(connected.getpeername()[0]):
            connected.close()
            raise PermissionError(f"{address[0]} is an address of the machine itself, which no file is read from")
        return connected

    class Plain(HTTPConnection):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._create_connection = connect

    class Encrypted(HTTPSConnection):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._create_connection = connect

    class PlainHandler(HTTPHandler):
        def http_open(self, req: Any) -> Any:
            return self.do_open(Plain, req)

    class EncryptedHandler(HTTPSHandler):
        def https_open(self, req: Any) -> Any:
            return self.do_open(Encrypted, req)

    return build_opener(ProxyHandler(), PlainHandler, EncryptedHandler)
