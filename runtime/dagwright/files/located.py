"""What ``File`` and ``Directory`` share: a path on this machine, there once somebody asks for it, and where the bytes come from."""

from __future__ import annotations

import os
import sys

from dagwright.authoring.calls import running_attempt
from dagwright.authoring.model_fields import ModelField
from dagwright.authoring.type_parameters import Format_co, Generic
from dagwright.authoring.working_folders import folder_of
from dagwright.contract.files import format_of, is_url, safe_name
from dagwright.contract.types import Type
from dagwright.files.contents import Elsewhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Union

    from typing_extensions import Self

    from dagwright.files.contents import Content

    Remote = Union[str, os.PathLike[str], bool, None]

_formats: dict[tuple[type, str], type] = {}
"""Classes of formats, made once each: ``File["csv"]`` is ``File["csv"]``."""


class Located(ModelField, Generic[Format_co]):
    """A path that may be far away.

    Three states: a path of this machine that the user wrote (``_given``, with no content), something that stands elsewhere or in the store
    (``_content``), and the same with its own copy on this machine (``_local``). ``_stamp`` tells whether the copy was changed since.
    """

    _kind = ""
    _format = ""

    _given: str | None
    _content: Content | None
    _local: str | None
    _downloader: Callable[[], Any] | None
    _remote: Remote
    _stamp: Any
    metadata: dict[str, str] | None = None
    """What the user notes beside a file; it travels with it."""

    def __init__(self, path: str | os.PathLike[str], downloader: Callable[[], Any] | None = None, remote: Remote = None) -> None:
        given: Any = os.fspath(path)
        if not isinstance(given, str):
            raise TypeError(f"{type(self).__name__} takes a path or a URL, not {type(path).__name__}")
        self._given = given
        self._content = Elsewhere(given) if is_url(given) else None
        self.name = safe_name((given.partition("?")[0] if self._content else given).rstrip("/").rpartition("/")[2])
        """What it is called, wherever it stands."""
        self._local = given if self._content is None else None
        self._stamp = None
        self._downloader = downloader
        self._remote = remote

    @classmethod
    def standing_for(cls, content: Content, name: str) -> Self:
        """Make one of what another task gave; nothing is fetched before somebody asks for the path."""
        made = cls(safe_name(name))
        made.__dict__.update(name=safe_name(name), _given=None, _content=content, _local=None)
        return made

    def travelling(self) -> Content | None:
        """What it stands for where that is still true; ``None`` where the bytes to take are those under the path."""
        if self._content is None or self._local is None or self._stamp is None or self._stamp == self._stamp_of(self._local):
            return self._content
        return None

    @classmethod
    def extension(cls) -> str:
        """The format, as in ``File["csv"]``; empty where none is declared."""
        return cls._format

    @classmethod
    def from_source(cls, source: str | os.PathLike[str]) -> Self:
        """Stand for what is under a path or URL; nothing is fetched yet."""
        return cls(source)

    @classmethod
    def declared(cls) -> Type:
        """The type that an annotation with this class declares."""
        return Type(cls._kind, (), cls._format)

    @property
    def path(self) -> str:
        """The path as it was written, of another task's output the path on this machine, where it is fetched now."""
        return self._given if self._given is not None else self.download()

    @path.setter
    def path(self, path: str | os.PathLike[str]) -> None:
        self.__init__(path)  # type: ignore[misc]  # another path is another value

    @property
    def remote_source(self) -> str | None:
        """The URL that it was made from, or under which the store keeps it; ``None`` for a path of this machine."""
        if isinstance(self._content, Elsewhere):
            return self._content.url
        return getattr(self._content, "url", lambda: None)()

    @property
    def stays(self) -> bool:
        """Whether the path itself travels, and the bytes stay where they are."""
        return self._remote is False

    @property
    def destination(self) -> str | None:
        """The URL that the bytes are copied to when a task returns them, where the user chose one."""
        return None if self._remote is None or isinstance(self._remote, bool) else os.fspath(self._remote)

    @property
    def downloaded(self) -> bool:
        """Whether the bytes are on this machine by now."""
        return self._local is not None and self._downloader is None

    def download(self) -> str:
        """Bring the bytes to this machine, once, and give their path.

        Raises:
            StoreError: The store failed.
            OSError: There is nothing under the URL, or the disk is full.
        """
        if self._downloader is not None:
            downloader, self._downloader = self._downloader, None
            downloader()
        if self._local is None:
            self._local = self._fetch()
        return self._local

    def trigger_download(self) -> None:
        """Bring the bytes to this machine."""
        self.download()

    def _fetch(self) -> str:
        content = self._content
        assert content is not None
        if isinstance(content, Elsewhere):
            from dagwright.files.elsewhere import local_path

            found = local_path(content.url)
            if found is not None:
                return found  # of a ``file://`` URL: it stays where it is
        path = os.path.join(fresh_folder(), self.name)
        if isinstance(content, Elsewhere):
            self._fetch_url(content.url, path)
        else:
            content.copy_to(path)
        self._stamp = self._stamp_of(path)
        return path

    def _fetch_url(self, url: str, path: str) -> None:
        raise NotImplementedError

    def _stamp_of(self, path: str) -> Any:
        """What changes when somebody writes to the copy; ``None`` where there is nothing any more."""
        raise NotImplementedError

    def _identity(self) -> tuple[Any, ...]:
        content = self.travelling()
        if isinstance(content, Elsewhere):
            return ("url", content.url)
        digest = getattr(content, "sha256", "")
        return ("bytes", digest) if digest else ("path", self._local or id(content))

    def __fspath__(self) -> str:
        return self.download()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Located):
            return self._format == other._format and self._identity() == other._identity()
        return isinstance(other, str) and other in (self._given, self._local)

    def __hash__(self) -> int:
        return hash(self._format)

    def __str__(self) -> str:
        if isinstance(self._content, Elsewhere) and self._local is None:
            return self._content.url
        return self.path

    def __repr__(self) -> str:
        if isinstance(self._content, Elsewhere):
            return self._content.url
        return self._local or f"<{self.name}, not fetched yet>"

    def __copy__(self) -> Self:
        made: Self = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy over the same bytes, which nothing is fetched for."""
        return self.__copy__()

    @classmethod
    def _taken(cls) -> type:
        return _plain(cls)

    def _as_text(self) -> str:
        return self.remote_source or str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy for another process of this machine."""
        far = isinstance(self._content, Elsewhere) and self._local is None
        path = str(self) if far else self.download()
        return _restored, (_plain(type(self)), self._format, path, self._remote, self.metadata)

    if not TYPE_CHECKING:

        def __class_getitem__(cls, parameter: object) -> type:
            """``File["csv"]``, ``File[TypeVar("csv")]``, ``File[Literal["csv"]]``: the class for a format."""
            return of_format(cls, _text_of(parameter))


