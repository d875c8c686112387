"""What flytekit's users write into ``Annotated``: it says nothing about the values here, and must not keep a file from being imported."""

from __future__ import annotations


class FileExt:
    """The format of a file whose name has dots: ``FlyteFile[Annotated[str, FileExt("tar.gz")]]``."""

    def __init__(self, ext: str) -> None:
        self._ext = ext

    def __str__(self) -> str:
        return self._ext

    __repr__ = __str__


class BatchSize:
    """How many files of a directory flytekit moves at a time."""

    def __init__(self, val: int) -> None:
        self.val = val
