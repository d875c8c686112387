"""``Directory``: a folder with everything in it as a value, flytekit's ``FlyteDirectory``."""

from __future__ import annotations

import os

from dagwright.authoring.type_parameters import Format_co
from dagwright.files.file import File
from dagwright.files.located import Located, random_name, working_path
from dagwright.files.trees import Tree, scan, stamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Union

    from typing_extensions import Self

    from dagwright.files.contents import Bytes
    from dagwright.files.located import Remote

    Part = Union["Directory[Any]", File[Any]]


class Directory(Located[Format_co]):
    """A folder that travels between tasks; see ``File``.

    Args:
        path: A folder of this machine, or a URL.
        downloader: Called once before the path is first used.
        remote_directory: ``False`` leaves the folder where it is: what travels is the path.
    """

    _kind = "directory"
    sep = "/"

    def __init__(
        self,
        path: str | os.PathLike[str],
        downloader: Callable[[], Any] | None = None,
        remote_directory: Remote = None,
    ) -> None:
        super().__init__(path, downloader, remote_directory)

    @classmethod
    def new(cls, dirname: str | os.PathLike[str]) -> Self:
        """Make an empty one below the task's own folder.

        Raises:
            ValueError: The name is an absolute path.
        """
        path = working_path(dirname)
        os.makedirs(path, exist_ok=True)
        return cls(path)

    @classmethod
    def new_remote(cls, stem: str | None = None, alt: str | None = None) -> Self:
        """Make an empty one to write to; it is stored when the task returns it."""
        del alt
        return cls.new(stem or random_name())

    @property
    def remote_directory(self) -> Remote:
        """As given to the constructor."""
        return self._remote

    @property
    def size(self) -> int:
        """Size of all files in bytes."""
        return self._tree().count()

    def new_file(self, name: str | None = None) -> File[Any]:
        """Give a file below the folder, to write to."""
        path = os.path.join(self.download(), name or random_name())
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return File(path)

    def new_dir(self, name: str | None = None) -> Directory[Any]:
        """Make a folder below the folder."""
        path = os.path.join(self.download(), name or random_name())
        os.makedirs(path, exist_ok=True)
        return Directory(path)

    @classmethod
    def listdir(cls, directory: Directory[Any]) -> list[Part]:
        """List what stands directly in a directory; nothing is fetched before somebody asks for a path."""
        tree = directory._tree()
        found: dict[str, Part] = {}
        for path, item in tree.entries().items():
            name, below, _ = path.partition("/")
            if name in found:
                continue
            if below or item is None:
                found[name] = Directory.standing_for(tree.below(name), name)
            else:
                found[name] = _part(item, name)
        return list(found.values())

    def crawl(self, maxdepth: int | None = None, topdown: bool = True, **options: Any) -> Iterator[tuple[str, Any]]:  # noqa: FBT001, FBT002
        """Give the folder and the path below it of each file; with ``detail=True``, what is known of the file by its path.

        Args:
            maxdepth: How many folders deep; all of them without it.
            topdown: Whether a folder's own files come before those below it.
            **options: ``detail``.
        """
        base = self.download()
        files = [(path, item) for path, item in self._tree().entries().items() if item is not None]
        files.sort(key=lambda file: (file[0].count("/"), file[0]), reverse=not topdown)
        for path, item in files:
            if maxdepth is not None and path.count("/") >= maxdepth:
                continue
            known = {"name": os.path.join(base, path), "size": item.count(), "type": "file"}
            yield base, ({path: known} if options.get("detail") else path)

    def __truediv__(self, name: str | os.PathLike[str]) -> str:
        return os.path.join(self.download(), name)

    def _tree(self) -> Tree:
        """What stands in it, without fetching what the store keeps."""
        content = self.travelling()
        if isinstance(content, Tree):
            return content
        return Tree(scan(self.download()))

    def _fetch_url(self, url: str, path: str) -> None:
        from dagwright.files.elsewhere import fetch_folder

        fetch_folder(url, path)

    def _stamp_of(self, path: str) -> Any:
        return stamps(path)


def _part(item: Bytes, name: str) -> File[Any]:
    return File(item.path) if item.path else File.standing_for(item, name)
