"""Forms of files and directories: what a user gives for one, and how it travels.

A path, a ``str`` or a ``File`` over a path means the bytes under it, a URL means itself. What arrives is a ``File`` of the declared format whose
bytes are fetched when they are needed.
"""

from __future__ import annotations

import os
import stat

from dagwright.authoring.model_fields import ModelField
from dagwright.contract.files import is_url, safe_name, url_of_path, url_wire
from dagwright.files.contents import Bytes, Elsewhere
from dagwright.files.directory import Directory
from dagwright.files.file import File
from dagwright.files.located import Located, of_format
from dagwright.files.trees import CannotTravel, Tree, scan
from dagwright.values.blobs import BlobFile
from dagwright.values.form import Form
from dagwright.values.mismatch import ValueMismatch, described, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dagwright.contract.types import Type
    from dagwright.files.contents import Access, Content
    from dagwright.values.form import Blobs, Fetch, Json


class _LocatedForm(Form):
    """What files and directories share."""

    __slots__ = ("_access", "_cls")

    _kind: type[Located[Any]] = Located
    _what = "file"

    def __init__(self, declared: Type, spelling: str, access: Access | None) -> None:
        super().__init__(declared, spelling)
        self._access = access
        self._cls: Any = of_format(self._kind, declared.name)

    def normalise(self, value: Any) -> Any:
        if isinstance(value, Located):
            return self._of_located(value)
        if not isinstance(value, (str, os.PathLike)) or isinstance(value, ModelField):  # a table has a path too
            raise self.mismatch(value)
        path = os.fspath(value)
        if not isinstance(path, str):
            raise self.mismatch(value)
        return self._cls(path) if is_url(path) else self._of_path(path, described(value))

    def exact(self, value: Any) -> bool:
        return isinstance(value, self._kind) and value.extension() == self.declared.name

    def encode(self, value: Any, blobs: Blobs) -> Json:
        content = value.travelling()
        noted = {"meta": value.metadata} if value.metadata else {}
        if isinstance(content, Elsewhere):
            return {**url_wire(content.url), **noted}
        try:
            digest, size = self._publish(content, blobs)
        except (OSError, CannotTravel) as error:
            raise ValueMismatch(self.spelling, f"{value.name!r}, which changed meanwhile: {error}") from None
        return {"$blob": digest, "size": size, "enc": self._what, "name": value.name, **noted}

    def decode(self, data: Json, fetch: Fetch) -> Any:
        return self._of_wire(data)

    def from_user(self, data: Json) -> Any:
        """The wire form, a URL, or a path where the process at hand is the person's own machine."""
        if type(data) is not str:
            return self._of_wire(data)
        if is_url(data):
            return self._cls(data)
        if self._access is None:
            raise self.mismatch(data, help="a path means nothing where a task runs; give a URL, as in s3://bucket/key")
        try:
            path = self._access.locate(data)
        except ValueError as error:
            raise self.mismatch(data, help=str(error)) from None
        if not os.path.exists(path):
            raise ValueMismatch(self.spelling, f"{described(data)}, and there is no {path}")
        return self._of_path(path, described(data))

    def _of_wire(self, data: Json) -> Any:
        if type(data) is dict and type(data.get("$url")) is str and is_url(data["$url"]):
            return self._noted(self._cls(data["$url"]), data.get("meta"))
        if (
            type(data) is dict
            and data.get("enc") == self._what
            and type(data.get("$blob")) is str
            and type(data.get("size")) is int
            and type(data.get("name")) is str
        ):
            content = self._stored(data["$blob"], data["size"])
            return self._noted(self._cls.standing_for(content, safe_name(data["name"])), data.get("meta"))
        raise self.mismatch(data, help=f"write the URL or the path of a {self._what}" if data is not None else "")

    def _noted(self, made: Any, metadata: Any) -> Any:
        """Give a copy of the metadata to a file that was made for a value."""
        if metadata:
            if type(metadata) is not dict or not all(type(text) is str for pair in metadata.items() for text in pair):
                raise ValueMismatch(self.spelling, f"{made.name!r} with other metadata than texts by name")
            made.metadata = dict(metadata)
        return made

    def _of_located(self, value: Located[Any]) -> Any:
        if not isinstance(value, self._kind):
            raise self.mismatch(value)
        form = value.extension()
        if form and self.declared.name and form != self.declared.name:
            raise ValueMismatch(self.spelling, f'{self._kind.__name__}["{form}"] {shown(value.name)}')
        content = value.travelling()
        if content is None:
            return self._noted(self._of_local(value, value.download()), value.metadata)
        made = self._cls(content.url) if isinstance(content, Elsewhere) else self._cls.standing_for(content, value.name)
        return self._noted(made, value.metadata)

    def _of_local(self, value: Located[Any], path: str) -> Any:
        """What travels of a file of this machine: its bytes, its path, or, after a copy to the place that the user chose, a URL."""
        got = f"{self._kind.__name__} {shown(path)}"
        if value.stays:
            return self._cls(url_of_path(os.path.abspath(path)))
        if value.destination:
            return self._sent(path, value.destination, got)
        return self._of_path(path, got)

    def _of_path(self, path: str, got: str) -> Any:
        content = self._settled(path, got)
        return self._cls.standing_for(content, os.path.basename(os.path.abspath(path)))

    def _sent(self, path: str, url: str, got: str) -> Any:
        """Copy to the place that the user chose; what travels is its URL.

        Raises:
            ValueMismatch: There is nothing to copy, or nothing here writes such URLs.
            StoreError: It could not be written.
        """
        from dagwright.files.elsewhere import send

        self._settled(path, got)
        try:
            return self._cls(send(path, url))
        except OSError as error:
            raise ValueMismatch(self.spelling, f"{got} for {url}", help=str(error)) from None

    def _mode(self, path: str, got: str) -> int:
        """Mode of what stands under a path.

        Raises:
            ValueMismatch: Nothing does.
        """
        try:
            return os.stat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            where = "" if os.path.isabs(path) else f" in {os.getcwd()}"
            raise ValueMismatch(
                self.spelling,
                f"{got}, and there is no such {self._what}{where}",
                help=f"write the {self._what} before it is passed on",
            ) from None
        except (OSError, ValueError) as error:
            raise ValueMismatch(self.spelling, f"{got}, which cannot be read: {_reason(error)}") from None

    def _settle(self, path: str, got: str) -> str:
        try:
            return path if self._access is None else self._access.settle(path)
        except OSError as error:
            raise ValueMismatch(self.spelling, f"{got}, which cannot be read: {_reason(error)}") from None

    def _settled(self, path: str, got: str) -> Content:
        raise NotImplementedError

    def _stored(self, sha256: str, size: int) -> Content:
        raise NotImplementedError

    def _publish(self, content: Any, blobs: Blobs) -> tuple[str, int]:
        """Hand over what must be stored; give digest and size of the blob that stands for the whole."""
        raise NotImplementedError


