"""``File``: one file as a value, flytekit's ``FlyteFile``."""

from __future__ import annotations

import os

from dagwright.authoring.type_parameters import Format_co
from dagwright.files.contents import Elsewhere
from dagwright.files.located import Located, fresh_folder, random_name, working_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from typing_extensions import Self

    from dagwright.files.located import Remote


class File(Located[Format_co]):
    """A file that travels between tasks.

    A task returns one made of a path: its bytes are stored. Another task takes it, and wherever Python wants a path (``open(file)``,
    ``pandas.read_csv(file)``) the bytes are fetched then. One made of a URL travels as the URL.

    Args:
        path: A path of this machine, or a URL.
        downloader: Called once before the path is first used.
        remote_path: ``False`` leaves the file where it is: what travels is the path, for files that every image has.
        metadata: Texts by name that travel with the file.
    """

    _kind = "file"

    def __init__(
        self,
        path: str | os.PathLike[str],
        downloader: Callable[[], Any] | None = None,
        remote_path: Remote = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        super().__init__(path, downloader, remote_path)
        self.metadata = metadata

    @classmethod
    def new(cls, filename: str | os.PathLike[str]) -> Self:
        """Make one to write to, below the task's own folder.

        Raises:
            ValueError: The name is an absolute path.
        """
        path = working_path(filename)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return cls(path)

    @classmethod
    def new_remote_file(cls, name: str | None = None, alt: str | None = None) -> Self:
        """Make one to write to; it is stored when the task returns it."""
        del alt
        return cls.new(name or random_name())

    @property
    def remote_path(self) -> Remote:
        """As given to the constructor."""
        return self._remote

    @property
    def size(self) -> int:
        """Size in bytes; of what stands elsewhere once it was fetched."""
        content = self.travelling()
        if content is None or isinstance(content, Elsewhere):
            return os.stat(self.download()).st_size
        return content.count()

    def open(
        self, mode: str = "r", cache_type: str | None = None, cache_options: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """Open it as ``open`` does; text is UTF-8 unless ``encoding`` says otherwise.

        What is written goes into this machine's copy and travels when the task returns the file.

        Raises:
            OSError: It stands elsewhere and is opened for writing, or it cannot be opened.
        """
        del cache_type, cache_options
        if "b" not in mode:
            options.setdefault("encoding", "utf-8")
        if any(letter in mode for letter in "wxa+"):
            self._make_writable(keep="w" not in mode and "x" not in mode)
        return open(self.download(), mode, **options)

    def _make_writable(self, *, keep: bool) -> None:
        """Let the bytes to take be those under the path; those that were there are fetched only where they are kept."""
        if isinstance(self._content, Elsewhere):
            raise OSError(f"{self._content.url} cannot be written to: write a new file, and return that")
        if self._content is not None:
            self._local = self.download() if keep or self._local else os.path.join(fresh_folder(), self.name)
            self._content = None
        else:
            os.makedirs(os.path.dirname(self.download()) or ".", exist_ok=True)

    def _fetch_url(self, url: str, path: str) -> None:
        from dagwright.files.elsewhere import fetch_file

        fetch_file(url, path)

    def _stamp_of(self, path: str) -> Any:
        try:
            status = os.stat(path)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