def of_format(cls: type, text: str) -> Any:
    """Give the class of a format; the same one at every call."""
    form = format_of(text)
    found = _formats.get((cls, form)) if form else cls
    if found is None:
        found = _formats[cls, form] = type(
            cls.__name__, (cls,), {"_format": form, "__origin__": cls, "__module__": cls.__module__}
        )
    return found


def fresh_folder() -> str:
    """Give an empty folder below the attempt's own."""
    from tempfile import mkdtemp

    return mkdtemp(prefix="in-", dir=folder_of(running_attempt()))


def working_path(name: str | os.PathLike[str]) -> str:
    """Give a path below the attempt's own folder.

    Raises:
        ValueError: The name is an absolute path.
    """
    given = os.fspath(name)
    if os.path.isabs(given):
        raise ValueError(f"{given!r} is an absolute path; a new file has a name below the task's own folder")
    return os.path.join(folder_of(running_attempt()), given)


def random_name() -> str:
    """A name that nobody else chooses."""
    return os.urandom(16).hex()


def _text_of(parameter: object) -> str:
    """The text of a format: of a ``TypeVar`` its name, of ``Annotated`` and ``Literal`` what stands in them."""
    if parameter is None:
        return ""
    inside = getattr(parameter, "__metadata__", None) or (
        getattr(parameter, "__args__", None) if _is_literal(parameter) else None
    )
    return str(inside[0] if inside else getattr(parameter, "__name__", None) or parameter)


def _is_literal(parameter: object) -> bool:
    typing = sys.modules.get("typing")
    return typing is not None and getattr(parameter, "__origin__", None) is typing.Literal


def carried(*_: object) -> Any:
    """Stand for a file in a pickle that travels, which only the codec reads: the bytes are not in it.

    Raises:
        TypeError: Always.
    """
    raise TypeError("this pickle holds files of a store: a task reads it, and nothing else")


def _plain(cls: type) -> type:
    """The class of which ``cls`` is the one for a format."""
    return cls.__mro__[1] if cls.__dict__.get("_format") else cls


def _restored(kind: type, form: str, path: str, remote: object, metadata: dict[str, str] | None) -> Any:
    made = of_format(kind, form)(path)
    made.__dict__.update(_remote=remote, metadata=metadata)
    return made