class FileForm(_LocatedForm):
    """A file, of a format where one is declared."""

    __slots__ = ()

    _kind = File

    def to_user(self, value: Any) -> Json:
        """The URL: its own, or the one in the store."""
        source = value.remote_source
        return self.encode(value, {}) if source is None else source

    def _settled(self, path: str, got: str) -> Content:
        mode = self._mode(path, got)
        if stat.S_ISDIR(mode):
            raise ValueMismatch(self.spelling, f"{got}, which is a directory", help="declare a directory, or name a file in it")
        if not stat.S_ISREG(mode):
            raise ValueMismatch(self.spelling, f"{got}, which is no regular file")
        return Bytes(path=self._settle(path, got))

    def _stored(self, sha256: str, size: int) -> Content:
        return Bytes(sha256=sha256, size=size, access=self._access)

    def _publish(self, content: Bytes, blobs: Blobs) -> tuple[str, int]:
        digest = content.digest()
        blobs[digest] = BlobFile(content.path, content.size)
        return digest, content.size


class DirectoryForm(_LocatedForm):
    """A directory, of files of a format where one is declared."""

    __slots__ = ()

    _kind = Directory
    _what = "directory"

    def to_user(self, value: Any) -> Json:
        """Its own URL, or those of its files in the store by their paths."""
        content = value.travelling()
        if isinstance(content, Elsewhere):
            return content.url
        if self._access is None:
            return self.encode(value, {})
        return {path: None if item is None else item.url() for path, item in content.entries().items()}

    def _settled(self, path: str, got: str) -> Content:
        if not stat.S_ISDIR(self._mode(path, got)):
            raise ValueMismatch(
                self.spelling, f"{got}, which is a file", help="declare a file, or name the directory that it is in"
            )
        try:
            return Tree(scan(self._settle(path, got)))
        except CannotTravel as error:
            raise ValueMismatch(self.spelling, f"{got}: {error}", help="leave it out") from None
        except OSError as error:
            raise ValueMismatch(self.spelling, f"{got}, which cannot be read: {_reason(error)}") from None

    def _stored(self, sha256: str, size: int) -> Content:
        return Tree(sha256=sha256, size=size, access=self._access)

    def _publish(self, content: Tree, blobs: Blobs) -> tuple[str, int]:
        digest = content.digest()
        blobs[digest] = BlobFile("", content.size) if content.stored else content.manifest()
        if not content.stored or content.access is not None:
            for item in content.entries().values():
                if item is not None:
                    blobs[item.digest()] = BlobFile(item.path, item.size)
        return digest, content.size


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
