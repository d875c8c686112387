"""Where the checkpoints of attempts are kept: in the store beside the records of their node, or in a folder of the process.

In the store, the files of a checkpoint are blobs, and one document names them: it is replaced in one request, so that an attempt that
dies while it saves leaves the checkpoint before.
"""

from __future__ import annotations

from pathlib import Path

from dagwright.authoring.working_folders import folder_of, process_folder
from dagwright.cache.blobs import publish_blobs, read_blob
from dagwright.cache.results import DamagedResult, seal, unseal
from dagwright.contract.files import leads_inside
from dagwright.contract.keys import is_digest, is_size, sha256_hex
from dagwright.contract.names import blob_key, checkpoint_key
from dagwright.store.errors import Damaged, NotFound, StoreError
from dagwright.values.blobs import BlobFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Protocol, Union

    from dagwright.authoring.checkpoints import Checkpoint
    from dagwright.execution.context import Attempt
    from dagwright.store.verbs import Store

    Contents = Union[bytes, Path]

    class Keeper(Protocol):
        """Keeps files by name for one node of one run."""

        def names(self) -> list[str]:
            """Names of the files that are kept."""
            ...

        def fetch(self, folder: str) -> None:
            """Write them below a folder."""
            ...

        def keep(self, files: Mapping[str, Contents], *, anew: bool) -> None:
            """Keep files beside those that are kept, or ``anew`` in their place."""
            ...


_IN_MEMORY = 8 * 1024 * 1024
"""Size up to which a file is fetched through memory."""


def checkpoint_of(attempt: Attempt) -> Checkpoint:
    """The checkpoint of an attempt, one object however often it is asked for."""
    if attempt.checkpoint is None:
        from dagwright.authoring.checkpoints import Checkpoint

        keeper: Keeper = _InFolder(attempt)
        if attempt.store is not None:
            keeper = _InStore(attempt.store, checkpoint_key(attempt.run, attempt.node, attempt.index))
        attempt.checkpoint = Checkpoint(keeper, folder_of(attempt))
    return attempt.checkpoint


class _InStore:
    """Blobs, and a document that names them."""

    __slots__ = ("_key", "_store")

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key

    def names(self) -> list[str]:
        return list(self._files())

    def fetch(self, folder: str) -> None:
        for name, (digest, size) in self._files().items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if size <= _IN_MEMORY:
                path.write_bytes(self._read(digest, size))
            else:
                self._store.get_file(blob_key(digest), str(path), sha256=digest, size=size)

    def keep(self, files: Mapping[str, Contents], *, anew: bool) -> None:
        found = {} if anew else self._files()
        blobs: dict[str, Union[bytes, BlobFile]] = {}
        for name, content in files.items():
            digest, size = _digest(content)
            blobs[digest] = content if isinstance(content, bytes) else BlobFile(str(content), size)
            found[name] = (digest, size)
        publish_blobs(self._store, blobs)
        listed = {name: {"sha256": digest, "size": size} for name, (digest, size) in sorted(found.items())}
        self._store.put(self._key, seal({"files": listed}))

    def _read(self, digest: str, size: int) -> bytes:
        try:
            return read_blob(self._store, digest, size)
        except DamagedResult:
            raise Damaged(self._store.url, blob_key(digest)) from None

    def _files(self) -> dict[str, tuple[str, int]]:
        """Digest and size by name.

        Raises:
            StoreError: What stands there is no list of files, or of files elsewhere.
        """
        try:
            text = self._store.get(self._key)
        except NotFound:
            return {}
        try:
            listed: dict[str, Any] = unseal(text)["files"]
            files = {name: (file["sha256"], file["size"]) for name, file in listed.items()}
        except (DamagedResult, KeyError, TypeError, AttributeError):
            files = {"": ("", 0)}
        if not all(leads_inside(name) and is_digest(digest) and is_size(size) for name, (digest, size) in files.items()):
            raise StoreError(f"what stands under {self._key!r} is no checkpoint", transient=False)
        return files


class _InFolder:
    """Files of this process: attempts of a Python call follow each other in it."""

    __slots__ = ("_attempt",)

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def names(self) -> list[str]:
        folder = self._folder()
        return [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")) if file.is_file()]

    def fetch(self, folder: str) -> None:
        from shutil import copyfile

        for name in self.names():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            copyfile(self._folder() / name, path)

    def keep(self, files: Mapping[str, Contents], *, anew: bool) -> None:
        from shutil import copyfile, copytree, rmtree

        folder = self._folder()
        made, before = folder.with_suffix(".new"), folder.with_suffix(".before")
        for left in (made, before):
            rmtree(left, ignore_errors=True)
        if not anew and folder.exists():
            copytree(folder, made)
        for name, content in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                copyfile(content, path)
        made.mkdir(exist_ok=True)
        if folder.exists():
            folder.rename(before)
        made.rename(folder)

    def _folder(self) -> Path:
        return Path(process_folder(), f"checkpoint-{self._attempt.serial}")


def _digest(content: Contents) -> tuple[str, int]:
    if isinstance(content, bytes):
        return sha256_hex(content), len(content)
    from dagwright.files.contents import digest_file

    return digest_file(str(content))
