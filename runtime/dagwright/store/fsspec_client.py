"""The client fsspec: whatever store a URL names that it knows, through the driver that the image has for it.

fsspec promises little, so this client does: ``create`` looks first, writes, and reads back; of writers that meet, the last one's
value stands, and an earlier one may have been told that it won (``conditional`` is false: nothing is reserved through it).
"""

from __future__ import annotations

import os
from contextlib import suppress

from dagwright.store import trouble
from dagwright.store.errors import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from dagwright.store.clients import Repeat
    from dagwright.store.trouble import Trouble
    from dagwright.store.verbs import Listed

_SERVICES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss", "memory"})
"""Where a written value appears as a whole, and folders need not be made (making one could make a bucket)."""
_NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "DefaultCredentialsError", "ClientAuthenticationError", "AuthenticationException"}
)


class FsspecClient:
    """Folder of a URL; see ``clients.Client``.

    Raises:
        ImportError: fsspec, or its driver of the scheme, is not installed.
        StoreError: The driver refuses the URL or its settings.
    """

    __slots__ = ("_appear_whole", "_files", "_root")
    conditional = False

    def __init__(self, url: str) -> None:
        import fsspec

        try:
            # No listing may be older than the question, and no instance be shared with the user's code.
            options = {"use_listings_cache": False, "skip_instance_cache": True, **_settings_of(url)}
            self._files, root = fsspec.core.url_to_fs(url, **options)
        except (ImportError, StoreError):
            raise
        except Exception as error:  # the drivers' own
            raise StoreError(f"store {url} cannot be opened: {trouble.shown(error)}; check the URL", transient=False) from error
        self._root = root.rstrip("/")
        names = self._files.protocol
        self._appear_whole = bool(_SERVICES.intersection((names,) if isinstance(names, str) else names))

    def get(self, key: str) -> bytes:
        """Read a value; see ``Client``."""
        return bytes(self._files.cat_file(self._at(key)))

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of a value; see ``Client``."""
        info = self._files.info(self._at(key))
        if info["type"] == "directory":
            raise FileNotFoundError(key)
        size = info.get("size")
        end = start + length if size is None else min(size, start + length)
        return b"" if end <= start else bytes(self._files.cat_file(self._at(key), start=start, end=end))

    def create(self, key: str, data: bytes) -> bool:
        """Write a value unless one stands there; see ``Client``."""
        if self._files.isfile(self._at(key)):
            return False
        self.put(key, data)
        return self.get(key) == data

    def put(self, key: str, data: bytes) -> None:
        """Write a value; see ``Client``."""
        self._write(key, lambda path: self._files.pipe_file(path, data))

    def put_parts(self, key: str, parts: Iterator[bytes], part_bytes: int, repeat: Repeat) -> None:  # noqa: ARG002
        """Write a value from its parts; see ``Client``. The driver repeats what it can."""

        def fill(path: str) -> None:
            file = self._files.open(path, "wb", block_size=part_bytes)
            try:
                for part in parts:
                    file.write(part)
            except BaseException:
                with suppress(Exception):
                    file.discard()  # closing would make a value of what there is
                with suppress(AttributeError):
                    file.closed = True  # or it would be closed, and fail, when nobody needs it any more
                with suppress(Exception):
                    self._files.rm_file(path)
                raise
            file.close()

        self._write(key, fill)

    def listing(self, folder: str) -> Listed:
        """Tell all keys below a folder; see ``Client``."""
        top = self._at(folder)
        try:
            found = self._files.find(top, detail=True)
        except FileNotFoundError:
            return []
        own = len(top) - len(folder)
        return [(path[own:], info["size"], _written(info)) for path, info in found.items() if path.startswith(f"{top}/")]

    def delete(self, key: str) -> None:
        """Remove a value; see ``Client``."""
        self._files.rm_file(self._at(key))

    def trouble(self, error: Exception, verb: str) -> Trouble:
        """Explain what a method raised; see ``Client``. What is known of no kind may pass."""
        line = f"{type(self._files).__name__}: {trouble.shown(error)}"
        if isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError)) and "bucket" not in line:
            return trouble.of_answer(404, "", line, verb)
        if isinstance(error, FileNotFoundError):
            return trouble.of_answer(404, "NoSuchBucket", line, verb)
        if isinstance(error, PermissionError):
            return trouble.of_answer(403, "", line, verb)
        if type(error).__name__ in _NO_CREDENTIALS:
            return trouble.Trouble(trouble.FATAL, line, code=trouble.NO_CREDENTIALS)
        fatal = isinstance(error, (ValueError, TypeError, NotImplementedError, ImportError, AttributeError))
        return trouble.Trouble(trouble.FATAL if fatal else trouble.TRANSIENT, line)

    def _at(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _write(self, key: str, fill: Callable[[str], None]) -> None:
        """Give a value its key as a whole: at once where the service does so, else by renaming a file that is complete."""
        path = self._at(key)
        if self._appear_whole:
            fill(path)
            return
        staged = self._at(f".tmp/{os.getpid()}-{os.urandom(8).hex()}")
        self._files.makedirs(self._at(".tmp"), exist_ok=True)
        try:
            fill(staged)
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.mv(staged, path)
        except BaseException:
            with suppress(Exception):
                self._files.rm_file(staged)
            raise


def _settings_of(url: str) -> dict[str, Any]:
    """The driver's arguments where it does not know a usual variable; all others it reads itself, as fsspec's own settings."""
    if not url.startswith(("s3://", "s3a://")):
        return {}
    from dagwright.store.obstore_settings import aws_endpoint

    region = os.environ.get("AWS_REGION")
    settings: dict[str, Any] = {"endpoint_url": aws_endpoint(url) or None}
    if region:
        settings["client_kwargs"] = {"region_name": region}
    return settings


def _written(info: dict[str, Any]) -> float:
    """Time of the last write, under the names that drivers give it; a value without one counts as new."""
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        found: Any = info.get(name)
        if isinstance(found, (int, float)):
            return float(found)
        if isinstance(found, str):
            with suppress(ValueError):
                return _seconds(found)
        elif found is not None and hasattr(found, "timestamp"):
            return float(found.timestamp())
    import time

    return time.time()


def _seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
