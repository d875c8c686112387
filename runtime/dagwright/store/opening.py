"""From a store's URL to its driver. Drivers are imported when their scheme is asked for."""

from __future__ import annotations

from dagwright.store.errors import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dagwright.store.verbs import Store


def open_store(url: str) -> Store:
    """Open a store by URL: ``file:///folder`` or ``s3://bucket/prefix``. Nothing is read or written yet.

    Raises:
        StoreError: The URL is of no known form, or the image lacks the client of its scheme (fatal).
    """
    if check_url(url) == "file":
        from dagwright.store.files import FileStore

        return FileStore(url)
    from dagwright.store.objects import ObjectStore

    return ObjectStore(url)


def check_url(url: str) -> str:
    """Give the scheme of a store's URL.

    Raises:
        StoreError: The URL is of no known form.
    """
    scheme, found, _ = url.partition("://")
    if not found or scheme not in ("file", "s3"):
        raise StoreError(f"no store has the URL {url!r}: write file:///folder or s3://bucket/prefix", transient=False)
    if scheme == "file":
        from dagwright.store.files import path_of

        path_of(url)
    return scheme
